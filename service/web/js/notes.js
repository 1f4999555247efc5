/** What may be noted of a ticket without moving it: buttons from the service's own table, and a question for each. */

import { post } from "./api.js";
import { momentOf } from "./cityclock.js";
import { Dialog } from "./dialog.js";
import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import { cityTimeHint, dateTime, inLang, named, sentenceOf, t } from "./i18n.js";
import { toast } from "./toasts.js";
import { unitName } from "./units.js";

/** @typedef {{kind: string, needs: string[], may_say: string[], results: string[]}} Note */

/** The taking back of a merge is asked for like a note. */
const UNDO = "merge_undone";

/** Fields that the page does not ask for, since the service knows them. */
const KNOWN = ["timer", "due_at", "step"];

/** @param {{ticket: any, onNote: (note: Note) => void}} props */
export function Notes({ ticket, onNote }) {
  const notes = /** @type {Note[]} */ ([...(ticket.notes ?? [])]);
  if (ticket.merge_undo) notes.unshift({ kind: UNDO, needs: ticket.merge_undo.needs, may_say: [], results: [] });
  if (notes.length === 0) return null;
  return html`
    <section class="card padded moves">
      <h2>${t("notes.title")}</h2>
      <div class="aside-moves">${notes.map((note) => html`<button key=${note.kind} type="button" class="button" data-note=${note.kind} onClick=${() => onNote(note)}>${t(`notes.${note.kind}`)}</button>`)}</div>
    </section>`;
}

/** @param {{ticket: any, note: Note, units: any[], onClose: () => void, onNoted: (ticket: any) => void, onStale: () => void}} props */
export function NoteDialog({ ticket, note, units, onClose, onNoted, onStale }) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(/** @type {string | null} */ (null));
  const fields = [...note.needs, ...note.may_say].filter((name) => name !== "reason" && !KNOWN.includes(name));
  const title = t(`notes.${note.kind}`);

  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const [path, body] = wishOf(note.kind, new FormData(/** @type {HTMLFormElement} */ (event.target)), ticket.version);
    setBusy(true);
    setRefused(null);
    try {
      onNoted(await post(`/api/tickets/${encodeURIComponent(ticket.id)}/${path}`, body));
      toast(t("notes.noted", { note: title }));
    } catch (/** @type {any} */ error) {
      if (!("code" in error)) throw error;
      setRefused(sentenceOf(error));
      if (error.code === "ticket.changed") onStale();
    } finally {
      setBusy(false);
    }
  };
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      <form class="move-form" onSubmit=${submit}>
        ${refused && html`<p class="notice warn" role="alert"><${Icon} name="warn" />${refused}</p>`}
        ${fields.map((name) => html`<${Field} key=${name} name=${name} note=${note} ticket=${ticket} units=${units} required=${note.needs.includes(name)} />`)}
        <label class="field"><span>${note.needs.includes("reason") ? t("moves.reason") : html`${t("moves.remark")} <span class="hint">${t("optional")}</span>`}</span>
          <textarea class="input" name="reason" required=${note.needs.includes("reason")} maxlength="500"></textarea></label>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
          <button type="submit" class="button primary" disabled=${busy}>${title}</button>
        </footer>
      </form>
    </${Dialog}>`;
}

/** @param {{name: string, note: Note, ticket: any, units: any[], required: boolean}} props */
function Field({ name, note: { kind, results }, ticket, units, required }) {
  const hint = name === "until" ? cityTimeHint(Date.now()) : "";
  const label = html`<span>${t(`notes.fields.${name}`)}${[!required && t("optional"), hint].filter(Boolean).map((words) => html` <span class="hint">${words}</span>`)}</span>`;
  if (name === "until") return html`<label class="field">${label}<input class="input" type="datetime-local" name="until" required=${required} /></label>`;
  if (name === "result" && results.length > 0) {
    return html`<label class="field">${label}<select class="input" name="result" required>${results.map((code) => html`<option key=${code} value=${code}>${named("answers", code)}</option>`)}</select></label>`;
  }
  if (name === "unit" && kind.startsWith("co_unit")) {
    const others = units.filter(({ id }) => (kind === "co_unit_asked" ? id !== ticket.unit && !ticket.co_units.includes(id) : ticket.co_units.includes(id)));
    return html`<label class="field">${label}<select class="input" name="unit" required>${others.map(({ id, name: words }) => html`<option key=${id} value=${id}>${inLang(words)}</option>`)}</select></label>`;
  }
  return html`<label class="field">${label}<input class="input" name=${name} required=${required} maxlength="200" /></label>`;
}

/**
 * @param {string} kind @param {FormData} form @param {number} version the one that this person saw
 * @returns {[string, Record<string, unknown>]} where the wish goes, and what it says
 */
function wishOf(kind, form, version) {
  const said = Object.fromEntries([...form].map(([name, value]) => [name, String(value).trim()]).filter(([, value]) => value));
  const { reason, unit, until } = said;
  const helper = encodeURIComponent(unit ?? "");
  switch (kind) {
    case "extended":
      return ["extensions", { version, reason, form: said.form, until: until && momentOf(until) }];
    case "co_unit_asked":
      return ["co-units", { version, unit, task: said.task }];
    case "co_unit_answered":
      return [`co-units/${helper}/feedback`, { answer: said.result, remark: reason }];
    case "co_unit_released":
      return [`co-units/${helper}/release`, { version, reason }];
    case UNDO:
      return ["merges/undo", { version, reason }];
    default:
      return ["facts", { kind, version, ...said }];
  }
}

/** @param {{ticket: any, units: any[]}} props the units that help, with what each said */
export function Helping({ ticket, units }) {
  if (!ticket.helping?.length) return null;
  return html`
    <section class="card padded"><h2>${t("notes.helping")}</h2>
      <dl class="pairs">${ticket.helping.map((/** @type {any} */ row) => html`
        <div key=${row.unit}><dt>${unitName(units, row.unit)}</dt>
          <dd>${row.released_at ? t("notes.released") : row.answer ? named("answers", row.answer) : t("notes.silent")}
            ${row.answered_at && html` <span class="quiet small">${dateTime(row.answered_at)}</span>`}
            ${(row.remark ?? row.task) && html`<br /><span class="quiet small">${row.remark ?? row.task}</span>`}</dd></div>`)}</dl></section>`;
}
