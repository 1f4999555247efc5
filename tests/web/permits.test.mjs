// A permit as the rows of a policy say it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { permitToml } from "../../service/web/js/admin/permittoml.js";

const MARKET = { id: "market", en: "Night market", zh: "夜市", conditions: ["out_of_store"], weekdays: [1, 2, 3, 4, 5, 6, 7], opens: "18:00", closes: "22:00" };

test("a permit of a grid names it, and every day is no word", () => {
  assert.equal(
    permitToml({ ...MARKET, grid: "MX-01" }),
    '\n[[permits]]\nid = "market"\nname = { en = "Night market", zh = "夜市" }\nconditions = ["out_of_store"]\narea = { grids = ["MX-01"] }\nwindows = [["18:00", "22:00"]]\n',
  );
});

test("a circle, some days and a last day are told; a quote in a name stays inside", () => {
  const rows = permitToml({ ...MARKET, zh: '"夜"', centre: { lat: 30.5, lon: 121.4 }, radius_m: 40, weekdays: [5, 6], last: "2026-12-31" });
  assert.match(rows, /area = \{ circle = \{ lat = 30.5, lon = 121.4, radius_m = 40 \} \}/);
  assert.match(rows, /weekdays = \[5, 6\]/);
  assert.match(rows, /last = 2026-12-31/);
  assert.match(rows, /zh = "\\"夜\\""/);
});
