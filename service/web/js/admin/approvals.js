/** What takes two people: who asks to close a ticket by force, and another chief's word on it. */

import { get, post } from "../api.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, named, t } from "../i18n.js";
import { Condition } from "../ticketbits.js";
import { toast, toastError } from "../toasts.js";
import { inAddress, keepInAddress, Panel, useAnswer, useSending } from "./bits.js";

const STATUSES = ["waiting", "confirmed", "refused"];

/** @param {{session: any}} props */
export default function Approvals({ session }) {
  const [status, setStatus] = useState(inAddress("status") ?? "waiting");
  const [answer, reload] = useAnswer(`/api/approvals?limit=100&status=${status}`, { live: true });
  useEffect(() => keepInAddress({ status }), [status]);
  return html`
    <${Panel} title=${t("approvals.title")} answer=${answer} count=${answer?.items.length} name="approvals" action=${html`<div class="choices" role="group" aria-label=${t("approvals.status")}>${STATUSES.map((one) => html`
      <button key=${one} type="button" class="choice" aria-pressed=${one === status} onClick=${() => setStatus(one)}>${t(`approvals.${one}`)}</button>`)}</div>`}>
      <p class="quiet small">${t("approvals.long")}</p>
      ${answer?.items.length === 0 && html`<div class="empty"><${Icon} name="calm" /><h2>${t(`approvals.none_${status}`)}</h2></div>`}
      <ul class="lines">${answer?.items.map((/** @type {any} */ one) => html`<${Approval} key=${one.id} approval=${one} session=${session} onDecided=${reload} />`)}</ul>
    </${Panel}>`;
}

/** @param {{approval: any, session: any, onDecided: () => Promise<void>}} props */
function Approval({ approval, session, onDecided }) {
  const [ticket, setTicket] = useState(/** @type {any} */ (null));
  const [reason, setReason] = useState("");
  const [sending, run] = useSending();
  useEffect(() => void get(`/api/tickets/${approval.ticket_id}`).then(setTicket).catch(toastError), [approval.ticket_id]);
  const mayDecide = approval.status === "waiting" && session.role === "chief" && approval.asked_by !== session.login;
  const decide = (/** @type {boolean} */ confirmed) => void run(async () => {
    await post(`/api/approvals/${approval.id}/decision`, { confirmed, reason: reason.trim() || null });
    toast(t(confirmed ? "approvals.is_confirmed" : "approvals.is_refused"));
    await onDecided();
  });
  return html`<li class="approval"><div class="stack">
    <div class="facts"><a href="/tickets/${approval.ticket_id}">${ticket?.number ?? approval.ticket_id}</a>${ticket && html`<${Condition} id=${ticket.condition} /><span class="state">${named("states", ticket.state)}</span>`}</div>
    <p>${approval.reason}</p>
    <p class="quiet small">${t("approvals.asked", { by: approval.asked_by, at: dateTime(approval.asked_at), ago: ago(approval.asked_at) })}
      ${approval.decided_by && ` · ${t("approvals.decided", { by: approval.decided_by, at: dateTime(approval.decided_at) })}`}${approval.decided_reason && ` · ${approval.decided_reason}`}</p>
    ${approval.status === "waiting" && !mayDecide && html`<p class="quiet small">${t(approval.asked_by === session.login ? "approvals.own" : "approvals.chief_only")}</p>`}
    ${mayDecide && html`<div class="decide"><input class="input" aria-label=${t("admin.reason")} placeholder=${t("approvals.reason_hint")} maxlength="2000" value=${reason} onInput=${(/** @type {any} */ event) => setReason(event.target.value)} />
      <button type="button" class="button danger" disabled=${sending || !reason.trim()} onClick=${() => decide(false)}>${t("approvals.refuse")}</button>
      <button type="button" class="button primary" disabled=${sending} onClick=${() => decide(true)}>${t("approvals.confirm")}</button></div>`}
  </div></li>`;
}
