/** The city's own standard of filing, handling and closing, read from its spreadsheet into a proposal to look at. */

import { upload } from "../api.js";
import { conditionName } from "../catalog.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { named, t } from "../i18n.js";
import { Field, Panel, useSending } from "./bits.js";

const TABLES = ["gb2013", "platform2020", "gb2026"];

/** @param {{onProposal: (text: string) => void}} props */
export function Standard({ onProposal }) {
  const [read, setRead] = useState(/** @type {any} */ (null));
  const [sending, run] = useSending();
  const send = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    if (!form.get("code_table")) form.delete("code_table");
    void run(async () => setRead(await upload("/api/policy/standard", form)));
  };
  return html`
    <${Panel} title=${t("standard.title")} name="standard">
      <p class="quiet small">${t("standard.long")}</p>
      <form class="fields" onSubmit=${send}>
        <${Field} label=${t("standard.file")}><input class="input" type="file" name="file" required accept=".xlsx" /></${Field}>
        <${Field} label=${t("standard.code_table")}><select class="input" name="code_table"><option value="">${t("standard.as_now")}</option>${TABLES.map((one) => html`<option key=${one} value=${one}>${t(`standard.${one}`)}</option>`)}</select></${Field}>
        <button class="button" disabled=${sending}>${t("standard.read")}</button>
      </form>
      ${read && html`<${Read} read=${read} onUse=${() => onProposal(read.text)} />`}
    </${Panel}>`;
}

/** @param {{read: any, onUse: () => void}} props */
const Read = ({ read, onUse }) => html`
  <p role="status">${t("standard.found", { count: read.rows.length, others: read.others })}</p>
  <div class="scroll" tabindex="0"><table class="words"><thead><tr><th>${t("model.condition")}</th><th>${t("standard.limit")}</th><th>${t("people.unit")}</th><th>${t("standard.found_by")}</th><th>${t("standard.cell")}</th></tr></thead>
    <tbody>${read.rows.map((/** @type {any} */ row) => html`<tr key=${row.condition + row.row}><td>${conditionName(row.condition)}</td><td>${row.limit ? t(`standard.in_${row.limit.unit}`, { count: row.limit.amount }) : "—"}</td>
      <td>${row.unit ?? "—"}</td><td>${named("standard.by", row.found_by)}</td><td class="mono">${row.sheet} ${row.row}</td></tr>`)}</tbody></table></div>
  ${read.unread.length > 0 && html`<h3>${t("standard.unread", { count: read.unread.length })}</h3>
    <ul class="lines small">${read.unread.map((/** @type {any} */ one) => html`<li key=${one.sheet + one.cell + one.problem}><span><span class="mono">${one.sheet} ${one.cell}</span> ${one.value}</span>
      <span class="line-side"><span class=${one.was_used ? "" : "bad"}>${named("standard.problem", one.problem)}</span>${one.was_used && html`<span class="quiet small">${t("standard.guessed")}</span>`}</span></li>`)}</ul>`}
  <div><button type="button" class="button primary" disabled=${!read.text} onClick=${onUse}><${Icon} name="check" size=${18} />${t("standard.use")}</button></div>`;
