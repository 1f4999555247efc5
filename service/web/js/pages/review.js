/** The review queue: one picture after another, one key for each, and the hand never waits. */

import { catalog } from "../catalog.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";
import { useKeys } from "../keys.js";
import { Picture } from "../picture.js";
import { ReviewFacts } from "../reviewfacts.js";
import { Choices, Counts, Done, KeyHelp, REASONS, Strip } from "../reviewparts.js";
import { useOutbox, useQueue } from "../reviewqueue.js";
import { start } from "../shell.js";
import { toast } from "../toasts.js";

/** @typedef {import("../reviewqueue.js").Item} Item */
/** @typedef {"reason" | "condition" | null} Question */

/** @param {Question} asked @param {Item | undefined} item @returns {string[]} what the digits choose from */
const optionsOf = (asked, item) => (asked === "condition" ? catalog.conditions.map(({ id }) => id).filter((id) => id !== item?.observation.condition) : REASONS);

/** All that a reviewer can do, by key or by button. */
function useDesk() {
  const [queue, act] = useQueue();
  const outbox = useOutbox(act);
  const [asked, setAsked] = useState(/** @type {Question} */ (null));
  const item = queue.items[queue.at];
  const options = optionsOf(asked, item);

  const judge = (/** @type {object} */ verdict) => {
    if (!item) return;
    setAsked(null);
    outbox.add(item.observation.id, { verdict, item });
    act({ type: "judged", item });
  };
  const undo = () => {
    setAsked(null);
    const letter = outbox.undo();
    if (letter) act({ type: "back", item: letter.body.item });
    else toast(t("review.nothing_to_undo"));
  };
  const choose = (/** @type {string | undefined} */ code) => {
    if (asked && code) judge(asked === "condition" ? { verdict: "other_condition", condition: code } : { verdict: false, reason: code });
  };
  const go = (/** @type {number} */ steps) => {
    setAsked(null);
    act({ type: "go", to: queue.at + steps });
  };
  const ask = (/** @type {Question} */ what) => setAsked(!item || asked === what ? null : what);
  return { queue, outbox, item, asked, options, accept: () => judge({ verdict: true }), undo, choose, go, ask };
}

/** @typedef {ReturnType<typeof useDesk>} Desk */

function Review() {
  const desk = useDesk();
  const [withBoxes, setWithBoxes] = useState(true);
  const [helping, setHelping] = useState(false);
  useKeys({
    j: () => desk.go(1), arrowright: () => desk.go(1), k: () => desk.go(-1), arrowleft: () => desk.go(-1),
    a: desk.accept, x: () => desk.ask("reason"), c: () => desk.ask("condition"), u: desk.undo, escape: () => desk.ask(null),
    b: () => setWithBoxes(!withBoxes), "?": () => setHelping(true), digit: (number) => desk.choose(desk.options[number - 1]),
  });
  const { queue, outbox, item } = desk;
  if (queue.loaded && !item) return html`<${Done} queue=${queue} outbox=${outbox} onUndo=${desk.undo} />`;
  return html`
    <div class="review">
      <div class="review-head">
        <h1>${t("nav.review")}</h1><${Counts} queue=${queue} outbox=${outbox} />
        <button type="button" class="icon-button" aria-label=${t("review.help")} aria-keyshortcuts="?" onClick=${() => setHelping(true)}>
          <${Icon} name="help" /></button>
      </div>
      <${Stage} desk=${desk} withBoxes=${withBoxes} />
      <aside class=${desk.asked ? "verdict card asking" : "verdict card"}>
        ${item && html`<${ReviewFacts} item=${item} />`}
        <${Actions} desk=${desk} />
      </aside>
      <${Strip} items=${queue.items} at=${queue.at} onGo=${(/** @type {number} */ to) => desk.go(to - queue.at)} />
      ${helping && html`<${KeyHelp} onClose=${() => setHelping(false)} />`}
    </div>`;
}

/** @param {{desk: Desk, withBoxes: boolean}} props */
const Stage = ({ desk: { queue, item, go }, withBoxes }) => html`
  <section class="stage" aria-label=${t("review.picture")}>
    ${item ? html`
      <${Picture} key=${item.observation.id} evidence_id=${item.observation.evidence_id} width=${item.observation.width} height=${item.observation.height}
        detections=${withBoxes ? item.observation.detections : []} alt=${t("review.picture")} eager />` : html`<div class="skeleton"></div>`}
    <button type="button" class="step previous" aria-label=${t("review.previous")} aria-keyshortcuts="K" disabled=${queue.at === 0} onClick=${() => go(-1)}>
      <${Icon} name="previous" /></button>
    <button type="button" class="step next" aria-label=${t("review.next")} aria-keyshortcuts="J" disabled=${queue.at >= queue.items.length - 1} onClick=${() => go(1)}>
      <${Icon} name="next" /></button>
  </section>`;

/** @param {{desk: Desk}} props */
const Actions = ({ desk: { item, asked, options, accept, undo, choose, ask } }) => html`
  <div class="verdict-actions">
    ${asked && html`<${Choices} what=${asked} options=${options} onChoose=${choose} onCancel=${() => ask(null)} />`}
    <div class="verdict-main">
      <button type="button" class="button reject" aria-keyshortcuts="X" aria-expanded=${asked === "reason"} onClick=${() => ask("reason")} disabled=${!item}>
        <${Icon} name="cross" />${t("review.reject")}<kbd>X</kbd></button>
      <button type="button" class="button primary accept" aria-keyshortcuts="A" onClick=${accept} disabled=${!item}>
        <${Icon} name="check" />${t("review.accept")}<kbd>A</kbd></button>
    </div>
    <div class="verdict-more">
      <button type="button" class="button plain" aria-keyshortcuts="C" aria-expanded=${asked === "condition"} onClick=${() => ask("condition")} disabled=${!item}>
        ${t("review.other_condition")}<kbd>C</kbd></button>
      <button type="button" class="button plain" aria-keyshortcuts="U" onClick=${undo}>${t("review.undo")}<kbd>U</kbd></button>
    </div>
  </div>`;

void start("review", Review);
