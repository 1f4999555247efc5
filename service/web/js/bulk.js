/** What may be done with several tickets at once: the steps that all of them allow, each taken one by one, each answered. */

import { post } from "./api.js";
import { catalog } from "./catalog.js";
import { Dialog } from "./dialog.js";
import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import { inLang, sentenceOf, t } from "./i18n.js";
import { deed } from "./moves.js";
import { toast } from "./toasts.js";

/** @typedef {{to: string, needs: string[]}} Step */

/** What can be said of many tickets in one sentence. */
const SAID_OF_MANY = ["reason", "unit"];
const AT_ONCE = 4;
const URGE = "urged";

/**
 * The steps that this role may take with all of these tickets, in the order of the table.
 * @param {any[]} tickets @param {string} role @param {typeof catalog.moves} [moves] @returns {Step[]}
 */
export function commonSteps(tickets, role, moves = catalog.moves) {
  const mine = moves.filter(({ roles, needs }) => roles.includes(role) && needs.every((need) => SAID_OF_MANY.includes(need)));
  const states = [...new Set(tickets.map(({ state }) => state))];
  const from = (/** @type {string} */ state) => mine.filter(({ was }) => was === state);
  const [first, ...others] = states;
  if (first === undefined) return [];
  return from(first).filter(({ to }) => others.every((state) => from(state).some((move) => move.to === to))).map(({ to }) => ({
    to, needs: [...new Set(states.flatMap((state) => from(state).find((move) => move.to === to)?.needs ?? []))],
  }));
}

/**
 * @template T
 * @param {T[]} all @param {(one: T) => Promise<unknown>} act @param {(done: number) => void} tell
 * @returns {Promise<{one: T, error: any}[]>} those that were refused, and why
 */
export async function eachOf(all, act, tell) {
  const waiting = [...all];
  /** @type {{one: T, error: any}[]} */
  const refused = [];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const current = one;
      await act(current).catch((error) => {
        if (!("code" in error)) throw error;
        refused.push({ one: current, error });
      });
      tell(all.length - waiting.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return refused;
}

/** @param {{tickets: any[], all: number, role: string, units: any[], onAll: () => void, onClear: () => void, onDone: () => void}} props */
export function BulkBar({ tickets, all, role, units, onAll, onClear, onDone }) {
  const [step, setStep] = useState(/** @type {Step | null} */ (null));
  const steps = commonSteps(tickets, role);
  const mayUrge = ["admin", "ops", "chief"].includes(role);
  return html`
    <div class="bulk" role="region" aria-label=${t("bulk.label")}>
      <b aria-live="polite">${t("bulk.chosen", { count: tickets.length })}</b>
      ${tickets.length < all && html`<button type="button" class="button plain" onClick=${onAll}>${t("bulk.all", { count: all })}</button>`}
      <span class="gap"></span>
      ${steps.map((one) => html`<button key=${one.to} type="button" class="button" data-bulk=${one.to} onClick=${() => setStep(one)}>${deed(one.to)}</button>`)}
      ${mayUrge && html`<button type="button" class="button" data-bulk=${URGE} onClick=${() => setStep({ to: URGE, needs: [] })}>${t("notes.urged")}</button>`}
      <button type="button" class="icon-button" aria-label=${t("bulk.clear")} onClick=${onClear}><${Icon} name="cross" /></button>
    </div>
    ${step && html`<${BulkDialog} tickets=${tickets} step=${step} units=${units} onClose=${() => setStep(null)} onDone=${() => (setStep(null), onDone())} />`}`;
}

/** @param {{tickets: any[], step: Step, units: any[], onClose: () => void, onDone: () => void}} props */
function BulkDialog({ tickets, step, units, onClose, onDone }) {
  const [done, setDone] = useState(/** @type {number | null} */ (null));
  const [refused, setRefused] = useState(/** @type {{one: any, error: any}[]} */ ([]));
  const title = step.to === URGE ? t("notes.urged") : deed(step.to);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const said = Object.fromEntries(SAID_OF_MANY.map((name) => [name, String(form.get(name) ?? "").trim() || undefined]));
    const act = (/** @type {any} */ { id, version }) => (step.to === URGE ? post(`/api/tickets/${id}/facts`, { kind: URGE, reason: said.reason }) : post(`/api/tickets/${id}/moves`, { to: step.to, version, ...said }));
    setDone(0);
    const failed = await eachOf(tickets, act, setDone);
    setRefused(failed);
    if (failed.length > 0) return;
    toast(t("bulk.done", { count: tickets.length }));
    onDone();
  };
  const close = done === null ? onClose : onDone;
  return html`
    <${Dialog} title=${title} onClose=${close}>
      ${refused.length > 0 ? html`
        <p class="notice warn" role="alert"><${Icon} name="warn" />${t("bulk.refused", { count: refused.length, done: tickets.length - refused.length })}</p>
        <ul class="bulk-refused">${refused.map(({ one, error }) => html`<li key=${one.id}><a class="mono" href="/tickets/${one.id}">${one.number}</a> ${sentenceOf(error)}</li>`)}</ul>
        <footer class="dialog-foot"><button type="button" class="button primary" onClick=${onDone}>${t("close")}</button></footer>` : html`
      <form class="move-form" onSubmit=${submit}>
        <p>${t("bulk.sure", { count: tickets.length })}</p>
        ${step.needs.includes("unit") && html`<label class="field"><span>${t("fact.unit")} <span class="hint">${t("bulk.by_grid")}</span></span><select class="input" name="unit"><option value="">${t("bulk.routed")}</option>${units.map(({ id, name }) => html`<option key=${id} value=${id}>${inLang(name)}</option>`)}</select></label>`}
        <label class="field"><span>${step.needs.includes("reason") ? t("moves.reason") : html`${t("moves.remark")} <span class="hint">${t("optional")}</span>`}</span><textarea class="input" name="reason" required=${step.needs.includes("reason")} maxlength="500"></textarea></label>
        ${done !== null && html`<progress value=${done} max=${tickets.length} aria-label=${title}></progress>`}
        <footer class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button>
          <button type="submit" class="button primary" disabled=${done !== null}>${title}</button></footer>
      </form>`}
    </${Dialog}>`;
}
