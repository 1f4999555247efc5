/** One camera in full: what it shows, how it is and was, what is drawn into its picture, what a vehicle recorded. */

import { call, post } from "../api.js";
import { Dialog } from "../dialog.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, named, number, percent, sentenceOf, span, t } from "../i18n.js";
import { toast } from "../toasts.js";
import { Field, Panel, told, useAnswer, useSending } from "./bits.js";
import { CameraForm } from "./cameraform.js";
import { Decided } from "./decided.js";
import { Recordings } from "./recordings.js";
import { StreamFacts } from "./streamfacts.js";
import { ZoneEditor } from "./zoneeditor.js";

const OVERSEERS = ["admin", "chief"];

/** @param {{camera: any, session: any, onChanged: () => Promise<void>}} props */
export function Camera({ camera, session, onChanged }) {
  const [picture, look, looking] = usePicture(camera.id);
  const [isEditing, setEditing] = useState(false);
  const isAdmin = session.role === "admin";
  if (isEditing) return html`<${CameraForm} camera=${camera} onCancel=${() => setEditing(false)} onDone=${() => void onChanged().then(() => setEditing(false))} />`;
  return html`
    <${Panel} title=${camera.name} name="camera" action=${isAdmin && html`<${Actions} camera=${camera} onEdit=${() => setEditing(true)} onChanged=${onChanged} />`}>
      <p class="facts"><span class="state ${camera.state}">${named("camera_states", camera.state)}</span><span class="mono quiet">${camera.id}</span><span class="quiet">${named("camera_kinds", camera.kind)}</span>
        ${camera.url && html`<span class="mono quiet small break">${camera.url}</span>`}
        ${camera.place && html`<a href="/map?at=${camera.place.lat},${camera.place.lon}"><${Icon} name="pin" size=${16} />${t("cameras.on_map")}</a>`}</p>
      ${camera.trouble && html`<p class="notice bad"><${Icon} name="warn" /><span>${sentenceOf({ code: camera.trouble })} <span class="quiet">${ago(camera.trouble_since)}</span></span></p>`}
    </${Panel}>
    <${ZoneEditor} camera=${camera} picture=${picture} isLooking=${looking} onLook=${look} mayDraw=${isAdmin} />
    <${Health} camera=${camera} mayConfirm=${OVERSEERS.includes(session.role)} />
    <${Decided} camera=${camera} />
    ${camera.kind === "moving" && html`<${Recordings} camera=${camera} />`}`;
}

/** What a camera shows, asked for once and again on demand. @param {string} id @returns {[any, () => void, boolean]} */
function usePicture(id) {
  const [picture, setPicture] = useState(/** @type {any} */ (null));
  const [looking, setLooking] = useState(false);
  const look = () => {
    setLooking(true);
    post(`/api/cameras/${encodeURIComponent(id)}/look`, {})
      .then((seen) => setPicture(seen ? { ...seen, href: `data:image/jpeg;base64,${seen.jpeg}` } : { error: t("cameras.no_picture") }))
      .catch((error) => setPicture({ error: sentenceOf(error) }))
      .finally(() => setLooking(false));
  };
  useEffect(look, [id]);
  return [picture, look, looking];
}

/** @param {{camera: any, onEdit: () => void, onChanged: () => Promise<void>}} props */
function Actions({ camera, onEdit, onChanged }) {
  const [sending, run] = useSending();
  const isOff = camera.state === "off";
  const toggle = () => void run(async () => {
    await call("PATCH", `/api/cameras/${encodeURIComponent(camera.id)}`, { json: { disabled: !isOff } });
    await onChanged();
  });
  return html`<div class="choices"><button type="button" class="button" disabled=${sending} onClick=${toggle}>${t(isOff ? "cameras.enable" : "cameras.disable")}</button>
    <button type="button" class="button" onClick=${onEdit}>${t("cameras.edit")}</button></div>`;
}

/** @param {{camera: any, mayConfirm: boolean}} props */
function Health({ camera, mayConfirm }) {
  const [answer, reload] = useAnswer(`/api/cameras/${encodeURIComponent(camera.id)}/health?limit=20`, { live: true });
  const [isAsking, setAsking] = useState(false);
  const mayAsk = mayConfirm && camera.kind === "fixed";
  return html`
    <${Panel} title=${t("cameras.health")} answer=${answer} name="health" action=${mayAsk && html`<button type="button" class="button" onClick=${() => setAsking(true)}>${t("cameras.confirm_view")}</button>`}>
      ${answer && html`<${StreamFacts} health=${answer} />`}
      <div class="scroll" tabindex="0"><table><thead><tr><td></td>${["watched", "trouble", "frames", "analysed", "said", "faulty"].map((name) => html`<th key=${name}>${t(`cameras.period_${name}`)}</th>`)}</tr></thead>
        <tbody>${answer?.periods.map((/** @type {any} */ period) => html`<tr key=${period.hours}><td>${t("cameras.last", { span: span(period.hours * 3600) })}</td>
          <td>${span(period.watched_h * 3600)}</td><td class=${period.trouble_h > 0 ? "bad" : ""}>${span(period.trouble_h * 3600)}</td><td>${number(period.frames)}</td>
          <td>${number(period.looked + period.said)}${period.frames > 0 && html` <span class="quiet small">${percent((period.looked + period.said) / period.frames)}</span>`}</td><td>${number(period.said)}</td><td>${number(period.faulty)}</td></tr>`)}</tbody></table></div>
      ${answer?.view_confirmed_at && html`<p class="quiet small">${t("cameras.view_confirmed", { by: answer.view_confirmed_by, at: dateTime(answer.view_confirmed_at) })}</p>`}
      ${answer?.items.length === 0 && html`<p class="quiet">${t("cameras.no_troubles")}</p>`}
      <ul class="lines">${answer?.items.map((/** @type {any} */ one) => html`<li key=${one.since}><span>${sentenceOf({ code: one.code })}</span>
        <span class="line-side small"><span>${dateTime(one.since)}</span><span class=${one.until ? "quiet" : "bad"}>${one.until ? t("cameras.lasted", { span: span((Date.parse(one.until) - Date.parse(one.since)) / 1000) }) : t("cameras.lasts")}</span></span></li>`)}</ul>
      ${isAsking && html`<${ConfirmView} id=${camera.id} onClose=${() => setAsking(false)} onDone=${() => (setAsking(false), void reload())} />`}
    </${Panel}>`;
}

/** @param {{id: string, onClose: () => void, onDone: () => void}} props */
function ConfirmView({ id, onClose, onDone }) {
  const [sending, run] = useSending();
  const send = (/** @type {SubmitEvent} */ event) => {
    const { reason } = told(event);
    void run(async () => {
      await post(`/api/cameras/${encodeURIComponent(id)}/view`, { reason });
      toast(t("cameras.view_is_confirmed"));
      onDone();
    });
  };
  return html`<${Dialog} title=${t("cameras.confirm_view")} onClose=${onClose}><form class="stack" onSubmit=${send}>
    <p class="quiet">${t("cameras.confirm_view_long")}</p>
    <${Field} label=${t("admin.reason")}><textarea class="input" name="reason" required maxlength="500"></textarea></${Field}>
    <div class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${sending}>${t("cameras.confirm")}</button></div>
  </form></${Dialog}>`;
}
