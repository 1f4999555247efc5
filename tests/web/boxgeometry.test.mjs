/** Boxes on a picture. */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as m from "../../service/web/js/boxgeometry.js";

const SIZE = { width: 200, height: 100 };

test("a box that is moved stays whole on the picture", () => {
  assert.deepEqual(m.moved([10, 10, 60, 40], 5, -5, SIZE), [15, 5, 65, 35]);
  assert.deepEqual(m.moved([10, 10, 60, 40], 500, 500, SIZE), [150, 70, 200, 100]);
  assert.deepEqual(m.moved([10, 10, 60, 40], -500, -500, SIZE), [0, 0, 50, 30]);
});

test("a handle pulls its own sides and no other", () => {
  assert.deepEqual(m.resized([10, 10, 60, 40], "se", { x: 80, y: 50 }, SIZE), [10, 10, 80, 50]);
  assert.deepEqual(m.resized([10, 10, 60, 40], "w", { x: 20, y: 90 }, SIZE), [20, 10, 60, 40]);
  assert.deepEqual(m.resized([10, 10, 60, 40], "n", { x: 0, y: -30 }, SIZE), [10, 0, 60, 40]);
});

test("a handle that is pulled across turns the box over, and never makes it flat", () => {
  assert.deepEqual(m.resized([10, 10, 60, 40], "e", { x: 2, y: 0 }, SIZE), [2, 10, 10, 40]);
  assert.deepEqual(m.resized([10, 10, 60, 40], "e", { x: 11, y: 0 }, SIZE), [10, 10, 14, 40]);
  assert.deepEqual(m.resized([150, 10, 200, 40], "w", { x: 199, y: 0 }, SIZE), [196, 10, 200, 40]);
});

test("a box is drawn from any corner, and a slip of the hand draws none", () => {
  assert.deepEqual(m.drawn({ x: 90, y: 80 }, { x: 30, y: 20 }, SIZE), [30, 20, 90, 80]);
  assert.deepEqual(m.drawn({ x: 150, y: 80 }, { x: 900, y: 900 }, SIZE), [150, 80, 200, 100]);
  assert.equal(m.drawn({ x: 90, y: 80 }, { x: 92, y: 20 }, SIZE), null);
});

test("arrows move a box, with shift they pull its lower right corner", () => {
  assert.deepEqual(m.nudged([10, 10, 60, 40], "arrowup", 3, false, SIZE), [10, 7, 60, 37]);
  assert.deepEqual(m.nudged([10, 10, 60, 40], "arrowright", 3, true, SIZE), [10, 10, 63, 40]);
  assert.deepEqual(m.nudged([10, 10, 60, 40], "arrowleft", 300, true, SIZE), [10, 10, 14, 40]);
});

test("handles sit on the corners and in the middle of the sides", () => {
  const at = Object.fromEntries(m.HANDLES.map((handle) => [handle, Object.values(m.handleAt([0, 0, 10, 20], handle))]));
  assert.deepEqual(at, { nw: [0, 0], n: [5, 0], ne: [10, 0], e: [10, 10], se: [10, 20], s: [5, 20], sw: [0, 20], w: [0, 10] });
});

test("zooming holds the point under the pointer and never leaves the picture", () => {
  const near = m.zoomed(m.whole(SIZE), 2, { x: 50, y: 50 }, SIZE);
  assert.deepEqual(near, { x: 25, y: 25, width: 100, height: 50 });
  assert.deepEqual(m.zoomed(near, 1 / 8, { x: 0, y: 0 }, SIZE), m.whole(SIZE));
  assert.equal(m.zoomed(near, 1000, { x: 60, y: 60 }, SIZE).width, 200 / 12);
  assert.deepEqual(m.panned(near, 900, 900, SIZE), { x: 100, y: 50, width: 100, height: 50 });
});

test("the view follows a box just so far that it is seen", () => {
  const view = { x: 0, y: 0, width: 100, height: 50 };
  assert.deepEqual(m.following(view, [10, 10, 60, 40], SIZE), view);
  assert.deepEqual(m.following(view, [110, 10, 160, 40], SIZE), { ...view, x: 60 });
});

test("boxes that went through tenths of a pixel are the same", () => {
  const box = /** @type {const} */ ([1.04, 2, 30.26, 40]);
  assert.deepEqual(m.rounded([...box]), [1, 2, 30.3, 40]);
  assert.equal(m.sameBoxes([[...box]], [m.rounded([...box])]), true);
  assert.equal(m.sameBoxes([[...box]], []), false);
});
