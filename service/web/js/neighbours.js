/** What is open around a ticket, which shop was told of it, and its papers. */

import { get, post } from "./api.js";
import { openStates } from "./catalog.js";
import { dayAt, momentOf } from "./cityclock.js";
import { Dialog } from "./dialog.js";
import { boxAround, nearest } from "./field/nearby.js";
import { html, useEffect, useState } from "./html.js";
import { Icon } from "./icons.js";
import { dateTime, lang, sentenceOf, t } from "./i18n.js";
import { Condition, State } from "./ticketbits.js";
import { toast, toastError } from "./toasts.js";

const LETTER_WRITERS = ["admin", "ops", "chief"];
const TOLD_OF_NUDGES = [...LETTER_WRITERS, "inspector"];

/** @param {{ticket: any}} props */
export function Neighbours({ ticket: { id, place } }) {
  const [found, setFound] = useState(/** @type {{ticket: any, metres: number}[]} */ ([]));
  useEffect(() => {
    if (!place) return;
    get(`/api/tickets?limit=30&state=${openStates().join(",")}&bbox=${boxAround(place)}`)
      .then(({ items }) => setFound(nearest(items.filter((/** @type {any} */ other) => other.id !== id), place)))
      .catch(toastError);
  }, [id, place?.lat, place?.lon]);
  if (found.length === 0) return null;
  return html`
    <section class="card padded"><h2>${t("neighbours.title")}</h2>
      <ul class="neighbours">${found.map(({ ticket, metres }) => html`
        <li key=${ticket.id}><a href="/tickets/${ticket.id}"><${Condition} id=${ticket.condition} /><span class="mono small">${ticket.number}</span></a>
          <span class="small quiet">${t("field.metres", { count: Math.round(metres) })}</span><${State} state=${ticket.state} /></li>`)}</ul></section>`;
}

/** @param {{ticket: any, role: string}} props the shop that was told, and until when it may put it right */
export function Nudge({ ticket: { id, state }, role }) {
  const [nudge, setNudge] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (state !== "nudged" || !TOLD_OF_NUDGES.includes(role)) return setNudge(null);
    get("/api/nudges?limit=200").then(({ items }) => setNudge(items.find((/** @type {any} */ one) => one.ticket_id === id) ?? null)).catch(toastError);
  }, [id, state]);
  if (!nudge) return null;
  return html`
    <section class="card padded"><h2>${t("nudge.title")}</h2>
      <p>${nudge.premises ? `${nudge.premises.name}${nudge.premises.address ? ` · ${nudge.premises.address}` : ""}` : t("nudge.nobody")}</p>
      <p class="small ${nudge.over ? "late" : "quiet"}">${t("nudge.until", { since: dateTime(nudge.since), until: dateTime(nudge.until) })}</p></section>`;
}

/** @param {{ticket: any, role: string, onWritten: () => void}} props the ticket's own file, its letters, and the browser's print */
export function TicketPapers({ ticket, role, onWritten }) {
  const [writing, setWriting] = useState(false);
  const letters = ticket.facts.filter((/** @type {any} */ { kind, details }) => kind === "supervised" && details?.number);
  const file = (/** @type {string} */ format) => `/api/tickets/${encodeURIComponent(ticket.id)}/file?format=${format}&lang=${lang}`;
  return html`
    <section class="card padded papers-of-ticket"><h2>${t("papers.title")}</h2>
      <div class="aside-moves">
        <a class="button" href=${file("pdf")} download>${t("papers.file", { format: "PDF" })}</a>
        <a class="button" href=${file("xlsx")} download>${t("papers.file", { format: "XLSX" })}</a>
        <button type="button" class="button" onClick=${() => print()}>${t("papers.print")}</button>
        ${LETTER_WRITERS.includes(role) && ticket.unit && html`<button type="button" class="button" data-note="letter" onClick=${() => setWriting(true)}>${t("papers.write_letter")}</button>`}
      </div>
      ${letters.length > 0 && html`<ul class="neighbours">${letters.map((/** @type {any} */ { details, at }) => html`
        <li key=${details.number}><a href=${`/api/letters/${encodeURIComponent(details.number)}?lang=${lang}`} download>${t("history.number", { number: details.number })}</a><span class="small quiet">${dateTime(at)}</span></li>`)}</ul>`}
      ${writing && html`<${LetterDialog} ticket=${ticket} onClose=${() => setWriting(false)} onWritten=${() => (setWriting(false), onWritten())} />`}
    </section>`;
}

/** @param {{ticket: any, onClose: () => void, onWritten: () => void}} props */
function LetterDialog({ ticket, onClose, onWritten }) {
  const [refused, setRefused] = useState("");
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const [reason, day] = ["reason", "reply_by"].map((name) => String(form.get(name)).trim() || undefined);
    try {
      const letter = await post("/api/letters", { tickets: [ticket.id], reason, reply_by: day && momentOf(`${day}T18:00`) });
      toast(t("history.number", { number: letter.number }));
      onWritten();
    } catch (/** @type {any} */ error) {
      if (!("code" in error)) throw error;
      setRefused(sentenceOf(error));
    }
  };
  return html`
    <${Dialog} title=${t("papers.write_letter")} onClose=${onClose}>
      <form class="move-form" onSubmit=${submit}>
        ${refused && html`<p class="notice warn" role="alert"><${Icon} name="warn" />${refused}</p>`}
        <label class="field"><span>${t("moves.reason")} <span class="hint">${t("optional")}</span></span><textarea class="input" name="reason" maxlength="500"></textarea></label>
        <label class="field"><span>${t("papers.reply_by")} <span class="hint">${t("optional")}</span></span><input class="input" type="date" name="reply_by" min=${dayAt(Date.now())} /></label>
        <footer class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button type="submit" class="button primary">${t("papers.write_letter")}</button></footer>
      </form>
    </${Dialog}>`;
}
