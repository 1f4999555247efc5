/** What a webhook was told and is still to be told: what waits and why, every try, sending again and giving up. */

import { Failed } from "../again.js";
import { get, post } from "../api.js";
import { Dialog } from "../dialog.js";
import { html, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, number, sentenceOf, t } from "../i18n.js";
import { toast, toastError } from "../toasts.js";
import { useAnswer, useSending } from "./bits.js";

const STATES = ["waiting", "delivered", "given_up"];

/** @param {{status: number | null, code: string | null}} attempt @returns {string} what came of a try: a status of HTTP, or a sentence with the reason that a broker gave */
export function outcomeOf(attempt) {
  if (!attempt.code) return String(attempt.status ?? "");
  const sentence = sentenceOf({ code: attempt.code });
  return attempt.status ? t("webhooks.reason", { sentence, reason: `0x${attempt.status.toString(16).toUpperCase()}` }) : sentence;
}

/** @param {any} one a delivery @returns {[string, string]} how it is shown, and the name of that */
function standing(one) {
  if (one.behind) return ["quiet", "behind"];
  if (one.state === "waiting" && one.last) return ["failing", "stuck"];
  return [one.state, one.state];
}

/** @param {{delivery: any}} props */
function Standing({ delivery }) {
  const [shown, name] = standing(delivery);
  return html`<span class="state ${shown}">${t(`webhooks.is_${name}`)}</span>`;
}

/** @param {{path: string}} props */
export function Deliveries({ path }) {
  const [state, setState] = useState("");
  const [answer, reload] = useAnswer(`${path}/deliveries?limit=50${state && `&state=${state}`}`, { live: true });
  const last = useRef(answer);
  if (answer !== null) last.current = answer; // what was shown stays until the next choice has its answer
  const shown = answer === null ? last.current : answer;
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const [sending, run] = useSending();
  const wanted = useRef(/** @type {number | null} */ (null));
  const openIfWanted = (/** @type {any} */ told) => told.id === wanted.current && setOpen(told);
  const show = (/** @type {number} */ id) => {
    wanted.current = id;
    void get(`${path}/deliveries/${id}`).then(openIfWanted).catch(toastError);
  };
  const close = () => {
    wanted.current = null;
    setOpen(null);
  };
  const ask = (/** @type {number} */ id, /** @type {string} */ verb, /** @type {string} */ said) => void run(async () => {
    openIfWanted(await post(`${path}/deliveries/${id}/${verb}`, {}));
    toast(t(said));
    await reload();
  });
  return html`<div class="panel-head"><h3>${t("webhooks.deliveries")}</h3><div class="choices" role="group" aria-label=${t("webhooks.deliveries")}>${["", ...STATES].map((one) => html`
      <button key=${one} type="button" class="choice" aria-pressed=${one === state} onClick=${() => setState(one)}>${t(one ? `webhooks.is_${one}` : "webhooks.is_any")}</button>`)}</div></div>
    ${shown === null && html`<div class="skeleton"></div>`}
    ${shown === undefined && html`<${Failed} what=${t("webhooks.deliveries")} />`}
    ${shown?.items.length === 0 && html`<p class="quiet">${t("webhooks.no_deliveries")}</p>`}
    <ul class="picks" aria-busy=${answer === null}>${shown?.items.map((/** @type {any} */ one) => html`<li key=${one.id}><button type="button" class="pick" onClick=${() => show(one.id)}><span class="line-main"><span><b class="mono small">${one.type.replace(/^streetwarden\./, "")}</b><span class="quiet small mono break">${one.subject}</span>
        ${one.state === "waiting" && one.last && html`<span class="bad small break">${outcomeOf(one.last)} <span class="quiet">${t("webhooks.next", { ago: ago(one.next_at) })}</span></span>`}</span></span>
      <span class="line-side"><${Standing} delivery=${one} /><span class="quiet small">${dateTime(one.created_at)} · ${t("webhooks.tries", { count: one.tries })}</span></span></button></li>`)}</ul>
    ${open && html`<${Told} delivery=${open} sending=${sending} onAsk=${ask} onShow=${show} onClose=${close} />`}`;
}

/** @param {{delivery: any, sending: boolean, onAsk: (id: number, verb: string, said: string) => void, onShow: (id: number) => void, onClose: () => void}} props */
function Told({ delivery, sending, onAsk, onShow, onClose }) {
  const ask = (/** @type {string} */ verb, /** @type {string} */ said) => onAsk(delivery.id, verb, said);
  return html`<${Dialog} title=${delivery.message} onClose=${onClose}><div class="stack">
    <p class="facts"><${Standing} delivery=${delivery} /><span class="mono small">${delivery.type}</span>${delivery.next_at && !delivery.behind && html`<span class="quiet small">${t("webhooks.next", { ago: ago(delivery.next_at) })}</span>`}</p>
    ${delivery.behind && html`<p><button type="button" class="link" onClick=${() => onShow(delivery.behind)}>${t("webhooks.behind", delivery)}</button></p>`}
    <ul class="lines small">${delivery.attempts.map((/** @type {any} */ one) => html`<li key=${one.at}><span>${dateTime(one.at)}</span><span class=${one.code || one.status >= 300 ? "bad" : "good"}>${outcomeOf(one)} <span class="quiet">${t("webhooks.ms", { ms: number(one.took_ms) })}</span></span></li>`)}</ul>
    <div class="dialog-foot">
      ${delivery.state === "waiting" && html`<button type="button" class="button danger" disabled=${sending} onClick=${() => ask("give_up", "webhooks.gave_up")}>${t("webhooks.give_up")}</button>`}
      <button type="button" class="button" disabled=${sending} onClick=${() => ask("retry", "webhooks.retried")}><${Icon} name="repeat" size=${18} />${t("webhooks.retry")}</button></div></div></${Dialog}>`;
}
