/** The time line of a ticket; nothing in it ever changes, new lines come on top. */

import { conditionName, stageOf, stateName } from "./catalog.js";
import { html } from "./html.js";
import { actorName, ago, dateTime, named, t } from "./i18n.js";
import { unitName } from "./units.js";

/** @param {any} entry @param {any[]} units @returns {string[]} what else the entry says, in words */
function remarks({ reason, facts = {} }, units) {
  return [
    reason && (reason === String(reason).toLowerCase().replaceAll(" ", "_") ? named("reasons", reason) : reason),
    facts.unit && t(facts.fact ? "history.fact_unit" : "history.unit", { unit: unitName(units, facts.unit) }),
    facts.resolution && t("history.resolution", { resolution: named("resolutions", facts.resolution) }),
    facts.condition && t("history.condition", { condition: conditionName(facts.condition) }),
    facts.review_at && t("history.review_at", { at: dateTime(facts.review_at) }),
    facts.override && t("history.override", { metres: facts.after_photo_m }),
    facts.timer && t("history.timer", { timer: named("timers", facts.timer) }),
    facts.held && t("history.held", { reason: named("reasons", facts.held) }),
    facts.until && t("history.until", { at: dateTime(facts.until) }),
    facts.due_was && t("history.due_was", { at: dateTime(facts.due_was) }),
    facts.result && t("history.result", { result: named("answers", facts.result) }),
    facts.fact && facts.number && facts.ticket && t("history.other_ticket", { number: facts.number }),
    facts.fact && facts.number && !facts.ticket && t("history.number", { number: facts.number }),
    ...TOLD.filter((name) => facts[name]).map((name) => t(`history.${name}`, { [name]: facts[name] })),
    facts.fact && facts.at && t("history.happened_at", { at: dateTime(facts.at) }),
  ].filter(Boolean);
}

/** Facts whose words stand in the history as they were said. */
const TOLD = ["form", "who", "reference", "outcome", "medium", "task"];

/** @param {any} entry @returns {string} what the line is about */
function headline({ from, to, facts = {} }) {
  if (facts.fact) return named("facts", facts.fact);
  if (facts.merged_into_was) return t("history.merge_undone");
  if (from === to) return t("history.noted");
  return from ? stateName(to) : t("history.opened", { state: stateName(to) });
}

/** @param {{ticket: any, units: any[]}} props */
export const History = ({ ticket, units }) => html`
  <ol class="history">
    ${ticket.history.toReversed().map((/** @type {any} */ entry, /** @type {number} */ index) => html`
      <li key=${ticket.history.length - index} class=${stageOf(entry.to)}>
        <div><strong>${headline(entry)}</strong>
          <span class="quiet small">${actorName(entry.actor)} · <time datetime=${entry.at} title=${ago(entry.at)}>${dateTime(entry.at)}</time></span></div>
        ${remarks(entry, units).map((words) => html`<p>${words}</p>`)}
      </li>`)}
  </ol>`;
