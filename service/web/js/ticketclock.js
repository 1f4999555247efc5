/** The clock of a ticket as a bar: when its limit ran, when it was paused and why, and how much of it is over. */

import { catalog } from "./catalog.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { dateTime, span, t } from "./i18n.js";
import { useNow } from "./ticketbits.js";

/** @typedef {{from_ms: number, to_ms: number, kind: "ran" | "paused", reason: string | null, review_at: string | null}} Stretch */

/** Timers under which the limit runs: from filing until the work is handed in. */
const RUNNING = ["dispatch", "handling"];

/**
 * When the limit ran and when it was paused, from filing until the work was handed in, or now.
 * @param {any[]} history oldest first @param {number} now milliseconds
 * @param {{id: string, timer: string}[]} [states] @returns {Stretch[]}
 */
export function stretchesOf(history, now, states = /** @type {any} */ (catalog.states)) {
  const timerOf = (/** @type {string} */ state) => states.find(({ id }) => id === state)?.timer ?? "none";
  const steps = history.filter(({ from, to }) => from !== to);
  /** @type {Stretch[]} */
  const stretches = [];
  steps.forEach(({ to, at, reason, facts }, index) => {
    const timer = timerOf(to);
    const kind = timer === "paused" ? "paused" : RUNNING.includes(timer) ? "ran" : null;
    if (!kind) return;
    const [from_ms, to_ms] = [Date.parse(at), index + 1 < steps.length ? Date.parse(steps[index + 1].at) : now];
    const last = stretches.at(-1);
    if (last?.kind === kind && last.to_ms === from_ms) last.to_ms = to_ms;
    else stretches.push({ from_ms, to_ms, kind, reason: kind === "paused" ? (reason ?? null) : null, review_at: facts?.review_at ?? null });
  });
  return stretches;
}

/** @param {{ticket: any}} props nothing where no limit has run yet */
export function TicketClock({ ticket: { history, due_at, filed_at, extensions, state } }) {
  const now = useNow();
  const stretches = stretchesOf(history, now);
  if (stretches.length === 0) return null;
  const [begin, due] = [stretches[0].from_ms, due_at ? Date.parse(due_at) : null];
  const ended = /** @type {Stretch} */ (stretches.at(-1)).to_ms;
  const end = Math.max(ended, due ?? 0);
  const share = (/** @type {number} */ ms) => `${((100 * (ms - begin)) / Math.max(1, end - begin)).toFixed(2)}%`;
  const pauses = stretches.filter(({ kind }) => kind === "paused");
  const paused_s = pauses.reduce((sum, { from_ms, to_ms }) => sum + (to_ms - from_ms) / 1000, 0);
  const isLate = due !== null && ended > due;
  const words = [t("clock.since", { at: dateTime(filed_at ?? new Date(begin).toISOString()) }), due_at && t("due.at", { at: dateTime(due_at) }), extensions > 0 && `${t("facts.extended")} × ${extensions}`];
  return html`
    <section class="card padded ticket-clock"><h2>${t("clock.title")}</h2>
      <div class="clock-bar" role="img" aria-label=${words.filter(Boolean).join(", ")}>
        ${stretches.map(({ from_ms, to_ms, kind }) => html`<i key=${from_ms} class=${kind} style=${{ left: share(from_ms), width: `calc(${share(to_ms)} - ${share(from_ms)})` }}></i>`)}
        ${isLate && html`<i class="late" style=${{ left: share(/** @type {number} */ (due)), width: `calc(${share(ended)} - ${share(/** @type {number} */ (due))})` }}></i>`}
        ${due !== null && html`<b style=${{ left: share(due) }}></b>`}
      </div>
      <p class="clock-ends small"><span>${words[0]}</span><span class=${isLate ? "late" : ""}>${words[1]}</span></p>
      ${words[2] && html`<p class="small quiet">${words[2]}</p>`}
      ${isLate && html`<p class="small late"><${Icon} name="warn" size=${16} />${t("due.late", { span: span((ended - /** @type {number} */ (due)) / 1000) })}</p>`}
      ${pauses.length > 0 && html`<p class="small">${t("clock.paused", { span: span(paused_s) })}</p>
        <ul class="pauses">${pauses.map(({ from_ms, to_ms, reason, review_at }, index) => html`<li key=${from_ms} class="small"><span>${dateTime(new Date(from_ms).toISOString())} – ${state === "suspended" && index === pauses.length - 1 ? t("clock.still") : dateTime(new Date(to_ms).toISOString())}</span>
          ${reason && html`<span class="quiet">${reason}</span>`}${review_at && html`<span class="quiet">${t("history.review_at", { at: dateTime(review_at) })}</span>`}</li>`)}</ul>`}
    </section>`;
}
