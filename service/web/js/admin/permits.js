/** What is permitted where and when; a new permit is written into the policy's text, to be tried out and kept there. */

import { catalog, conditionName } from "../catalog.js";
import { Dialog } from "../dialog.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { dateTime, inLang, number, t, weekdays } from "../i18n.js";
import { MapView } from "../mapview.js";
import { Field, Panel, told, useAnswer } from "./bits.js";
import { permitToml } from "./permittoml.js";

export const DRAFT = "policy.permit";
const WEEK = [1, 2, 3, 4, 5, 6, 7];
const RADIUS_M = 50;

/** @param {{grids: any[], mayWrite: boolean}} props */
export function Permits({ grids, mayWrite }) {
  const [answer] = useAnswer("/api/permits");
  const [isAdding, setAdding] = useState(false);
  return html`
    <${Panel} title=${t("permits.title")} answer=${answer} count=${answer?.items.length} name="permits" action=${mayWrite && html`<button type="button" class="button" onClick=${() => setAdding(true)}><${Icon} name="plus" size=${18} />${t("permits.add")}</button>`}>
      <p class="quiet small">${t("permits.long")}</p>
      ${answer?.items.length === 0 && html`<p class="quiet">${t("permits.none")}</p>`}
      <ul class="lines">${answer?.items.map((/** @type {any} */ one) => html`<li key=${one.id}><span class="line-main"><span><b>${inLang(one.name)}</b><span class="quiet small">${one.conditions.map(conditionName).join(" · ")} — ${where(one, grids)}</span></span></span>
        <span class="line-side"><span class="state ${one.is_open ? "ok" : ""}">${t(one.is_open ? "permits.is_open" : "permits.is_closed")}</span><span class="quiet small">${when(one)}</span></span></li>`)}</ul>
      ${isAdding && html`<${Form} grids=${grids} taken=${answer.items.map((/** @type {any} */ one) => one.id)} onClose=${() => setAdding(false)} />`}
    </${Panel}>`;
}

/** @param {any} permit @param {any[]} grids @returns {string} */
function where({ grids: ids, streets, cameras, centre, radius_m, polygon }, grids) {
  const named = ids.map((/** @type {string} */ id) => inLang(grids.find((grid) => grid.id === id)?.name) || id);
  const circle = centre ? [t("permits.around", { radius: number(radius_m), place: `${centre.lat.toFixed(5)}, ${centre.lon.toFixed(5)}` })] : [];
  const drawn = polygon.length > 0 ? [t("permits.drawn")] : [];
  return [...named, ...streets, ...cameras, ...circle, ...drawn].join(" · ") || t("permits.everywhere");
}

/** @param {any} permit @returns {string} */
function when({ weekdays: days, windows, first, last }) {
  const names = weekdays();
  const shownDays = days.length === WEEK.length ? t("permits.daily") : days.map((/** @type {number} */ day) => names[day - 1]).join(" ");
  const hours = windows.map((/** @type {string[]} */ [opens, closes]) => `${opens}–${closes}`).join(", ");
  return [shownDays, hours, first && t("permits.from_day", { day: first }), last && t("desk.until", { last })].filter(Boolean).join(" · ");
}

/** @param {{grids: any[], taken: string[], onClose: () => void}} props */
function Form({ grids, taken, onClose }) {
  const [conditions, setConditions] = useState(["out_of_store"]);
  const [days, setDays] = useState(WEEK);
  const [grid, setGrid] = useState("");
  const [centre, setCentre] = useState(/** @type {any} */ (null));
  const flip = (/** @type {any[]} */ list, /** @type {any} */ one) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one].sort());
  const send = (/** @type {SubmitEvent} */ event) => {
    const { id, zh, en, opens, closes, first, last, radius_m } = told(event);
    const spot = centre && { lat: Number(centre.lat.toFixed(6)), lon: Number(centre.lon.toFixed(6)) };
    sessionStorage.setItem(DRAFT, permitToml({ id, zh, en: en ?? zh, conditions, grid, centre: spot, radius_m: Number(radius_m), weekdays: days, opens, closes, first, last }));
    location.assign("/admin/policy");
  };
  return html`<${Dialog} large title=${t("permits.add")} onClose=${onClose}><form class="stack" onSubmit=${send}>
    <div class="fields"><${Field} label=${t("permits.zh")}><input class="input" name="zh" required maxlength="100" /></${Field}><${Field} label=${t("permits.en")} hint=${t("optional")}><input class="input" name="en" maxlength="100" /></${Field}>
      <${Field} label=${t("webhooks.id")}><input class="input mono" name="id" required maxlength="63" pattern="[A-Za-z0-9][A-Za-z0-9_\\-]*" defaultValue=${`permit-${taken.length + 1}`} /></${Field}></div>
    <fieldset><legend class="small">${t("zones.conditions")}</legend><div class="ticks">${catalog.conditions.map(({ id }) => html`<label key=${id} class="tick"><input type="checkbox" checked=${conditions.includes(id)} onChange=${() => setConditions(flip(conditions, id))} />${conditionName(id)}</label>`)}</div></fieldset>
    <fieldset><legend class="small">${t("permits.days")}</legend><div class="ticks">${weekdays().map((name, at) => html`<label key=${name} class="tick"><input type="checkbox" checked=${days.includes(at + 1)} onChange=${() => setDays(flip(days, at + 1))} />${name}</label>`)}</div></fieldset>
    <div class="fields"><${Field} label=${t("permits.opens")}><input class="input" type="time" name="opens" /></${Field}><${Field} label=${t("permits.closes")}><input class="input" type="time" name="closes" /></${Field}>
      <${Field} label=${t("audit.since")}><input class="input" type="date" name="first" /></${Field}><${Field} label=${t("audit.until")}><input class="input" type="date" name="last" /></${Field}></div>
    <div class="fields"><${Field} label=${t("places.grid")}><select class="input" value=${grid} onChange=${(/** @type {any} */ event) => setGrid(event.target.value)}><option value="">${t("permits.on_map")}</option>${grids.map((one) => html`<option key=${one.id} value=${one.id}>${inLang(one.name)}</option>`)}</select></${Field}>
      ${!grid && html`<${Field} label=${t("permits.radius_m")}><input class="input" type="number" name="radius_m" min="1" max="5000" defaultValue=${RADIUS_M} /></${Field}>`}</div>
    ${!grid && html`<div class="small-map"><${MapView} label=${t("permits.on_map")} picked=${centre} onPick=${setCentre} /></div>`}
    <div class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${(!grid && !centre) || conditions.length === 0 || days.length === 0}>${t("permits.to_policy")}</button></div>
  </form></${Dialog}>`;
}
