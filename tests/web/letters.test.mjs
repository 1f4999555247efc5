/** Letters of the inspector's outbox: none is stuck without a pin, none is there twice. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { failed, isAnswered, lacksPlace, letterOf, posted, resumed } from "../../service/web/js/field/letters.js";

const PLACE = { lat: 30.5, lon: 121.4 };
const REFUSAL = { code: "place.out_of_range", status: 422, passing: false };

/** @param {object} told @returns {any} a report with one photo */
const aReport = (told) => letterOf("report", "chen", 0, { photos: [{ id: "p", key: "k", name: "a.jpg", role: "near", place: null, sent: false }], ...told });

test("a place that was found too late does not hide that the service asks for one", () => {
  assert.equal(lacksPlace(aReport({ state: "needs_place", place: PLACE })), true);
  assert.equal(lacksPlace(aReport({ state: "draft", place: PLACE })), false);
});

test("what has arrived of a refused letter is not sent again", () => {
  const answer = { photo: { id: "pho_1", place: null }, needs: ["place"] };
  const again = posted(resumed(failed(aReport({ answer, pin: PLACE }), REFUSAL, 0)));
  assert.deepEqual([again.state, again.answer, again.pin, again.error], ["waiting", answer, null, null]);
});

test("a refused photo goes again under a new key", () => {
  assert.notEqual(resumed(failed(aReport({}), REFUSAL, 0)).photos[0].key, "k");
});

test("an answer holds for its task, not for the next one of the same ticket", () => {
  const task = { ticket_id: "tic_1", kind: "field_check", since: "2026-11-26T08:00:00Z" };
  const look = (/** @type {object} */ told) => [aReport({ kind: "look", task: "field_check", ticket: { id: "tic_1" }, made_at: Date.parse(task.since) + 1, state: "sent", ...told })];
  assert.equal(isAnswered(task, look({})), true);
  assert.equal(isAnswered(task, look({ state: "waiting", made_at: 0 })), true, "the clock of a phone may be wrong");
  for (const other of [{ task: "field_verify" }, { made_at: 0 }, { state: "refused" }, { ticket: { id: "tic_2" } }]) assert.equal(isAnswered(task, look(other)), false);
});
