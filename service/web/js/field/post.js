/** How a letter goes out, step by step; each step that is done is told at once, so that a second try goes on from there. */

import { ApiError, call, upload } from "../api.js";
import { take } from "./kept.js";

/** @typedef {import("./letters.js").Letter} Letter */
/** @typedef {(change: Partial<Letter>) => Promise<Letter>} Tell keeps what has changed */

/**
 * @param {Letter} letter @param {Tell} tell @param {Letter[]} letters all of the same person
 * @returns {Promise<Partial<Letter>>} how it ended; an ApiError where it did not
 */
export function deliver(letter, tell, letters) {
  switch (letter.kind) {
    case "report": return report(letter, tell);
    case "look": return look(letter, tell);
    case "walk": return walk(letter, tell, letters);
  }
}

/** @param {Letter} letter @param {Tell} tell @returns {Promise<Partial<Letter>>} */
async function report(letter, tell) {
  const [main] = letter.photos;
  let current = letter;
  if (!current.answer) {
    const answer = await upload("/api/photos", formOf(letter, await fileOf(main)), { key: main.key, onProgress: (share) => void tell({ share }) });
    current = await tell({ answer });
  }
  if (current.answer.needs.includes("place")) {
    if (!current.pin) return { state: "needs_place" };
    current = await tell({ answer: await pinned(current.answer, current.pin) });
  }
  current = await seenToo(current, tell);
  await hang(current, idsOf(current.answer), tell, 1);
  return { state: "sent" };
}

/** @param {any} answer @returns {string[]} its tickets */
const idsOf = (answer) => answer.tickets.map((/** @type {any} */ { id }) => id);

/**
 * Where there is no ticket to hang the further photos on, each is looked at like the first: what one does not show, another may.
 * @param {Letter} letter @param {Tell} tell @returns {Promise<Letter>}
 */
async function seenToo(letter, tell) {
  let current = letter;
  for (const photo of letter.photos.slice(1).filter(({ sent }) => !sent)) {
    if (idsOf(current.answer).length > 0) break;
    const answer = await upload("/api/photos", formOf(current, await fileOf(photo)), { key: photo.key });
    const { tickets, observations } = answer.needs.includes("place") && current.pin ? await pinned(answer, current.pin) : answer;
    const photos = current.photos.map((one) => (one.id === photo.id ? { ...one, sent: true } : one));
    const { answer: first } = current;
    current = await tell({ photos, answer: { ...first, tickets: [...first.tickets, ...tickets], observations: [...first.observations, ...observations] } });
  }
  return current;
}

/** @param {any} answer @param {import("./letters.js").Where} pin @returns {Promise<any>} the answer with its place; one that has it already, from a try whose answer was lost, is asked for */
async function pinned(answer, { lat, lon, accuracy_m }) {
  const path = `/api/photos/${encodeURIComponent(answer.photo.id)}`;
  const json = { lat, lon, ...(accuracy_m ? { accuracy_m } : {}) };
  return call("PATCH", path, { json, stay: true }).catch((error) => {
    if (error.code !== "photo.placed") throw error;
    return call("GET", path, { stay: true });
  });
}

/** Hangs the photos of a letter on tickets, in their roles. @param {Letter} letter @param {string[]} tickets @param {Tell} tell @param {number} from */
async function hang(letter, tickets, tell, from) {
  let { photos } = letter;
  if (tickets.length === 0) return;
  for (const photo of photos.slice(from).filter(({ sent }) => !sent)) {
    for (const ticket of tickets) await upload(`/api/tickets/${encodeURIComponent(ticket)}/evidence`, evidenceOf(letter, photo, await fileOf(photo)), { key: photo.key });
    photos = photos.map((one) => (one.id === photo.id ? { ...one, sent: true } : one));
    await tell({ photos });
  }
}

/** @param {Letter} letter @param {Tell} tell */
async function look(letter, tell) {
  const { id } = /** @type {{id: string}} */ (letter.ticket);
  await hang(letter, [id], tell, 0);
  const json = { kind: "field_looked", result: letter.result, at: new Date(letter.made_at).toISOString(), reason: letter.note || undefined };
  await call("POST", `/api/tickets/${encodeURIComponent(id)}/facts`, { json, headers: { "Idempotency-Key": letter.key }, stay: true });
  return { state: /** @type {const} */ ("sent") };
}

/** @param {Letter} letter @param {Tell} tell @param {Letter[]} letters */
async function walk(letter, tell, letters) {
  const found = letter.walk.tickets ?? ticketsOf(letters, letter.walk.began_ms, letter.made_at);
  const { walk: told } = await tell({ walk: { ...letter.walk, tickets: found } });
  const { route, grid, track, tickets, began_ms } = told;
  const json = {
    route, track, tickets, grid: grid || undefined, note: letter.note || undefined,
    began_at: new Date(began_ms).toISOString(), ended_at: new Date(letter.made_at).toISOString(),
  };
  const answer = await call("POST", "/api/inspections", { json, headers: { "Idempotency-Key": letter.key }, stay: true });
  return { state: /** @type {const} */ ("sent"), answer };
}

/** @param {Letter[]} letters @param {number} from @param {number} until @returns {string[]} the tickets of what was reported between */
export const ticketsOf = (letters, from, until) => [
  ...new Set(letters.filter(({ kind, made_at }) => kind === "report" && made_at >= from && made_at <= until).flatMap(({ answer }) => answer?.tickets ?? []).map(({ id }) => id)),
];

/** @param {import("./letters.js").Photo} photo @returns {Promise<File>} an ApiError where the phone has it no longer */
async function fileOf({ id, name }) {
  const found = await take("pictures", id);
  if (!found) throw new ApiError(410, "photo.off_the_phone", { name });
  const { blob } = found;
  return new File([blob], name, { type: blob.type });
}

/** @param {Letter} letter @param {File} file @returns {FormData} */
export function formOf({ condition, note, place, by_hand, taken_at }, file) {
  return filled({ condition, note, ...place, place_source: place && by_hand ? "hand" : "", taken_at }, file);
}

/** @param {Letter} letter @param {import("./letters.js").Photo} photo @param {File} file what the file says about its place wins */
function evidenceOf({ place, taken_at }, { role }, file) {
  return filled({ role, ...place, taken_at }, file);
}

/** @param {Record<string, unknown>} fields @param {File} file */
function filled(fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined && value !== "") form.set(name, String(value));
  form.set("file", file, file.name);
  return form;
}
