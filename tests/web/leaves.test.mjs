/** A long list in leaves: what stands on one stays there. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { LEAF, formerOf, leavesOf } from "../../service/web/js/leaves.js";

/** So many tickets, the newest first. */
const tickets = (count, oldest = 1000) => Array.from({ length: count }, (_, at) => ({ id: `tic_${oldest + count - at}` }));
const endsOf = (leaves) => leaves.map((leaf) => leaf.at(-1).id);
const sizes = (leaves) => leaves.map(({ length }) => length);

test("a list is cut into leaves, and every row is on one, in its order", () => {
  const items = tickets(2 * LEAF + 3);
  const leaves = leavesOf(items, []);
  assert.deepEqual(sizes(leaves), [LEAF, LEAF, 3]);
  assert.deepEqual(leaves.flat(), items);
  assert.deepEqual(leavesOf([], []), []);
});

test("a further page lies on leaves of its own, a new ticket on the first one", () => {
  const before = leavesOf(tickets(2 * LEAF), []);
  const after = leavesOf(tickets(3 * LEAF + 4, 1000 - LEAF - 2), endsOf(before));
  assert.deepEqual(sizes(after), [LEAF + 2, LEAF, LEAF, 2]);
  assert.deepEqual(endsOf(after).slice(0, 2), endsOf(before));
});

test("what is gone leaves the others where they were, also where it was the last of its leaf", () => {
  const items = tickets(3 * LEAF);
  const before = leavesOf(items, []);
  const after = leavesOf(items.filter(({ id }) => id !== before[0].at(-1).id), endsOf(before));
  assert.deepEqual(sizes(after), [LEAF - 1, LEAF, LEAF]);
});

test("a leaf that has grown to twice its size is cut, and no other", () => {
  const before = leavesOf(tickets(3 * LEAF), []);
  const after = leavesOf(tickets(4 * LEAF + 1), endsOf(before));
  assert.deepEqual(sizes(after), [LEAF, LEAF, 1, LEAF, LEAF]);
  assert.deepEqual(endsOf(after).slice(-2), endsOf(before).slice(-2));
});

test("a leaf is the one that it was, whatever has left it", () => {
  const items = tickets(3 * LEAF);
  const before = leavesOf(items, []);
  const left = (...gone) => formerOf(leavesOf(items.filter((item) => !gone.includes(item)), endsOf(before)), endsOf(before));
  assert.deepEqual(formerOf(before, []), [-1, -1, -1]);
  assert.deepEqual(left(before[0].at(-1), before[2].at(-1)), [0, 1, 2]);
  assert.deepEqual(left(...before[1]), [0, 2]);
});

test("of a leaf that was cut the last part is it, and a further page is new", () => {
  const before = leavesOf(tickets(3 * LEAF, 2000), []);
  const after = leavesOf(tickets(4 * LEAF + 3, 2000 - 2), endsOf(before));
  assert.deepEqual(formerOf(after, endsOf(before)), [-1, -1, 0, 1, 2, -1]);
});
