/** A city's own list of shops and yards: looked at first, with all that could not be read of it, then taken. */

import { upload } from "../api.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { named, t } from "../i18n.js";
import { toast } from "../toasts.js";
import { Field, useSending } from "./bits.js";

const MOST_SHOWN = 100;

/** @param {{onDone: () => Promise<any>}} props */
export function PremisesImport({ onDone }) {
  const [form, setForm] = useState(/** @type {FormData | null} */ (null));
  const [found, setFound] = useState(/** @type {Api.PremisesTableAnswer | null} */ (null));
  const [sending, run] = useSending();
  const look = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = new FormData(/** @type {HTMLFormElement} */ (event.target));
    if (!body.get("reason")) body.delete("reason");
    setForm(body);
    void run(async () => setFound(await upload("/api/premises-table/check", body)));
  };
  const take = () => void run(async () => {
    const { added, changed } = await upload("/api/premises-table", /** @type {FormData} */ (form));
    toast(t("premises.table.taken", { added: added.length, changed: changed.length }));
    setFound(null);
    await onDone();
  });
  return html`<details class="bring"><summary>${t("premises.table.bring")}</summary><form class="stack" onSubmit=${look}>
      <p class="quiet small">${t("premises.table.long")} <a href="/api/premises-table" download>${t("premises.table.take_away")}</a></p>
      <div class="fields"><${Field} label=${t("premises.table.file")}><input class="input" type="file" name="file" required accept=".xlsx,.csv,text/csv" onChange=${() => setFound(null)} /></${Field}>
        <${Field} label=${t("premises.table.coordinates")}><select class="input" name="coordinates" onChange=${() => setFound(null)}><option value="wgs84">WGS-84</option><option value="gcj02">GCJ-02</option></select></${Field}>
        <${Field} label=${t("admin.reason")} hint=${t("optional")}><input class="input" name="reason" maxlength="2000" /></${Field}></div>
      <div><button class="button" disabled=${sending}>${t("premises.table.look")}</button></div></form>
    ${found && html`<${Found} found=${found} sending=${sending} onTake=${take} />`}</details>`;
}

/** @param {{found: Api.PremisesTableAnswer, sending: boolean, onTake: () => void}} props what the table would do, and what of it nobody could read */
function Found({ found: { added, changed, same, unread }, sending, onTake }) {
  const isNews = added.length + changed.length > 0;
  const left = unread.filter(({ was_used }) => !was_used).length;
  return html`<div class="stack" role="status">
    <p class="notice ${left > 0 ? "warn" : ""}"><${Icon} name=${left > 0 ? "warn" : "check"} /><span>${t("premises.table.does", { added: added.length, changed: changed.length, same })}${left > 0 && ` ${t("premises.table.left_out", { count: left })}`}</span></p>
    ${unread.length > 0 && html`<h3>${t("standard.unread", { count: unread.length })}</h3>
      <ul class="lines small unread">${unread.slice(0, MOST_SHOWN).map((one, at) => html`<li key=${at}><span><span class="mono">${whereOf(one)}</span> <span class="break">${one.value}</span></span>
        <span class="line-side"><span class=${one.was_used ? "" : "bad"}>${named("premises.table.problem", one.problem)}</span><span class="quiet small">${t(one.was_used ? "premises.table.stands" : "premises.table.is_left_out")}</span></span></li>`)}</ul>
      ${unread.length > MOST_SHOWN && html`<p class="quiet small">${t("premises.table.more", { count: unread.length - MOST_SHOWN })}</p>`}`}
    <div><button type="button" class="button primary" disabled=${!isNews || sending} onClick=${onTake}>${t("premises.table.take")}</button></div></div>`;
}

/** @param {{sheet: string, cell: string}} unread @returns {string} a cell by its name, a row by its number */
const whereOf = ({ sheet, cell }) => [sheet, /^\d+$/.test(cell) ? t("premises.table.row", { row: cell }) : cell].filter(Boolean).join(" ");
