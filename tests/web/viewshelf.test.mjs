/** Lists that somebody comes back to, without a page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { merged, untold, withView } from "../../service/web/js/viewshelf.js";

test("what the service was not told yet stands beside what it knows, or in its place", () => {
  const told = [{ name: "late", search: "?state=overdue", by: "wang" }, { name: "ads", search: "?q=ads", by: "zhao", shared: true }];
  const all = merged(told, [{ name: "late", search: "?q=late" }, { name: "ads", search: "?q=mine" }], "wang");
  assert.deepEqual(all.map(({ search }) => search), ["?q=ads", "?q=late", "?q=mine"]);
  assert.deepEqual(untold(all).map(({ name }) => name), ["late", "ads"]);
});

test("what a browser kept before the service did is told to it", () => {
  assert.equal(untold([{ name: "late", search: "" }]).length, 1);
});

test("what is to be forgotten replaces what it forgets, not what others share", () => {
  const views = [{ name: "late", search: "", by: "zhao", isKept: true }, { name: "late", search: "", by: "wang", isKept: true }];
  assert.deepEqual(withView(views, { name: "late", search: "", isGone: true }, "wang").map(({ by }) => by), ["zhao", undefined]);
});
