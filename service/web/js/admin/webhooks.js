/** Who is told what happens: webhooks, how each is doing, what each was told, and the secret that signs it. */

import { call, post } from "../api.js";
import { Dialog } from "../dialog.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, t } from "../i18n.js";
import { toast } from "../toasts.js";
import { unitName, useUnits } from "../units.js";
import { Field, inAddress, keepInAddress, Panel, told, useAnswer, useSending } from "./bits.js";
import { Deliveries, outcomeOf } from "./deliveries.js";
import { Secret } from "./secret.js";

export default function Webhooks() {
  const [answer, reload] = useAnswer("/api/webhooks?limit=200", { live: true });
  const [chosen, setChosen] = useState(inAddress("id"));
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState("");
  useEffect(() => keepInAddress({ id: chosen }), [chosen]);
  const hook = answer?.items.find((/** @type {any} */ one) => one.id === chosen);
  const made = (/** @type {any} */ one) => (setAdding(false), setSecret(one.secret), setChosen(one.id), void reload());
  return html`
    <${Panel} title=${t("admin.parts.webhooks")} answer=${answer} count=${answer?.items.length} name="webhooks" action=${html`<button type="button" class="button" onClick=${() => setAdding(true)}><${Icon} name="plus" size=${18} />${t("webhooks.add")}</button>`}>
      <p class="quiet small">${t("webhooks.long")}</p>
      <ul class="picks">${answer?.items.map((/** @type {any} */ one) => html`<li key=${one.id}><button type="button" class="pick" aria-current=${one.id === chosen ? "true" : undefined} onClick=${() => setChosen(one.id)}>
        <span class="line-main"><span><b>${one.id}</b><span class="quiet small break">${one.url}</span></span></span>
        <span class="line-side"><span class="state ${one.state}">${t(`webhooks.state_${one.state}`)}</span><span class="quiet small">${t("webhooks.counts", one)}</span></span></button></li>`)}</ul>
      ${answer?.items.length === 0 && html`<p class="quiet">${t("webhooks.none")}</p>`}
      ${isAdding && html`<${NewWebhook} onMade=${made} onClose=${() => setAdding(false)} />`}
      ${secret && html`<${Secret} title=${t("webhooks.secret")} value=${secret} onClose=${() => setSecret("")} />`}
    </${Panel}>
    ${hook && html`<${Webhook} key=${hook.id} hook=${hook} onChanged=${reload} onSecret=${setSecret} onGone=${() => (setChosen(null), void reload())} />`}`;
}

/** @param {{onMade: (hook: any) => void, onClose: () => void}} props */
function NewWebhook({ onMade, onClose }) {
  const [sending, run] = useSending();
  const [url, setUrl] = useState("");
  const units = useUnits();
  const send = (/** @type {SubmitEvent} */ event) => {
    const { id, types = "", unit, password } = told(event);
    void run(async () => onMade(await post("/api/webhooks", { id, url, types: types.split(/[\s,]+/).filter(Boolean), unit: unit ?? null, password: isBroker(url) ? (password ?? "") : null })));
  };
  return html`<${Dialog} title=${t("webhooks.add")} onClose=${onClose}><form class="stack" onSubmit=${send}>
    <${Field} label=${t("webhooks.id")}><input class="input mono" name="id" required maxlength="63" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]*" /></${Field}>
    <${Field} label=${t("webhooks.url")} hint=${t("webhooks.url_hint")}><input class="input mono" type="url" name="url" required maxlength="2000" placeholder="https://…" value=${url} onInput=${(/** @type {any} */ event) => setUrl(event.currentTarget.value)} /></${Field}>
    ${isBroker(url) && html`<${Password} />`}
    <${Field} label=${t("webhooks.types")} hint=${t("webhooks.types_hint")}><input class="input mono" name="types" placeholder="ticket." /></${Field}>
    <${Field} label=${t("people.unit")} hint=${t("optional")}><select class="input" name="unit"><option value="">${t("webhooks.all_units")}</option>${units.map((unit) => html`<option key=${unit.id} value=${unit.id}>${unitName(units, unit)}</option>`)}</select></${Field}>
    <div class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${sending}>${t("people.create")}</button></div>
  </form></${Dialog}>`;
}

