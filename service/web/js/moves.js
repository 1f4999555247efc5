/** What may be done next with a ticket: buttons from the service's own table, and a question for just what a move needs. */

import { get, post } from "./api.js";
import { openStates, stateName } from "./catalog.js";
import { dayAt, momentOf } from "./cityclock.js";
import { Dialog } from "./dialog.js";
import { addEvidence } from "./gallery.js";
import { html, useEffect, useState } from "./html.js";
import { Icon } from "./icons.js";
import { has, inLang, named, sentenceOf, t } from "./i18n.js";
import { placeWords } from "./ticketbits.js";
import { afterPhoto } from "./ticketpictures.js";
import { toast, toastError } from "./toasts.js";

/** @typedef {{to: string, needs: string[]}} Move */

/** Moves that end or send back a ticket: they stand below the ones that carry it on. */
const SIDE_WAYS = ["dismissed", "not_filed", "merged", "returned", "suspended", "rework", "nudged", "self_corrected"];

/** How a ticket can end; only the duty chief may force it. */
const RESOLUTIONS = ["fixed", "self_corrected", "not_reproducible", "not_ours", "duplicate"];

/** @param {string} to @returns {string} what the button says: the deed, not the state */
export const deed = (to) => (has(`moves.${to}`) ? t(`moves.${to}`) : stateName(to));

/** @param {{ticket: any, onMove: (move: Move) => void}} props */
export function Moves({ ticket, onMove }) {
  const moves = /** @type {Move[]} */ (ticket.moves ?? []);
  if (moves.length === 0) return html`<section class="card padded moves"><h2>${t("ticket.next")}</h2><p class="quiet small">${t("ticket.no_moves")}</p></section>`;
  const mayFile = moves.some(({ to }) => to === "filed");
  const isAside = (/** @type {Move} */ { to }) => SIDE_WAYS.includes(to) || (to === "verifying" && mayFile);
  const forward = moves.filter((move) => !isAside(move));
  const aside = moves.filter(isAside);
  return html`
    <section class="card padded moves">
      <h2>${t("ticket.next")}</h2>
      ${forward.map((move, index) => html`<button key=${move.to} type="button" class=${index === 0 ? "button primary wide" : "button wide"} data-to=${move.to} onClick=${() => onMove(move)}>${deed(move.to)}</button>`)}
      ${aside.length > 0 && html`<div class="aside-moves">${aside.map((move) => html`<button key=${move.to} type="button" class="button" data-to=${move.to} onClick=${() => onMove(move)}>${deed(move.to)}</button>`)}</div>`}
    </section>`;
}

/**
 * @param {{ticket: any, move: Move, role: string, units: any[], pictures: any[], onClose: () => void, onMoved: (ticket: any) => void, onStale: () => void}} props
 */
export function MoveDialog({ ticket, move, role, units, pictures, onClose, onMoved, onStale }) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(/** @type {string | null} */ (null));
  const [elsewhere, setElsewhere] = useState(false);
  const needs = new Set(move.needs ?? []);
  const lacksPhoto = (needs.has("after_photo") || move.to === "handled") && !afterPhoto(ticket, pictures);
  const mustShow = needs.has("after_photo") && role !== "chief"; // a forced close goes without

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    setBusy(true);
    setRefused(null);
    try {
      const photo = form.get("photo");
      if (photo instanceof File && photo.size > 0) await addEvidence(ticket.id, photo, "after");
      onMoved(await post(`/api/tickets/${encodeURIComponent(ticket.id)}/moves`, bodyOf(form, move, ticket.version)));
      toast(t("ticket.moved", { state: stateName(move.to) }));
    } catch (/** @type {any} */ error) {
      if (!("code" in error)) throw error;
      setRefused(sentenceOf(error));
      setElsewhere(error.code === "ticket.after_photo_elsewhere");
      if (error.code === "ticket.changed") onStale();
    } finally {
      setBusy(false);
    }
  };
  return html`
    <${Dialog} title=${deed(move.to)} onClose=${onClose}>
      <form class="move-form" onSubmit=${submit}>
        ${refused && html`<p class="notice warn" role="alert"><${Icon} name="warn" />${refused}</p>`}
        ${needs.has("unit") && html`<${UnitField} units=${units} chosen=${ticket.unit?.id ?? ticket.unit} />`}
        ${needs.has("resolution") && html`<${ResolutionField} role=${role} />`}
        ${lacksPhoto && html`<${PhotoField} required=${mustShow} />`}
        ${elsewhere && role === "chief" && html`<label class="field"><span><input type="checkbox" name="override" value="after_photo_place" /> ${t("moves.override")}</span></label>`}
        ${needs.has("merge_target") && html`<${TargetField} ticket=${ticket} />`}
        ${needs.has("review_date") && html`<label class="field"><span>${t("moves.review_date")}</span><input class="input" type="date" name="review_date" min=${dayAt(Date.now())} required /></label>`}
        <label class="field"><span>${needs.has("reason") ? t("moves.reason") : html`${t("moves.remark")} <span class="hint">${t("optional")}</span>`}</span>
          <textarea class="input" name="reason" required=${needs.has("reason")} maxlength="500"></textarea></label>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
          <button type="submit" class="button primary" disabled=${busy}>${deed(move.to)}</button>
        </footer>
      </form>
    </${Dialog}>`;
}

/** @param {FormData} form @param {Move} move @param {number} version the one that this person saw */
function bodyOf(form, { to }, version) {
  const text = (/** @type {string} */ name) => String(form.get(name) ?? "").trim() || undefined;
  const date = text("review_date");
  return {
    to, version, reason: text("reason"), resolution: text("resolution"), unit: text("unit"), merge_target: text("merge_target"), override: text("override"),
    review_at: date && momentOf(`${date}T09:00`),
  };
}

/** @param {{units: any[], chosen?: string}} props */
const UnitField = ({ units, chosen }) => html`
  <label class="field"><span>${t("fact.unit")}</span>
    <select class="input" name="unit" required>${units.map(({ id, name }) => html`<option key=${id} value=${id} selected=${id === chosen}>${inLang(name)}</option>`)}</select></label>`;

/** @param {{role: string}} props */
const ResolutionField = ({ role }) => html`
  <label class="field"><span>${t("moves.resolution")}</span>
    <select class="input" name="resolution" required>${(role === "chief" ? [...RESOLUTIONS, "forced"] : RESOLUTIONS).map((code) => html`<option key=${code} value=${code}>${named("resolutions", code)}</option>`)}</select></label>`;

/** @param {{required: boolean}} props */
const PhotoField = ({ required }) => html`
  <label class="field"><span>${t("moves.after_photo")}${!required && html` <span class="hint">${t("optional")}</span>`}</span>
    <input class="input" type="file" name="photo" required=${required} accept="image/jpeg,image/png,image/webp" capture="environment" /></label>`;

/** @param {{ticket: any}} props the open tickets of the same condition, to merge into one of them */
function TargetField({ ticket }) {
  const [targets, setTargets] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    get(`/api/tickets?limit=100&condition=${ticket.condition}&state=${openStates().join(",")}`)
      .then(({ items }) => setTargets(items.filter((/** @type {any} */ { id }) => id !== ticket.id)))
      .catch(toastError);
  }, []);
  return html`
    <label class="field"><span>${t("moves.merge_target")}</span>
      <select class="input" name="merge_target" required>${targets.map(({ id, number, place }) => html`<option key=${id} value=${id}>${number} · ${placeWords(place)}</option>`)}</select></label>`;
}
