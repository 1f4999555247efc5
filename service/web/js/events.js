/** One stream of server-sent events a page; whoever watches is told of each event and of the health of the stream. */

/** @typedef {{kind: string, subject: string, [more: string]: any}} Happening */

/** @type {Set<(happening: Happening) => void>} */
const watchers = new Set();
/** @type {Set<(state: "open" | "broken") => void>} */
const doctors = new Set();
/** @type {EventSource | undefined} */
let source;

/** @param {(happening: Happening) => void} told @returns {() => void} ends the watching */
export function watch(told) {
  watchers.add(told);
  connect();
  return () => watchers.delete(told);
}

/** @param {(state: "open" | "broken") => void} told @returns {() => void} */
export function watchHealth(told) {
  doctors.add(told);
  connect();
  return () => doctors.delete(told);
}

function connect() {
  if (source) return;
  source = new EventSource("/api/events");
  source.onopen = () => doctors.forEach((told) => told("open"));
  source.onerror = () => doctors.forEach((told) => told("broken"));
  source.onmessage = ({ data }) => {
    const happening = JSON.parse(data);
    watchers.forEach((told) => told(happening));
  };
  addEventListener("pagehide", () => source?.close());
}

/**
 * Runs once after a burst of calls has gone quiet.
 * @param {() => void} act
 * @param {number} quiet_ms
 */
export function settled(act, quiet_ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, quiet_ms);
  };
}
