/** Cameras: all of them with how they are, one of them in full, and a new one. */

import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, named, sentenceOf, t } from "../i18n.js";
import { inAddress, keepInAddress, Panel, useAnswer } from "./bits.js";
import { Camera } from "./camera.js";
import { CameraForm } from "./cameraform.js";
import { Watchmen } from "./watchmen.js";

const NEW = "+";
const MOST_SHOWN = 200;
const BLIND = ["trouble", "silent"];

/** @param {{session: any}} props */
export default function Cameras({ session }) {
  const [answer, reload] = useAnswer("/api/cameras?limit=200", { live: true, whole: true });
  const [chosen, setChosen] = useState(inAddress("id"));
  const [sought, setSought] = useState("");
  useEffect(() => keepInAddress({ id: chosen }), [chosen]);
  const cameras = /** @type {any[]} */ (answer?.items ?? []);
  const found = cameras.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(sought.toLowerCase()));
  const inTrouble = (/** @type {any} */ camera) => (BLIND.includes(camera.state) ? 0 : 1);
  found.sort((one, other) => inTrouble(one) - inTrouble(other) || one.id.localeCompare(other.id));
  const camera = cameras.find(({ id }) => id === chosen);
  const made = (/** @type {any} */ camera) => void reload().then(() => setChosen(camera.id));
  return html`
    <div class="split ${chosen ? "in-detail" : ""}">
      <div class="split-list">
        <${Panel} title=${t("admin.cameras")} answer=${answer} count=${answer?.items.length} name="cameras"
          action=${session.role === "admin" && html`<button type="button" class="button" onClick=${() => setChosen(NEW)}><${Icon} name="plus" size=${18} />${t("cameras.add")}</button>`}>
          ${cameras.length > 8 && html`<input class="input" type="search" aria-label=${t("cameras.search")} placeholder=${t("cameras.search")} value=${sought}
            onInput=${(/** @type {any} */ event) => setSought(event.target.value)} />`}
          <ul class="picks">${found.slice(0, MOST_SHOWN).map((one) => html`<${Line} key=${one.id} camera=${one} isChosen=${one.id === chosen} onChoose=${() => setChosen(one.id)} />`)}</ul>
          ${found.length > MOST_SHOWN && html`<p class="quiet small">${t("cameras.more", { count: found.length - MOST_SHOWN })}</p>`}
          ${cameras.length === 0 && html`<p class="quiet">${t("admin.no_cameras")}</p>`}
        </${Panel}>
        <${Watchmen} onChoose=${setChosen} />
      </div>
      <div class="split-detail">
        ${chosen && html`<button type="button" class="button plain split-back" onClick=${() => setChosen(null)}><${Icon} name="back" size=${18} />${t("cameras.all")}</button>`}
        ${chosen === NEW && html`<${CameraForm} onDone=${made} onCancel=${() => setChosen(null)} />`}
        ${camera && html`<${Camera} key=${camera.id} camera=${camera} session=${session} onChanged=${reload} />`}
        ${!chosen && html`<div class="card empty"><${Icon} name="camera" /><h2>${t("cameras.choose")}</h2><p>${t("cameras.choose_long")}</p></div>`}
      </div>
    </div>`;
}

/** @param {{camera: any, isChosen: boolean, onChoose: () => void}} props */
const Line = ({ camera, isChosen, onChoose }) => html`
  <li><button type="button" class="pick" aria-current=${isChosen ? "true" : undefined} onClick=${onChoose}>
    <span class="line-main"><${Icon} name="camera" /><span><b>${camera.name}</b><span class="quiet small">${named("camera_kinds", camera.kind)} · ${camera.id}</span>
      ${camera.trouble && html`<span class="small bad">${sentenceOf({ code: camera.trouble })}</span>`}</span></span>
    <span class="line-side"><span class="state ${camera.state}">${named("camera_states", camera.state)}</span><span class="quiet small">${camera.last_frame_at ? ago(camera.last_frame_at) : t("admin.no_frame")}</span></span>
  </button></li>`;
