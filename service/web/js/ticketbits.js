/** The small nouns of a ticket: its condition, its state, its clock. */

import { useAgeing } from "./ageing.js";
import { colourOf, conditionName, stageOf, stateName } from "./catalog.js";
import { html, useEffect, useState } from "./html.js";
import { Icon } from "./icons.js";
import { ago, dateTime, named, span, t } from "./i18n.js";
import { streetAt } from "./streets.js";

/** @param {{id: string}} props */
export const Condition = ({ id }) => html`<span class="condition" style=${{ "--c": colourOf(id) }}>${conditionName(id)}</span>`;

/** @param {{state: string, resolution?: string | null}} props closed is never shown as fixed: the resolution stands beside it */
export const State = ({ state, resolution }) => html`
  <span class="state ${stageOf(state)}">${[stateName(state), named("resolutions", resolution)].filter(Boolean).join(" · ")}</span>`;

/** @returns {number} milliseconds, anew each half minute */
export function useNow() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/**
 * How a due time stands at `now`: what is left or over, in seconds, and how it is shown.
 * @param {string | null | undefined} due_at
 * @param {number} now milliseconds
 * @returns {{left_s: number, mood: "calm" | "soon" | "late"} | null} null where there is no clock
 */
export function dueState(due_at, now) {
  if (!due_at) return null;
  const left_s = (Date.parse(due_at) - now) / 1000;
  if (left_s < 0) return { left_s, mood: "late" };
  return { left_s, mood: left_s < 3600 ? "soon" : "calm" };
}

/** @param {{due_at?: string | null, state: string}} props */
export function DueClock({ due_at, state }) {
  const [mood, words] = useAgeing((now) => dueWords(due_at, now));
  if (!mood || ["closing", "ended"].includes(stageOf(state))) return null;
  return html`<span class="clock ${mood}" title=${t("due.at", { at: dateTime(due_at) })}><${Icon} name="clock" size=${16} />${words}</span>`;
}

/** @param {string | null | undefined} due_at @param {number} now milliseconds @returns {string[]} its mood and its words, none where there is no clock */
function dueWords(due_at, now) {
  const due = dueState(due_at, now);
  if (!due) return [];
  return [due.mood, due.left_s < 0 ? t("due.late", { span: span(-due.left_s) }) : t("due.left", { span: span(due.left_s) })];
}

/** @param {{at: string}} props when it was last seen */
export function Seen({ at }) {
  const [words] = useAgeing((now) => [t("tickets.seen", { ago: ago(at, now) })]);
  return html`<span title=${dateTime(at)}>${words}</span>`;
}

/** @param {any} ticket @returns {string[]} the facts that hold on it now, in words */
export const marksOf = (ticket) => [
  ticket.overdue_at && t("facts.overdue"),
  ticket.urged_at && t("facts.urged"),
  ticket.supervised_at && t("facts.supervised"),
  ticket.extensions > 0 && `${t("facts.extended")} × ${ticket.extensions}`,
  ticket.legal_hold && t("facts.legal_hold"),
].filter(Boolean);

/** @param {{lat: number, lon: number} | null | undefined} place @returns {string} the street it lies on, else its coordinates */
export const placeWords = (place) => (place ? streetAt(place) || coordinates(place) : t("place.none"));

/** @param {{lat: number, lon: number}} place */
export const coordinates = ({ lat, lon }) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
