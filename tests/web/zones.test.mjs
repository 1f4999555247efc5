// Zones over a picture and the ground before a door, without a page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { frontageOf } from "../../service/web/js/admin/frontage.js";
import { freeId, moved, shifted, split, without } from "../../service/web/js/admin/zoneshapes.js";

/** @type {[number, number][]} */
const SQUARE = [[0.2, 0.2], [0.4, 0.2], [0.4, 0.4], [0.2, 0.4]];
const METRES_A_DEGREE = 111_320;

test("a corner stays inside the picture", () => {
  assert.deepEqual(moved(SQUARE, 0, [-1, 0.3])[0], [0, 0.3]);
  assert.deepEqual(moved(SQUARE, 2, [7, 7])[2], [1, 1]);
});

test("a zone moves as a whole and stops at the edge with its shape", () => {
  assert.deepEqual(shifted(SQUARE, 9, -9), [[0.8, 0], [1, 0], [1, 0.2], [0.8, 0.2]]);
});

test("a side is split in its middle, the last one too", () => {
  assert.deepEqual(split(SQUARE, 3)[4], [0.2, 0.3]);
});

test("three corners stay, whatever is taken away", () => {
  const triangle = without(SQUARE, 0);
  assert.equal(triangle.length, 3);
  assert.equal(without(triangle, 0).length, 3);
});

test("a new zone gets the first id that is free", () => {
  assert.equal(freeId(["mask-1", "mask-3"], "mask"), "mask-2");
});

test("the ground before a door lies where one looks who comes out", () => {
  const ring = frontageOf({ lat: 30, lon: 120 }, 6, 3, 180);
  assert.deepEqual(ring[0], ring.at(-1));
  const norths = ring.map(([, lat]) => Math.round((lat - 30) * METRES_A_DEGREE * 10) / 10);
  assert.deepEqual([Math.max(...norths), Math.min(...norths)], [0, -3]);
  const wide_m = (Math.max(...ring.map(([lon]) => lon)) - Math.min(...ring.map(([lon]) => lon))) * METRES_A_DEGREE * Math.cos(Math.PI / 6);
  assert.ok(Math.abs(wide_m - 6) < 0.02);
});
