/** Letters that survive a page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox, drawer } from "../../service/web/js/outbox.js";

/** @returns {Storage} */
const aStorage = () => {
  const kept = new Map();
  return /** @type {any} */ ({ getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text), removeItem: (name) => kept.delete(name) });
};

const quietly = { onChange() {}, onRefused() {}, window_ms: 1, retry_ms: 1 };

test("a letter that has not arrived is there again in the next page, and goes out at once", async () => {
  const kept = drawer("verdicts", aStorage());
  new Outbox({ ...quietly, window_ms: 60_000, send: async () => {}, drawer: kept }).add("obs_1", { verdict: true });
  assert.deepEqual(kept.load(), [{ key: "obs_1", body: { verdict: true } }]);
  const sent = await new Promise((done) => new Outbox({ ...quietly, send: async (key) => done(key), drawer: kept }));
  assert.equal(sent, "obs_1");
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
  assert.deepEqual(kept.load(), [{ key: "obs_2", body: {} }]);
});
