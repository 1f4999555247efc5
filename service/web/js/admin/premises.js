/** Shops and yards: what they answer for before their door, their pledge, score, award and partner unit. */

import { call, post } from "../api.js";
import { catalog, conditionName } from "../catalog.js";
import { Dialog } from "../dialog.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { number, t } from "../i18n.js";
import { MapView } from "../mapview.js";
import { toast } from "../toasts.js";
import { unitName } from "../units.js";
import { Field, Panel, told, useAnswer, useSending } from "./bits.js";
import { frontageOf } from "./frontage.js";
import { PremisesImport } from "./premisesimport.js";

const KINDS = ["shop", "yard"];
const SIZE_M = { width: 6, depth: 3 };

/** @param {{units: any[]}} props */
export function Premises({ units }) {
  const [kind, setKind] = useState("shop");
  const [answer, reload] = useAnswer(`/api/premises?limit=200&kind=${kind}`, { whole: true });
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const done = () => (setOpen(null), toast(t("premises.kept")), void reload());
  return html`
    <${Panel} title=${t("premises.title")} answer=${answer} count=${answer?.items.length} name="premises" action=${html`<div class="choices">${KINDS.map((one) => html`<button key=${one} type="button" class="choice" aria-pressed=${one === kind} onClick=${() => setKind(one)}>${t(`premises.${one}`)}</button>`)}
      <button type="button" class="button" onClick=${() => setOpen({})}><${Icon} name="plus" size=${18} />${t("premises.add")}</button></div>`}>
      <${PremisesImport} onDone=${reload} />
      ${answer?.items.length === 0 && html`<p class="quiet">${t("premises.none")}</p>`}
      <ul class="lines">${answer?.items.map((/** @type {any} */ one) => html`<li key=${one.id} class=${one.ended_at ? "gone" : ""}><span class="line-main"><span><b>${one.name}</b><span class="quiet small">${[one.address, one.doorstep.map(conditionName).join(" · "), unitName(units, one.unit_id)].filter(Boolean).join(" — ")}</span>
          ${one.pledge && html`<span class="small">${one.pledge}</span>`}</span></span>
        <span class="line-acts"><span class="line-side">${typeof one.score === "number" && html`<b>${t("premises.points", { score: number(one.score) })}</b>`}${one.award && html`<span class="state ok">${one.award}</span>`}</span>
          <button type="button" class="button" aria-label=${t("people.change_this", { name: one.name })} onClick=${() => setOpen(one)}>${t("people.change")}</button></span></li>`)}</ul>
      ${open && html`<${Form} one=${open} kind=${kind} units=${units} onDone=${done} onClose=${() => setOpen(null)} />`}
    </${Panel}>`;
}

/** @param {{one: any, kind: string, units: any[], onDone: () => void, onClose: () => void}} props */
function Form({ one, kind, units, onDone, onClose }) {
  const isNew = !one.id;
  const [door, setDoor] = useState(/** @type {{lat: number, lon: number} | null} */ (null));
  const [doorstep, setDoorstep] = useState(/** @type {string[]} */ (one.doorstep ?? ["out_of_store"]));
  const [sending, run] = useSending();
  const toggle = (/** @type {string} */ id) => setDoorstep(doorstep.includes(id) ? doorstep.filter((other) => other !== id) : [...doorstep, id]);
  const send = (/** @type {SubmitEvent} */ event) => {
    const said = told(event);
    const frontage = door ? frontageOf(door, Number(said.width_m), Number(said.depth_m), Number(said.faces_deg)) : undefined;
    const wish = { name: said.name, address: said.address ?? null, unit_id: said.unit ?? null, pledge: said.pledge ?? null, pledged_on: said.pledged_on ?? null, score: said.score ? Number(said.score) : null, award: said.award ?? null, doorstep, frontage };
    void run(async () => {
      if (isNew) await post("/api/premises", { kind, ...wish });
      else await call("PATCH", `/api/premises/${one.id}`, { json: { version: one.version, ...wish } });
      onDone();
    });
  };
  const end = () => void run(async () => (await call("PATCH", `/api/premises/${one.id}`, { json: { version: one.version, ended: true } }), onDone()));
  return html`<${Dialog} large title=${isNew ? t(`premises.add_${kind}`) : one.name} onClose=${onClose}><form class="stack" onSubmit=${send}>
    <div class="fields"><${Field} label=${t("premises.name")}><input class="input" name="name" required maxlength="200" defaultValue=${one.name} /></${Field}>
      <${Field} label=${t("premises.address")}><input class="input" name="address" maxlength="200" defaultValue=${one.address} /></${Field}>
      <${Field} label=${t("premises.unit")}><select class="input" name="unit"><option value="">—</option>${units.map((unit) => html`<option key=${unit.id} value=${unit.id} selected=${unit.id === one.unit_id}>${unitName(units, unit)}</option>`)}</select></${Field}>
      <${Field} label=${t("premises.score")}><input class="input" type="number" name="score" min="0" max="100" defaultValue=${one.score} /></${Field}>
      <${Field} label=${t("premises.award")}><input class="input" name="award" maxlength="200" defaultValue=${one.award} /></${Field}>
      <${Field} label=${t("premises.pledged_on")}><input class="input" type="date" name="pledged_on" defaultValue=${one.pledged_on} /></${Field}></div>
    <${Field} label=${t("premises.pledge")}><input class="input" name="pledge" maxlength="2000" defaultValue=${one.pledge} /></${Field}>
    <fieldset><legend class="small">${t("premises.doorstep")}</legend><div class="ticks">${catalog.conditions.map(({ id }) => html`<label key=${id} class="tick"><input type="checkbox" checked=${doorstep.includes(id)} onChange=${() => toggle(id)} />${conditionName(id)}</label>`)}</div></fieldset>
    <fieldset class="stack"><legend class="small">${t(isNew ? "premises.door" : "premises.door_again")}</legend>
      <div class="small-map"><${MapView} label=${t("premises.door")} picked=${door} onPick=${setDoor} focus=${one.frontage ? { lon: one.frontage[0][0], lat: one.frontage[0][1] } : null} /></div>
      <div class="fields"><${Field} label=${t("premises.width_m")}><input class="input" type="number" name="width_m" step="any" min="1" max="500" defaultValue=${SIZE_M.width} /></${Field}>
        <${Field} label=${t("premises.depth_m")}><input class="input" type="number" name="depth_m" step="any" min="1" max="500" defaultValue=${SIZE_M.depth} /></${Field}>
        <${Field} label=${t("premises.faces_deg")}><input class="input" type="number" name="faces_deg" step="any" min="0" max="360" defaultValue="180" /></${Field}></div></fieldset>
    <div class="dialog-foot">${!isNew && !one.ended_at && html`<button type="button" class="button danger" disabled=${sending} onClick=${end}>${t("premises.end")}</button>`}<span class="gap"></span>
      <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${sending || (isNew && !door)}>${t("people.save")}</button></div>
  </form></${Dialog}>`;
}
