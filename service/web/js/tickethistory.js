/** The time line of a ticket; nothing in it ever changes, new lines come on top. */

import { conditionName, stageOf, stateName } from "./catalog.js";
import { html } from "./html.js";
import { ago, dateTime, named, t } from "./i18n.js";
import { unitName } from "./units.js";

/** @param {any} entry @param {any[]} units @returns {string[]} what else the entry says, in words */
function remarks({ reason, facts = {} }, units) {
  return [
    reason && (reason === String(reason).toLowerCase().replaceAll(" ", "_") ? named("reasons", reason) : reason),
    facts.unit && t("history.unit", { unit: unitName(units, facts.unit) }),
    facts.resolution && t("history.resolution", { resolution: named("resolutions", facts.resolution) }),
    facts.condition && t("history.condition", { condition: conditionName(facts.condition) }),
    facts.review_at && t("history.review_at", { at: dateTime(facts.review_at) }),
  ].filter(Boolean);
}

/** @param {string} actor @returns {string} a person's or key's name; the service itself under its own */
const actorName = (actor) => named("actors", actor) || actor;

/** @param {{ticket: any, units: any[]}} props */
export const History = ({ ticket, units }) => html`
  <ol class="history">
    ${ticket.history.toReversed().map((/** @type {any} */ entry, /** @type {number} */ index) => html`
      <li key=${ticket.history.length - index} class=${stageOf(entry.to)}>
        <div><strong>${entry.from === entry.to ? t("history.noted") : entry.from ? stateName(entry.to) : t("history.opened", { state: stateName(entry.to) })}</strong>
          <span class="quiet small">${actorName(entry.actor)} · <time datetime=${entry.at} title=${ago(entry.at)}>${dateTime(entry.at)}</time></span></div>
        ${remarks(entry, units).map((words) => html`<p>${words}</p>`)}
      </li>`)}
  </ol>`;