/** Whether an address names a broker, which knows us by a password and not by a signature. @param {string} url */
const isBroker = (url) => /^mqtts?:/i.test(url.trim());

function Password() {
  return html`<${Field} label=${t("webhooks.password")} hint=${t("webhooks.password_hint")}><input class="input" type="password" name="password" maxlength="1000" autocomplete="new-password" /></${Field}>`;
}

/** @param {{path: string, onClose: () => void}} props */
function NewPassword({ path, onClose }) {
  const [sending, run] = useSending();
  const send = (/** @type {SubmitEvent} */ event) => {
    const { password = "" } = told(event);
    void run(async () => (await call("PATCH", path, { json: { password } }), toast(t("webhooks.password_changed")), onClose()));
  };
  return html`<${Dialog} title=${t("webhooks.new_password")} onClose=${onClose}><form class="stack" onSubmit=${send}><${Password} />
    <div class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${sending}>${t("people.save")}</button></div></form></${Dialog}>`;
}

/** @param {{hook: any, onChanged: () => Promise<void>, onSecret: (secret: string) => void, onGone: () => void}} props */
function Webhook({ hook, onChanged, onSecret, onGone }) {
  const [sending, run] = useSending();
  const [tried, setTried] = useState(/** @type {any} */ (null));
  const [isEnding, setEnding] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const path = `/api/webhooks/${encodeURIComponent(hook.id)}`;
  const toggle = () => void run(async () => (await call("PATCH", path, { json: { disabled: hook.state !== "disabled" } }), await onChanged()));
  return html`
    <${Panel} title=${hook.id} name="webhook" action=${html`<div class="choices">
      <button type="button" class="button" disabled=${sending} onClick=${() => void run(async () => setTried(await post(`${path}/test`, {})))}>${t("webhooks.test")}</button>
      ${isBroker(hook.url)
        ? html`<button type="button" class="button" onClick=${() => setChanging(true)}>${t("webhooks.new_password")}</button>`
        : html`<button type="button" class="button" disabled=${sending} onClick=${() => void run(async () => onSecret((await post(`${path}/secret`, {})).secret))}>${t("webhooks.new_secret")}</button>`}
      <button type="button" class="button" disabled=${sending} onClick=${toggle}>${t(hook.state === "disabled" ? "webhooks.enable" : "webhooks.disable")}</button>
      <button type="button" class="button danger" onClick=${() => setEnding(true)}>${t("webhooks.end")}</button></div>`}>
      <p class="facts"><span class="state ${hook.state}">${t(`webhooks.state_${hook.state}`)}</span><span class="mono small break">${hook.url}</span><span class="quiet small">${hook.types.length > 0 ? hook.types.join(", ") : t("webhooks.all_types")}</span>
        ${hook.stuck > 0 && html`<span class="bad small">${t("webhooks.stuck", { count: hook.stuck })}</span>`}
        ${hook.resume_at && html`<span class="bad small">${t("webhooks.resumes", { ago: ago(hook.resume_at), count: hook.failures })}</span>`}</p>
      <div role="status">${tried && html`<p class="notice ${tried.code || tried.status >= 300 ? "bad" : ""}"><${Icon} name=${tried.code ? "warn" : "info"} /><span>${tried.code ? outcomeOf(tried) : isBroker(hook.url) ? t("webhooks.taken", { ms: tried.took_ms }) : t("webhooks.answered", { status: String(tried.status), ms: tried.took_ms })}</span></p>`}</div>
      ${isChanging && html`<${NewPassword} path=${path} onClose=${() => setChanging(false)} />`}
      ${isEnding && html`<${Dialog} title=${t("webhooks.end_this", hook)} onClose=${() => setEnding(false)}><div class="stack"><p>${t("webhooks.end_long")}</p><div class="dialog-foot"><button type="button" class="button" onClick=${() => setEnding(false)}>${t("cancel")}</button>
        <button type="button" class="button danger" onClick=${() => void run(async () => (await call("DELETE", path), onGone()))}>${t("webhooks.end")}</button></div></div></${Dialog}>`}
      <${Deliveries} path=${path} />
    </${Panel}>`;
}
