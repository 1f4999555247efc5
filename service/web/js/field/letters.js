/** A letter of the inspector's outbox, and its pure steps from draft to sent. */

import { STRANGER } from "../api.js";

/** @typedef {{lat: number, lon: number, accuracy_m?: number | null}} Where */

/**
 * One photo. `key` stays the same however often it is sent, so that a retry makes no second one; `place`: what the file says.
 * @typedef {{id: string, key: string, name: string, role: string, place: Where | null, sent: boolean}} Photo
 */

/**
 * `report`: photos of one thing. `look`: the answer to a task, with its photos. `walk`: an inspection that is over.
 * @typedef {"report" | "look" | "walk"} Kind
 * @typedef {"draft" | "waiting" | "sending" | "needs_place" | "sent" | "refused"} State
 * @typedef {{id: string, kind: Kind, login: string, made_at: number, state: State, key: string, photos: Photo[], tries: number, next_at: number, share: number,
 *   error: {code: string, facts?: Record<string, unknown>, status?: number} | null, answer: any, condition: string, note: string, place: Where | null, by_hand: boolean,
 *   taken_at: string | null, pin: Where | null, ticket?: {id: string, number: string, condition: string}, task?: string, result?: string, walk?: any, done_at?: number}} Letter
 */

const FAULT = 500;
const TRIES_OF_A_FAULT = 3;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;
const KEPT_SENT_MS = 48 * 3_600_000;

/** @returns {string} 128 random bits; `crypto.randomUUID` is missing where a page came over plain http */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {Kind} kind @param {string} login @param {number} now @param {Partial<Letter>} told @returns {Letter} */
export function letterOf(kind, login, now, told) {
  const key = newKey();
  return {
    id: key, key, kind, login, made_at: now, state: "draft", photos: [], tries: 0, next_at: 0, share: 0, error: null, answer: null,
    condition: "", note: "", place: null, by_hand: false, taken_at: null, pin: null, ...told,
  };
}

/** @param {Letter} letter @param {Partial<Letter>} [told] what the person says with it @returns {Letter} ready to go; from now on its words stay as they are */
export const posted = (letter, told = {}) => ({ ...letter, ...told, state: "waiting", error: null, next_at: 0 });

/** @param {Letter} letter as a page finds it that was closed or killed @returns {Letter} */
export const awakened = (letter) => (letter.state === "sending" ? { ...letter, state: "waiting", share: 0 } : letter);

/** @param {Letter} letter @param {any} error of a try @param {number} now @returns {Letter} to be tried again, or refused for good */
export function failed(letter, error, now) {
  const told = { code: error.code, facts: error.facts, status: error.status };
  const tries = letter.tries + 1;
  if (!error.passing && error.status !== 401) return { ...letter, tries, state: "refused", error: told };
  const pause_ms = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(10, letter.tries));
  return { ...letter, tries, state: "waiting", share: 0, error: told, next_at: now + pause_ms };
}

/** @param {Letter} letter as if it had never gone: under new keys, said otherwise @returns {Letter} */
export const renewed = (letter) => ({
  ...letter, key: newKey(), state: "draft", tries: 0, error: null, answer: null, photos: letter.photos.map((photo) => ({ ...photo, key: newKey(), sent: false })),
});

/** @param {Letter} letter refused @returns {Letter} to go again: what has arrived of it stays arrived, so that nothing is there twice */
export const resumed = (letter) => ({
  ...renewed(letter), answer: letter.answer, pin: letter.answer ? null : letter.pin, photos: letter.photos.map((photo) => (photo.sent ? photo : { ...photo, key: newKey() })),
});

/**
 * The letters that go now, the oldest first; a walk waits for the reports that were made on it.
 * @param {Letter[]} letters of one person @param {number} now @param {boolean} hurry also those that pause after a failure
 */
export function due(letters, now, hurry) {
  const going = letters.filter(({ state, next_at }) => state === "waiting" && (hurry || next_at <= now));
  const isReportUnsent = letters.some(({ kind, state }) => kind === "report" && (state === "waiting" || state === "sending"));
  return going.filter(({ kind }) => kind !== "walk" || !isReportUnsent).sort((a, b) => a.made_at - b.made_at);
}

/** @param {Letter} letter where its thing is, as far as anybody said */
export const whereOf = ({ place, pin, photos, answer }) => answer?.photo.place ?? pin ?? place ?? photos[0]?.place ?? null;

/** @param {Letter} letter whether a pin is to be set: before it goes, or since the service asks for it */
export const lacksPlace = (letter) => letter.kind === "report" && !["sent", "refused"].includes(letter.state) && (letter.state === "needs_place" || whereOf(letter) === null);

/** @param {Letter} letter whether it was looked at and nothing was found */
export const foundNothing = ({ kind, state, answer }) => kind === "report" && state === "sent" && answer.observations.length === 0;

/** @param {Letter} letter @param {number} now whether it was sent so long ago that nobody looks for it here */
export const isOver = ({ state, done_at }, now) => state === "sent" && (done_at ?? 0) + KEPT_SENT_MS < now;

/**
 * What the outbox is doing, in one word and its counts.
 * @param {Letter[]} letters @param {boolean} online
 * @returns {{word: "sending" | "offline" | "login" | "stranger" | "fault" | "retrying" | "waiting" | "needs_place" | "refused" | "done" | "empty", count: number, more: number}}
 */
export function doing(letters, online) {
  const those = (/** @type {State} */ state) => letters.filter((letter) => letter.state === state);
  const [sending, waiting, placeless, refused, sent] = [those("sending"), those("waiting"), those("needs_place"), those("refused"), those("sent")];
  if (sending.length > 0) return { word: "sending", count: sending.length, more: waiting.length };
  if (waiting.length > 0) return { word: whyWaiting(waiting, online), count: waiting.length, more: 0 };
  if (refused.length > 0) return { word: "refused", count: refused.length, more: 0 };
  if (placeless.length > 0) return { word: "needs_place", count: placeless.length, more: 0 };
  return { word: sent.length > 0 ? "done" : "empty", count: sent.length, more: 0 };
}

/** @param {Letter[]} waiting @param {boolean} online */
function whyWaiting(waiting, online) {
  const codes = waiting.map(({ error }) => error?.code ?? "");
  if (!online || codes.includes("network")) return "offline";
  if (codes.some((code) => code.startsWith("auth."))) return "login";
  if (codes.includes(STRANGER)) return "stranger";
  if (waiting.some(({ error, tries }) => error?.status === FAULT && tries >= TRIES_OF_A_FAULT)) return "fault";
  return codes.some(Boolean) ? "retrying" : "waiting";
}

/**
 * Whether this phone has answered a task already. A ticket may be looked at again: what went out before that task began answers another one.
 * @param {any} task @param {Letter[]} letters
 */
export const isAnswered = ({ ticket_id, kind, since }, letters) => letters.some((letter) =>
  letter.kind === "look" && letter.task === kind && letter.ticket?.id === ticket_id && letter.state !== "refused" && (letter.state !== "sent" || letter.made_at >= Date.parse(since)));
