/** The clock on the city's wall, whatever zone the browser is in: a moment as it shows there, and the moment of what it shows. Pure. */

/** The city's zone as the service wrote it into the page, an IANA name. */
export const ZONE = globalThis.document?.documentElement.dataset.timezone ?? "UTC";

const DAY_MS = 86_400_000;
const MINUTES = 16; // "2026-11-26T09:00"

/** @type {Map<string, Intl.DateTimeFormat>} making one takes longer than using it a hundred times */
const dials = new Map();

/** @param {string} zone @returns {Intl.DateTimeFormat} */
function dialOf(zone) {
  const known = dials.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  dials.set(zone, made);
  return made;
}

/** @param {number} at_ms @param {string} zone @returns {number} by how much its clocks are ahead of UTC then, in milliseconds */
function aheadMs(at_ms, zone) {
  const { year, month, day, hour, minute, second } = Object.fromEntries(dialOf(zone).formatToParts(at_ms).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at_ms / 1000) * 1000;
}

/**
 * What the clock shows at a moment, as a field of type `datetime-local` holds it.
 * @param {number | string} at milliseconds or RFC 3339 @param {string} [zone]
 * @returns {string} "2026-11-26T09:00"
 */
export function wallTime(at, zone = ZONE) {
  const at_ms = typeof at === "number" ? at : Date.parse(at);
  return new Date(at_ms + aheadMs(at_ms, zone)).toISOString().slice(0, MINUTES);
}

/** @param {number | string} at @param {string} [zone] @returns {string} the city's day, "2026-11-26" */
export const dayAt = (at, zone = ZONE) => wallTime(at, zone).slice(0, 10);

/** @param {string} day "2026-11-26" @returns {string} the next one */
export const dayAfter = (day) => new Date(Date.parse(`${day}T00:00Z`) + DAY_MS).toISOString().slice(0, 10);

/**
 * The moment at which the clock shows a time: the first of the two where it is put back, and where it is put forward
 * over that time, what it would have been without; so the service reads times, too.
 * @param {string} wall "2026-11-26T09:00" @param {string} [zone]
 * @returns {string} RFC 3339, in UTC
 */
export function momentOf(wall, zone = ZONE) {
  const read_ms = Date.parse(`${wall}Z`);
  const [before_ms, after_ms] = [aheadMs(read_ms - DAY_MS, zone), aheadMs(read_ms + DAY_MS, zone)];
  const isAfter = aheadMs(read_ms - before_ms, zone) !== before_ms && aheadMs(read_ms - after_ms, zone) === after_ms;
  return new Date(read_ms - (isAfter ? after_ms : before_ms)).toISOString();
}

/** @param {number} now_ms @param {string} [zone] @returns {boolean} whether the clocks around the browser show another time than the city's */
export const isElsewhere = (now_ms, zone = ZONE) => aheadMs(now_ms, zone) !== -new Date(now_ms).getTimezoneOffset() * 60_000;
