/** The turns of phrase of a policy, without a page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { phraseOf } from "../../service/web/js/admin/policywords.js";

test("the figures of a phrase are its facts", () => {
  assert.deepEqual(phraseOf("-1.5 to 1e+06"), { key: "policy.wanted.to", facts: { a: "-1.5", b: "1e+06" } });
  assert.deepEqual(phraseOf("a date like 2027-01-01, without quotes"), { key: "policy.wanted.a_date_like_without_quotes", facts: { a: "2027-01-01" } });
  assert.deepEqual(phraseOf('pairs like ["08:00", "12:00"]').facts, { a: "08:00", b: "12:00" });
});
