/** Photos on their way to the service: pure steps from chosen to ticketed. */

/**
 * One photo. `key` stays the same however often it is sent, so that a retry makes no second photo.
 * @typedef {{id: string, key: string, file: File, href: string, state: "ready" | "sending" | "sent" | "failed", share: number, answer: any, error: any,
 *   condition: string, note: string, place: {lat: number, lon: number, accuracy_m?: number | null} | null}} Shot
 */

/** @returns {string} 128 random bits; `crypto.randomUUID` is missing where a page came over plain http */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {File} file @returns {Shot} */
export function shotOf(file) {
  return {
    id: newKey(), key: newKey(), file, href: URL.createObjectURL(file), state: "ready", share: 0, answer: null, error: null, condition: "", note: "", place: null,
  };
}

/** @param {Shot[]} shots @param {{type: string, [more: string]: any}} act @returns {Shot[]} */
export function shotsAfter(shots, act) {
  if (act.type === "added") return [...shots, ...act.shots];
  if (act.type === "removed") return shots.filter(({ id }) => id !== act.id);
  return shots.map((shot) => (shot.id === act.id ? { ...shot, ...act.change } : shot));
}

/** @param {Shot} shot @returns {FormData} */
export function formOf({ file, condition, note, place }) {
  const form = new FormData();
  if (condition) form.set("condition", condition);
  if (note) form.set("note", note);
  for (const [name, value] of Object.entries(place ?? {})) if (value !== null) form.set(name, String(value));
  form.set("file", file, file.name);
  return form;
}

/** @param {Shot} shot whether the service has it and asks where it was taken */
export const needsPlace = ({ state, answer }) => state === "sent" && (answer?.needs ?? []).includes("place");

/** @param {Shot} shot whether it was looked at and nothing was found */
export const foundNothing = (shot) => shot.state === "sent" && !needsPlace(shot) && shot.answer.observations.length === 0;
