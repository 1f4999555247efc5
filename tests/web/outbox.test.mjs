/** Letters that survive a page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../service/web/js/api.js";
import { Outbox, drawer } from "../../service/web/js/outbox.js";

/** @returns {Storage} */
const aStorage = () => {
  const kept = new Map();
  return /** @type {any} */ ({ getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text), removeItem: (name) => kept.delete(name) });
};

const quietly = { onChange() {}, onRefused() {}, window_ms: 1, retry_ms: 1 };

/** @param {any} kept @param {object} [more] @returns {Promise<string>} the key of what a page sends that opens now */
const nextPage = (kept, more = {}) => new Promise((done) => new Outbox({ ...quietly, send: async (key) => done(key), drawer: kept, ...more }));

test("a letter that has not arrived is there again in the next page, and goes out", async () => {
  const kept = drawer("verdicts", aStorage());
  new Outbox({ ...quietly, window_ms: 60_000, send: async () => {}, drawer: kept, now: () => 1000 }).add("obs_1", { verdict: true });
  assert.deepEqual(kept.load(), [{ key: "obs_1", body: { verdict: true }, until: 61_000 }]);
  assert.equal(await nextPage(kept, { now: () => 61_000 }), "obs_1");
});

test("a page neither sends what another one may still take back, nor what that one has taken back", async () => {
  const kept = drawer("verdicts", aStorage());
  const first = new Outbox({ ...quietly, window_ms: 60_000, send: async () => {}, drawer: kept, now: () => 1000 });
  first.add("obs_1", {});
  const sent = /** @type {string[]} */ ([]);
  const second = new Outbox({ ...quietly, window_ms: 20, send: async (key) => void sent.push(key), drawer: kept, now: () => 2000 });
  second.leave();
  assert.deepEqual(sent, []);
  first.undo();
  await new Promise((done) => (second.onChange = () => done(null)));
  assert.deepEqual([sent, second.letters], [[], []]);
});

test("a drawer of before, whose letters know no time, is emptied at once", async () => {
  const storage = aStorage();
  storage.setItem("verdicts", JSON.stringify([{ key: "obs_1", body: {} }]));
  assert.equal(await nextPage(drawer("verdicts", storage)), "obs_1");
});

test("what has arrived or was taken back is kept no longer", async () => {
  const kept = drawer("verdicts", aStorage());
  const outbox = new Outbox({ ...quietly, window_ms: 60_000, send: async () => {}, drawer: kept });
  outbox.add("obs_1", {});
  outbox.undo();
  assert.deepEqual(kept.load(), []);
  await new Promise((done) => {
    const other = new Outbox({ ...quietly, onChange: () => other.letters.length === 0 && done(null), send: async () => {}, drawer: kept });
    other.add("obs_2", {});
  });
  assert.deepEqual(kept.load(), []);
});

test("a session that ended keeps the letter for the next one", async () => {
  const kept = drawer("verdicts", aStorage());
  const send = () => Promise.reject({ status: 401, passing: false });
  await new Promise((done) => {
    const outbox = new Outbox({ ...quietly, retry_ms: 50, onChange: () => outbox.letters[0]?.state === "waiting" && done(null), send, drawer: kept });
    outbox.add("obs_1", {});
  });
  assert.equal(kept.load().length, 1);
});

test("a tab that is done leaves the letters of another tab where they are", () => {
  const kept = drawer("verdicts", aStorage());
  const waiting = { ...quietly, window_ms: 60_000, send: async () => {}, drawer: kept };
  const [one, other] = [new Outbox(waiting), new Outbox(waiting)];
  one.add("obs_1", {});
  other.add("obs_2", {});
  one.undo();
  assert.deepEqual(kept.load().map(({ key }) => key), ["obs_2"]);
});

for (const broken of ['[{"key": "obs_1", "bo', "null", '{"key": 1}', '[null, 3, {"key": "obs_1"}, {"key": 7, "body": {}}]']) {
  test(`a drawer that holds ${broken} is empty, and takes the next letter`, () => {
    const storage = aStorage();
    storage.setItem("verdicts", broken);
    const kept = drawer("verdicts", storage);
    assert.deepEqual(kept.load(), []);
    kept.keep({ key: "obs_2", body: {}, until: 1 });
    assert.deepEqual(kept.load(), [{ key: "obs_2", body: {}, until: 1 }]);
  });
}

/** @param {object} error @returns {() => Promise<void>} fails so once, then goes well */
function failingOnce(error) {
  let tries = 0;
  return () => (tries++ === 0 ? Promise.reject(error) : Promise.resolve());
}

test("what may have arrived without an answer is not taken back", async () => {
  const takenBack = (/** @type {ApiError} */ error) => new Promise((done) => {
    const outbox = new Outbox({ ...quietly, onDelayed: () => done(outbox.undo()), send: failingOnce(error) });
    outbox.add("obs_1", {});
  });
  assert.equal(await takenBack(new ApiError(0, "network")), undefined);
  assert.equal((await takenBack(new ApiError(503, "busy"))).key, "obs_1");
});

test("a verdict of somebody whose browser another one uses now waits for them", async () => {
  const kept = drawer("verdicts", aStorage());
  const waiting = await new Promise((done) => {
    const send = failingOnce(new ApiError(409, "session.changed"));
    new Outbox({ ...quietly, onDelayed: () => done(kept.load()), send, drawer: kept }).add("obs_1", {});
  });
  assert.equal(waiting.length, 1);
});

test("a fault of the service is tried again, and may have been carried out", () => {
  const errors = [new ApiError(500, "internal"), new ApiError(503, "busy"), new ApiError(422, "request.invalid")];
  assert.deepEqual(errors.map(({ passing, isOpen }) => [passing, isOpen]), [[true, true], [true, false], [false, false]]);
});

test("what another page has sent meanwhile cannot be taken back", () => {
  const kept = drawer("verdicts", aStorage());
  const outbox = new Outbox({ ...quietly, window_ms: 60_000, send: async () => {}, drawer: kept });
  outbox.add("obs_1", {});
  outbox.add("obs_2", {});
  kept.drop("obs_2");
  assert.equal(outbox.undo()?.key, "obs_1");
  assert.equal(outbox.undo(), undefined);
});
