// The city's clock, read and set from a browser that may be anywhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { dayAfter, dayAt, isElsewhere, momentOf, wallTime } from "../../service/web/js/cityclock.js";

const SHANGHAI = "Asia/Shanghai";
const PARIS = "Europe/Paris";
const ABROAD = ["America/Los_Angeles", "Pacific/Kiritimati", "UTC"];

/** @param {string} zone of the machine @param {() => void} act */
function livingIn(zone, act) {
  const was = process.env.TZ;
  process.env.TZ = zone;
  try {
    act();
  } finally {
    if (was === undefined) delete process.env.TZ;
    else process.env.TZ = was;
  }
}

for (const home of ABROAD) {
  test(`nine in the morning in Shanghai is one at night in UTC, typed in ${home}`, () => {
    livingIn(home, () => {
      assert.equal(momentOf("2026-11-26T09:00", SHANGHAI), "2026-11-26T01:00:00.000Z");
      assert.equal(wallTime("2026-11-26T01:00:00Z", SHANGHAI), "2026-11-26T09:00");
    });
  });
}

test("the city's day begins at its own midnight", () => {
  assert.equal(dayAt("2026-11-25T15:59:59.999Z", SHANGHAI), "2026-11-25");
  assert.equal(dayAt("2026-11-25T16:00:00Z", SHANGHAI), "2026-11-26");
  assert.equal(momentOf("2026-11-26T00:00", SHANGHAI), "2026-11-25T16:00:00.000Z");
});

test("the day after the last of a month, of February and of a year", () => {
  assert.deepEqual(["2026-11-30", "2028-02-28", "2026-12-31"].map(dayAfter), ["2026-12-01", "2028-02-29", "2027-01-01"]);
});

test("an hour that comes twice is its first, an hour that never comes is read as without the change", () => {
  assert.equal(momentOf("2026-10-25T02:30", PARIS), "2026-10-25T00:30:00.000Z");
  assert.equal(momentOf("2026-03-29T02:30", PARIS), "2026-03-29T01:30:00.000Z");
});

test("before and after a change of the clocks each hour is its own", () => {
  const walls = ["2026-03-29T01:59", "2026-03-29T03:00", "2026-10-25T01:59", "2026-10-25T03:00", "2026-07-01T12:00"];
  for (const wall of walls) assert.equal(wallTime(momentOf(wall, PARIS), PARIS), wall);
});

test("a zone off the full hour, and moments before 1970", () => {
  assert.equal(momentOf("2026-11-26T09:00", "Asia/Kathmandu"), "2026-11-26T03:15:00.000Z");
  assert.equal(wallTime("1969-12-31T15:30:00.500Z", SHANGHAI), "1969-12-31T23:30");
});

test("a browser is elsewhere where its clocks show another time", () => {
  const now_ms = Date.parse("2026-11-26T01:00:00Z");
  livingIn("Asia/Singapore", () => assert.equal(isElsewhere(now_ms, SHANGHAI), false));
  livingIn("Europe/Paris", () => assert.equal(isElsewhere(now_ms, SHANGHAI), true));
});
