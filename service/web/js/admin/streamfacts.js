/** What a camera sends, what the computer that watches it says of itself, and what of it somebody should know or change. */

import { html } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, named, number, sentenceOf, t } from "../i18n.js";

const UNASKED = ["stream.resized"];

/** @param {{health: any}} props an answer of `GET /api/cameras/{id}/health` */
export const StreamFacts = ({ health }) => html`
  ${health.stream && html`<p class="facts" data-facts="stream">${streamWords(health.stream).map((words) => html`<span key=${words}>${words}</span>`)}</p>`}
  ${health.edge && html`<p class="facts" data-facts="edge"><span>${t("cameras.edge_heard", { ago: ago(health.edge.at) })}</span><span class="quiet">${t("cameras.edge_spool", health.edge)}</span>
    ${health.edge.trouble && html`<span class="bad small">${named("edge_troubles", health.edge.trouble)}</span>`}</p>`}
  ${health.notes.map((/** @type {any} */ note) => html`<${Note} key=${note.code} note=${note} />`)}`;

/** @param {any} stream @returns {string[]} */
function streamWords({ width, height, codec, keyframes_s, a_second }) {
  return [
    `${width} × ${height}`,
    codec && named("codecs", codec),
    a_second !== null && t("cameras.a_second", { rate: number(Math.round(a_second * 10) / 10) }),
    keyframes_s !== null && t("cameras.keyframes", { seconds: number(Math.round(keyframes_s * 10) / 10) }),
  ].filter(Boolean);
}

/** @param {{note: {code: string, facts: any}}} props */
const Note = ({ note: { code, facts } }) => {
  const isNews = UNASKED.includes(code);
  const told = facts.at ? { ...facts, at: dateTime(facts.at) } : facts;
  return html`<p class="notice ${isNews ? "" : "warn"}" data-note=${code}><${Icon} name=${isNews ? "info" : "warn"} /><span>${sentenceOf({ code, facts: told })}</span></p>`;
};
