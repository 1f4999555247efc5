/** A long list in leaves: what stands on one stays there. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { leavesOf } from "../../service/web/js/leaves.js";

/** Tickets from one number down to another. */
const tickets = (from, to) => Array.from({ length: from - to + 1 }, (_, at) => ({ id: `tic_${String(from - at).padStart(4, "0")}` }));
const endsOf = (leaves) => leaves.map((leaf) => leaf.at(-1).id);
const sizes = (leaves) => leaves.map(({ length }) => length);

test("a list is cut into leaves, and every row is on one, in its order", () => {
  const items = tickets(1060, 1001);
  const leaves = leavesOf(items, []);
  assert.deepEqual(sizes(leaves), [25, 25, 10]);
  assert.deepEqual(leaves.flat(), items);
  assert.deepEqual(leavesOf([], []), []);
});

test("a further page lies on leaves of its own, a new ticket on the first one", () => {
  const before = leavesOf(tickets(1050, 1001), []);
  const after = leavesOf(tickets(1052, 951), endsOf(before));
  assert.deepEqual(sizes(after), [27, 25, 25, 25]);
  assert.deepEqual(endsOf(after).slice(0, 2), endsOf(before));
});

test("what is gone leaves the others where they were, also where it was the last of its leaf", () => {
  const before = leavesOf(tickets(1075, 1001), []);
  const after = leavesOf(tickets(1075, 1001).filter(({ id }) => id !== before[0].at(-1).id), endsOf(before));
  assert.deepEqual(sizes(after), [24, 25, 25]);
});

test("a leaf that has grown to twice its size is cut, and no other", () => {
  const before = leavesOf(tickets(1075, 1001), []);
  const after = leavesOf(tickets(1101, 1001), endsOf(before));
  assert.deepEqual(sizes(after), [25, 25, 1, 25, 25]);
  assert.deepEqual(endsOf(after).slice(-2), endsOf(before).slice(-2));
});
