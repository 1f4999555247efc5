/** What is drawn into a camera's picture: masks where nothing counts, areas and shop fronts; saved as a new version. */

import { call } from "../api.js";
import { catalog, conditionName } from "../catalog.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, t } from "../i18n.js";
import { toast } from "../toasts.js";
import { Panel, useAnswer, useSending } from "./bits.js";
import { ZoneCanvas } from "./zonecanvas.js";
import { freeId, fresh } from "./zoneshapes.js";

/** @typedef {import("./zonecanvas.js").Zone} Zone */

const USES = ["mask", "area", "frontage"];
const BLANK = { width: 1280, height: 720 };

/** @param {{camera: any, picture: any, isLooking: boolean, onLook: () => void, mayDraw: boolean}} props */
export function ZoneEditor({ camera, picture, isLooking, onLook, mayDraw }) {
  const path = `/api/cameras/${encodeURIComponent(camera.id)}/zones`;
  const [kept, reload] = useAnswer(path);
  const [zones, setZones] = useState(/** @type {Zone[]} */ ([]));
  const [chosen, setChosen] = useState(-1);
  const [reason, setReason] = useState("");
  const [size, setSize] = useState(BLANK);
  const [sending, run] = useSending();
  const hasFront = zones.some(({ use }) => use === "frontage");
  const [premises] = useAnswer(hasFront ? "/api/premises?limit=200" : null, { whole: true });
  useEffect(() => setZones(kept?.zones ?? []), [kept]);
  useEffect(() => void sizeOf(picture?.href).then(setSize), [picture?.href]);
  const isChanged = Boolean(kept) && JSON.stringify(zones) !== JSON.stringify(kept.zones);
  const change = (/** @type {number} */ at, /** @type {Partial<Zone>} */ what) => setZones(zones.map((zone, index) => (index === at ? { ...zone, ...what } : zone)));
  const add = (/** @type {string} */ use) => {
    setChosen(zones.length);
    setZones([...zones, { id: freeId(zones.map(({ id }) => id), use), use, polygon: fresh(), conditions: [], place: null }]);
  };
  const save = () => void run(async () => {
    await call("PUT", path, { json: { based_on: kept.version, zones, shapes: kept.shapes, reason: reason.trim() || null } });
    toast(t("zones.saved"));
    setReason("");
    await reload();
  });
  const when = picture?.taken_at && t(picture.source === "live" ? "cameras.seen_now" : "cameras.seen_then", { ago: ago(picture.taken_at) });
  return html`
    <${Panel} title=${t("zones.title")} answer=${kept} count=${kept?.zones.length} name="zones" action=${html`<button type="button" class="button" disabled=${isLooking} onClick=${onLook}><${Icon} name="repeat" size=${18} />${t("cameras.look_again")}</button>`}>
      <div class="zone-editor">
        <figure>
          ${isLooking && !picture ? html`<div class="skeleton zone-blank"></div>` : html`<${ZoneCanvas} zones=${zones} chosen=${chosen} size=${size} href=${picture?.href ?? null} mayDraw=${mayDraw}
            onChoose=${setChosen} onShape=${(/** @type {number} */ at, /** @type {any} */ polygon) => change(at, { polygon })} />`}
          <figcaption class="small quiet" aria-live="polite">${picture?.error ?? when ?? ""}</figcaption>
        </figure>
        <div class="zone-side">
          ${mayDraw && html`<div class="choices" role="group" aria-label=${t("zones.add")}>${USES.map((use) => html`<button key=${use} type="button" class="choice" onClick=${() => add(use)}><i class="dot ${use}"></i>${t(`zones.add_${use}`)}</button>`)}</div>`}
          ${zones.length === 0 && html`<p class="quiet">${t("zones.none")}</p>`}
          <ol class="zone-list">${zones.map((zone, at) => html`<${ZoneRow} key=${at} zone=${zone} isChosen=${at === chosen} premises=${premises?.items ?? []} mayDraw=${mayDraw} onChoose=${() => setChosen(at)}
            onChange=${(/** @type {any} */ what) => change(at, what)} onRemove=${() => (setChosen(-1), setZones(zones.toSpliced(at, 1)))} />`)}</ol>
          ${mayDraw && chosen >= 0 && html`<p class="quiet small">${t("zones.how")}</p>`}
          ${isChanged && mayDraw && html`<div class="zone-save"><label class="field"><span>${t("admin.reason")} <span class="hint">${t("optional")}</span></span><input class="input" maxlength="2000" value=${reason} onInput=${(/** @type {any} */ event) => setReason(event.target.value)} /></label>
            <div class="choices"><button type="button" class="button" onClick=${() => setZones(kept.zones)}>${t("zones.back")}</button><button type="button" class="button primary" disabled=${sending} onClick=${save}>${t("zones.save")}</button></div></div>`}
          ${kept?.version > 0 && html`<p class="quiet small">${t("zones.version", { version: kept.version, by: kept.by, at: dateTime(kept.at) })}</p>`}
        </div>
      </div>
    </${Panel}>`;
}

