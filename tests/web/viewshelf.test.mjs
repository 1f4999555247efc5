/** Lists that somebody comes back to, without a page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { merged, unkept, untold, withAnswer, withView } from "../../service/web/js/viewshelf.js";

test("what the service was not told yet stands beside what it knows, or in its place", () => {
  const told = [{ name: "late", search: "?state=overdue", by: "wang", mine: true }, { name: "ads", search: "?q=ads", by: "wang", mine: false, shared: true }];
  const all = merged(told, [{ name: "late", search: "?q=late" }, { name: "ads", search: "?q=mine" }]);
  assert.deepEqual(all.map(({ search }) => search), ["?q=ads", "?q=late", "?q=mine"]);
  assert.deepEqual(untold(all).map(({ name }) => name), ["late", "ads"]);
});

test("what a browser kept before the service did is told to it", () => {
  assert.equal(untold([{ name: "late", search: "" }]).length, 1);
});

test("what is to be forgotten replaces what it forgets, not what others share", () => {
  const views = [{ name: "late", search: "", by: "zhao", mine: false, isKept: true }, { name: "late", search: "", by: "wang", mine: true, isKept: true }];
  assert.deepEqual(withView(views, { name: "late", search: "", isGone: true }).map(({ by }) => by), ["zhao", undefined]);
});

test("what the service refused stays in this browser and is not told again", () => {
  const late = { name: "late", search: "?q=much" };
  const views = withAnswer([late, { name: "ads", search: "" }], late, false);
  assert.deepEqual(untold(views).map(({ name }) => name), ["ads"]);
  assert.deepEqual(merged([], unkept(views)).map(({ name }) => name), ["late", "ads"]);
});

test("what was changed while the service answered is still to be told", () => {
  const changed = { name: "late", search: "?q=new" };
  assert.deepEqual(untold(withAnswer([changed], { name: "late", search: "?q=old" }, true)), [changed]);
});

test("what the service forgot is gone here, too", () => {
  const gone = { name: "late", search: "", isGone: true };
  assert.deepEqual(withAnswer([gone], gone, true), []);
});
