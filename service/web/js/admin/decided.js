/** What a camera decided, newest first or at one moment: why there is a ticket, and why there is none. */

import { Failed } from "../again.js";
import { catalog, conditionName } from "../catalog.js";
import { momentOf } from "../cityclock.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { cityTimeHint, dateTime, t } from "../i18n.js";
import { Decision } from "../why.js";
import { Field, Panel, useAnswer } from "./bits.js";

const AT_FIRST = 6;
const MOST = 200;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** @param {{camera: any}} props */
export function Decided({ camera }) {
  const [wanted, setWanted] = useState({ condition: "", at: "" });
  const [limit, setLimit] = useState(AT_FIRST);
  const query = new URLSearchParams({ limit: String(limit), ...(wanted.condition && { condition: wanted.condition }), ...(MOMENT.test(wanted.at) && { at: momentOf(wanted.at) }) });
  const [answer, reload] = useAnswer(`/api/cameras/${encodeURIComponent(camera.id)}/decisions?${query}`, { live: true });
  const set = (/** @type {string} */ name) => (/** @type {any} */ { target }) => setWanted({ ...wanted, [name]: target.value });
  return html`
    <${Panel} title=${t("decided.title")} name="decided" action=${html`<button type="button" class="button" onClick=${() => void reload()}><${Icon} name="repeat" size=${18} />${t("decided.anew")}</button>`}>
      <p class="quiet small">${t("decided.long")}</p>
      <div class="fields">
        <${Field} label=${t("decided.condition")}><select class="input" value=${wanted.condition} onChange=${set("condition")}><option value="">${t("tickets.any_condition")}</option>
          ${catalog.conditions.map(({ id }) => html`<option key=${id} value=${id}>${conditionName(id)}</option>`)}</select></${Field}>
        <${Field} label=${t("decided.at")} hint=${cityTimeHint(Date.now()) || t("optional")}><input class="input" type="datetime-local" value=${wanted.at} onInput=${set("at")} /></${Field}>
      </div>
      ${answer === null && html`<div class="skeleton"></div>`}
      ${answer === undefined && html`<${Failed} what=${t("decided.title")} />`}
      ${answer?.items.length === 0 && html`<p class="quiet">${t(wanted.at ? "decided.nothing_then" : "decided.nothing")}</p>`}
      <ul class="lines decided">${answer?.items.map((/** @type {any} */ one) => html`<li key=${`${one.first_at}${one.condition}${one.zone}${one.reason}`} class="decision"><${Stretch} one=${one} /></li>`)}</ul>
      ${answer?.next && limit < MOST && html`<div><button type="button" class="button plain" onClick=${() => setLimit(Math.min(MOST, 4 * limit))}>${t("tickets.more")}</button></div>`}
    </${Panel}>`;
}

/** @param {{one: any}} props looks in a row that decided the same */
function Stretch({ one }) {
  const about = [one.condition ? conditionName(one.condition) : t("decided.whole_picture"), one.zone].filter(Boolean).join(" · ");
  const until = one.last_at === one.first_at ? "" : ` – ${dateTime(one.last_at)}`;
  return html`
    <p class="decided-head"><b>${about}</b><span class="quiet small">${dateTime(one.first_at)}${until} · ${t("why.looks_so_far", { count: one.looks })}</span>
      ${one.ticket_id && html`<a class="small" href="/tickets/${one.ticket_id}">${t("decided.ticket")}</a>`}</p>
    <${Decision} decision=${one} />`;
}
