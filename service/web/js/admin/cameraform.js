/** A camera as somebody describes it, new or changed; its address is tried out before anything is kept. */

import { call, post } from "../api.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { named, number, sentenceOf, t } from "../i18n.js";
import { MapView } from "../mapview.js";
import { Field, Panel, told, useSending } from "./bits.js";

const NUMBERS = ["lat", "lon", "heading_deg", "look_every_s", "height_m", "pitch_deg", "fov_deg"];
const PLACE = { lat: 0, lon: 0 };
const BOUNDS = /** @type {Record<string, [number, number]>} */ ({
  lat: [-90, 90], lon: [-180, 180], heading_deg: [0, 360], look_every_s: [0.2, 86400], height_m: [0.1, 100], pitch_deg: [-90, 90], fov_deg: [1, 179],
});

/** @param {{camera?: any, onDone: (camera: any) => void, onCancel: () => void}} props */
export function CameraForm({ camera, onDone, onCancel }) {
  const [sending, run] = useSending();
  const [url, setUrl] = useState("");
  const [place, setPlace] = useState(/** @type {any} */ (camera?.place ?? null));
  const send = (/** @type {SubmitEvent} */ event) => {
    const said = told(event);
    const numbers = NUMBERS.map((name) => [name, name in said ? Number(said[name]) : null]);
    const wish = { name: said.name, frames: said.frames, ...Object.fromEntries(numbers), ...(said.url && { url: said.url }) };
    if (wish.look_every_s === null) delete wish.look_every_s;
    void run(async () => {
      if (camera) onDone(await call("PATCH", `/api/cameras/${encodeURIComponent(camera.id)}`, { json: wish }));
      else onDone(await post("/api/cameras", { id: said.id, kind: said.kind, ...wish }));
    });
  };
  const was = (/** @type {string} */ name) => (name in PLACE ? place?.[name] : camera?.[name]) ?? "";
  return html`
    <${Panel} title=${camera ? t("cameras.edit_this", { name: camera.name }) : t("cameras.add_this")} name="camera-form"><form class="stack" onSubmit=${send}>
      <div class="fields">
        ${!camera && html`<${Field} label=${t("cameras.id")} hint=${t("cameras.id_hint")}><input class="input mono" name="id" required maxlength="63" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" autocomplete="off" /></${Field}>
          <${Field} label=${t("cameras.kind")}><select class="input" name="kind">${["fixed", "moving"].map((kind) => html`<option key=${kind} value=${kind}>${named("camera_kinds", kind)}</option>`)}</select></${Field}>`}
        <${Field} label=${t("cameras.name")}><input class="input" name="name" maxlength="100" defaultValue=${camera?.name ?? ""} /></${Field}>
        <${Field} label=${t("cameras.frames")}><select class="input" name="frames">${["chosen", "stream"].map((way) => html`<option key=${way} value=${way} selected=${way === (camera?.frames ?? "chosen")}>${t(`cameras.frames_${way}`)}</option>`)}</select></${Field}>
      </div>
      <${Field} label=${t("cameras.url")} hint=${t(camera?.url ? "cameras.url_kept" : "cameras.url_hint")}>
        <input class="input mono" name="url" type="url" maxlength="2000" placeholder=${camera?.url ?? "rtsp://…"} value=${url} autocomplete="off" onInput=${(/** @type {any} */ event) => setUrl(event.target.value)} /></${Field}>
      <${TryOut} url=${url.trim()} />
      <fieldset class="fields"><legend>${t("cameras.where")}</legend>
        <details class="wide-field" open=${!place}><summary class="small">${t("cameras.pick")}</summary><div class="small-map"><${MapView} label=${t("cameras.pick")} picked=${place} onPick=${(/** @type {any} */ at) => setPlace({ lat: Number(at.lat.toFixed(6)), lon: Number(at.lon.toFixed(6)) })} focus=${camera?.place} /></div></details>
        ${NUMBERS.map((name) => html`<${Field} key=${name in PLACE ? name + was(name) : name} label=${t(`cameras.${name}`)}><input class="input" name=${name} type="number" step="any" min=${BOUNDS[name][0]} max=${BOUNDS[name][1]} defaultValue=${was(name)} /></${Field}>`)}
      </fieldset>
      <div class="dialog-foot"><button type="button" class="button" onClick=${onCancel}>${t("cancel")}</button><button class="button primary" disabled=${sending}>${t(camera ? "cameras.save" : "cameras.create")}</button></div>
    </form></${Panel}>`;
}

/** @param {{url: string}} props a look at an address, kept nowhere */
function TryOut({ url }) {
  const [seen, setSeen] = useState(/** @type {any} */ (null));
  const [sending, setSending] = useState(false);
  if (!url) return null;
  const look = () => {
    setSending(true);
    setSeen(null);
    post("/api/cameras/look", { url }).then(setSeen).catch((error) => setSeen({ error: sentenceOf(error) })).finally(() => setSending(false));
  };
  return html`<div class="tried" aria-live="polite"><button type="button" class="button" disabled=${sending} onClick=${look}>${t(sending ? "cameras.trying" : "cameras.try")}</button>
    ${seen?.error && html`<p class="notice bad"><${Icon} name="warn" /><span>${seen.error}</span></p>`}
    ${seen?.jpeg && html`<p class="notice"><${Icon} name="check" /><span>${t("cameras.answered", { seconds: number(seen.took_ms / 1000) })}</span></p><img src="data:image/jpeg;base64,${seen.jpeg}" alt=${t("cameras.picture_now")} />`}</div>`;
}