/** @param {string | undefined} href @returns {Promise<{width: number, height: number}>} of a picture in pixels; of a blank sheet where there is none, or none that can be drawn */
async function sizeOf(href) {
  if (!href) return BLANK;
  const image = new Image();
  image.src = href;
  const isDrawn = await image.decode().then(() => true, () => false); // broken on its way
  return !isDrawn ? BLANK : { width: image.naturalWidth, height: image.naturalHeight };
}

/** @param {{zone: Zone, isChosen: boolean, premises: Api.PremisesAnswer[], mayDraw: boolean, onChoose: () => void, onChange: (what: Partial<Zone>) => void, onRemove: () => void}} props */
function ZoneRow({ zone, isChosen, premises, mayDraw, onChoose, onChange, onRemove }) {
  const about = zone.conditions.length > 0 ? zone.conditions.map(conditionName).join(" · ") : t(`zones.about_${zone.use}`);
  const whose = premises.find(({ id }) => id === zone.premises);
  if (!isChosen || !mayDraw) return html`<li><button type="button" class="pick" onClick=${onChoose}><span class="line-main"><i class="dot ${zone.use}"></i><span><b>${zone.id}</b><span class="quiet small">${t(`zones.use_${zone.use}`)} · ${about}</span>${whose && html`<span class="small"><${Icon} name="pin" size=${14} /> ${whose.name}${whose.address && ` · ${whose.address}`}</span>`}</span></span></button></li>`;
  const toggle = (/** @type {string} */ id) => onChange({ conditions: zone.conditions.includes(id) ? zone.conditions.filter((one) => one !== id) : [...zone.conditions, id] });
  return html`<li class="zone-open">
    <div class="fields"><label class="field"><span>${t("zones.name")}</span><input class="input" value=${zone.id} maxlength="63" onInput=${(/** @type {any} */ event) => onChange({ id: event.target.value })} /></label>
      <label class="field"><span>${t("zones.use")}</span><select class="input" value=${zone.use} onChange=${(/** @type {any} */ { target }) => onChange({ use: target.value, ...(target.value !== "frontage" && { premises: null }) })}>${USES.map((use) => html`<option key=${use} value=${use}>${t(`zones.use_${use}`)}</option>`)}</select></label></div>
    ${zone.use === "frontage" && html`<label class="field"><span>${t("zones.premises")} <span class="hint">${t("optional")}</span></span><select class="input" value=${zone.premises ?? ""} onChange=${(/** @type {any} */ { target }) => onChange({ premises: target.value || null })}>
      <option value="">${t("zones.premises_none")}</option>${zone.premises && !whose && html`<option value=${zone.premises}>${t("zones.premises_gone")}</option>`}
      ${premises.filter(({ id, ended_at }) => !ended_at || id === zone.premises).map(({ id, name, address }) => html`<option key=${id} value=${id}>${[name, address].filter(Boolean).join(" · ")}</option>`)}</select></label>`}
    <fieldset><legend class="small">${t("zones.conditions")}</legend><div class="ticks">${catalog.conditions.map(({ id }) => html`<label key=${id} class="tick"><input type="checkbox" checked=${zone.conditions.includes(id)} onChange=${() => toggle(id)} />${conditionName(id)}</label>`)}</div>
      <p class="quiet small">${zone.conditions.length === 0 ? t(`zones.about_${zone.use}`) : ""}</p></fieldset>
    <button type="button" class="button plain danger" onClick=${onRemove}>${t("zones.remove")}</button></li>`;
}
