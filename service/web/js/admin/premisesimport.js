/** A city's own list of shops and yards: taken as far as it could be read. */

import { html } from "../html.js";
import { Icon } from "../icons.js";
import { named, t } from "../i18n.js";
import { toast } from "../toasts.js";
import { LookThenTake } from "./lookthentake.js";

const MOST_SHOWN = 100;

/** @param {{onDone: () => Promise<any>}} props */
export const PremisesImport = ({ onDone }) => html`
  <${LookThenTake} to="/api/premises-table" words="premises.table" accept=".xlsx,.csv,text/csv" Found=${Found} isFit=${hasNews}
    more=${html`<a href="/api/premises-table" download>${t("premises.table.take_away")}</a>`}
    onTaken=${(/** @type {Api.PremisesTableAnswer} */ { added, changed }) => (toast(t("premises.table.taken", { added: added.length, changed: changed.length })), onDone())} />`;

/** @param {Api.PremisesTableAnswer} found @returns {boolean} whether there is anything to take */
const hasNews = ({ added, changed }) => added.length + changed.length > 0;

/** @param {{found: Api.PremisesTableAnswer}} props what the table would do, and what of it nobody could read */
function Found({ found: { added, changed, same, unread } }) {
  const left = unread.filter(({ was_used }) => !was_used).length;
  return html`
    <p class="notice ${left > 0 ? "warn" : ""}"><${Icon} name=${left > 0 ? "warn" : "check"} /><span>${t("premises.table.does", { added: added.length, changed: changed.length, same })}${left > 0 && ` ${t("premises.table.left_out", { count: left })}`}</span></p>
    ${unread.length > 0 && html`<h3>${t("standard.unread", { count: unread.length })}</h3>
      <ul class="lines small unread">${unread.slice(0, MOST_SHOWN).map((one, at) => html`<li key=${at}><span><span class="mono">${whereOf(one)}</span> <span class="break">${one.value}</span></span>
        <span class="line-side"><span class=${one.was_used ? "" : "bad"}>${named("premises.table.problem", one.problem)}</span><span class="quiet small">${t(one.was_used ? "premises.table.stands" : "premises.table.is_left_out")}</span></span></li>`)}</ul>
      ${unread.length > MOST_SHOWN && html`<p class="quiet small">${t("premises.table.more", { count: unread.length - MOST_SHOWN })}</p>`}`}`;
}

/** @param {{sheet: string, cell: string}} unread @returns {string} a cell by its name, a row by its number */
const whereOf = ({ sheet, cell }) => [sheet, /^\d+$/.test(cell) ? t("premises.table.row", { row: cell }) : cell].filter(Boolean).join(" ");
