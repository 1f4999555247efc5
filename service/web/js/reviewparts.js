/** Parts of the review page: the reasons, the strip of what comes next, the list of keys. */

import { get, pictureHref } from "./api.js";
import { colourOf, conditionName } from "./catalog.js";
import { Dialog } from "./dialog.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { Icon } from "./icons.js";
import { hundredths, named, t } from "./i18n.js";

/** Why a sighting is no case, in the order of their keys; the words are in `reasons`. */
export const REASONS = ["nothing_there", "looks_alike", "lawful", "in_its_place", "private_ground", "cleared_already", "seen_before", "unclear", "other"];

/** @param {{what: "reason" | "condition", options: string[], onChoose: (code: string) => void, onCancel: () => void}} props */
export const Choices = ({ what, options, onChoose, onCancel }) => html`
  <fieldset class="reasons">
    <legend>${t(`review.ask_${what}`)}</legend>
    ${options.slice(0, 9).map((code, index) => html`
      <button key=${code} type="button" class="reason" aria-keyshortcuts=${index + 1} onClick=${() => onChoose(code)}>
        <kbd>${index + 1}</kbd><span>${what === "condition" ? conditionName(code) : named("reasons", code)}</span>
      </button>`)}
    <button type="button" class="button plain" onClick=${onCancel}>${t("cancel")}<kbd>Esc</kbd></button>
  </fieldset>`;

const AHEAD = 14;

/** @param {{items: any[], at: number, onGo: (index: number) => void}} props */
export function Strip({ items, at, onGo }) {
  const current = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => current.current?.scrollIntoView({ block: "nearest", inline: "center" }), [at, items[at]]);
  const from = Math.max(0, at - 3);
  return html`
    <ol class="strip" aria-label=${t("review.strip")}>
      ${items.slice(from, from + AHEAD).map(({ observation }, index) => html`
        <li key=${observation.id}>
          <button type="button" ref=${from + index === at ? current : undefined} aria-current=${from + index === at ? "true" : undefined}
            style=${{ "--c": colourOf(observation.condition) }} aria-label=${conditionName(observation.condition)} onClick=${() => onGo(from + index)}>
            <img src=${pictureHref(observation.evidence_id)} alt="" loading="lazy" decoding="async" />
          </button>
        </li>`)}
    </ol>`;
}

const KEYS = [["J", "next"], ["K", "previous"], ["A", "accept"], ["X", "reject"], ["1…9", "choose"], ["C", "other_condition"], ["E", "edit"], ["M", "merge"], ["H", "earlier"], ["W", "why"], ["U", "undo"], ["B", "boxes"], ["?", "help"]];

/** @param {{onClose: () => void}} props */
export const KeyHelp = ({ onClose }) => html`
  <${Dialog} title=${t("review.help")} onClose=${onClose}>
    <dl class="keys">${KEYS.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${t(`keys.${what}`)}</dd></div>`)}</dl>
    <p class="quiet small">${t("keys.drawing")}</p>
    <p class="quiet small">${t("keys.note")}</p>
  </${Dialog}>`;

/** @param {{queue: import("./reviewqueue.js").Queue, outbox: import("./outbox.js").Outbox<any>}} props */
export const Counts = ({ queue, outbox }) => html`
  <p class="quiet counts" aria-live="polite">
    <span><b>${queue.items.length + queue.rest}</b> ${t("review.waiting")}</span>
    <span><b>${queue.done}</b> ${t("review.done")}</span>
    ${outbox.letters.length > 0 && html`<span class="sending"><b>${outbox.letters.length}</b> ${t("review.sending")}</span>`}
    <${Pace} isQuiet=${outbox.letters.length === 0} />
  </p>`;

/** @param {{isQuiet: boolean}} props minutes for each true ticket today, told anew whenever all verdicts have arrived */
function Pace({ isQuiet }) {
  const [pace, setPace] = useState(/** @type {Api.PaceAnswer | null} */ (null));
  useEffect(() => {
    if (isQuiet) get("/api/review/pace").then(setPace, () => {});
  }, [isQuiet]);
  if (typeof pace?.minutes_per_true !== "number") return null;
  const { verdicts, minutes, looked_again, agreed } = pace;
  const told = [t("review.pace_long", { count: verdicts, minutes: Math.round(minutes) }), looked_again > 0 && t("review.agreed", { agreed, count: looked_again })];
  return html`<span class="pace" title=${told.filter(Boolean).join(" ")}><b>${hundredths(pace.minutes_per_true)}</b> ${t("review.pace")}</span>`;
}

/** @param {{queue: import("./reviewqueue.js").Queue, outbox: import("./outbox.js").Outbox<any>, onUndo: () => void}} props the queue is empty */
export const Done = ({ queue, outbox, onUndo }) => html`
  <div class="page-head"><h1>${t("nav.review")}</h1><${Counts} queue=${queue} outbox=${outbox} /></div>
  <div class="card empty">
    <${Icon} name="calm" size=${40} />
    <h2>${t("review.empty")}</h2><p>${t("review.empty_long")}</p>
    <div class="choices">
      ${outbox.letters.length > 0 && html`<button type="button" class="button" onClick=${onUndo}><${Icon} name="undo" />${t("review.undo")}<kbd>U</kbd></button>`}
      <a class="button" href="/tickets">${t("review.to_tickets")}</a>
      <a class="button" href="/api/exports/reviewed.zip" download title=${t("review.take_away_long")}><${Icon} name="upload" size=${18} />${t("review.take_away")}</a>
    </div>
  </div>`;
