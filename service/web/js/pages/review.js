/** The review queue: one picture after another, one key for each, and the hand never waits. */

import { Neighbours, Suggestion } from "../around.js";
import { EditActions, EditStage, useBoxEditor } from "../boxeditor.js";
import { Compare, useCompare } from "../compare.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";
import { useKeys } from "../keys.js";
import { Picture } from "../picture.js";
import { keysOf, useDesk } from "../reviewdesk.js";
import { ReviewFacts } from "../reviewfacts.js";
import { Choices, Counts, Done, KeyHelp, Strip } from "../reviewparts.js";
import { start } from "../shell.js";
import { Why } from "../why.js";

/** @typedef {import("../reviewdesk.js").Desk} Desk */

/** @param {{session: import("../shell.js").Session}} props */
function Review({ session }) {
  const desk = useDesk(session.login);
  const [helping, setHelping] = useState(false);
  const { queue, outbox, item, asked } = desk;
  const Part = !item ? Looking : asked === "boxes" ? Drawing : asked === "earlier" ? LookingBack : Looking;
  if (queue.loaded && !item && queue.rest === 0) return html`<${Done} queue=${queue} outbox=${outbox} onUndo=${desk.undo} />`;
  return html`
    <div class="review">
      <div class="review-head">
        <h1>${t("nav.review")}</h1><${Counts} queue=${queue} outbox=${outbox} />
        <button type="button" class="icon-button" aria-label=${t("review.help")} aria-keyshortcuts="?" onClick=${() => setHelping(true)}>
          <${Icon} name="help" /></button>
      </div>
      <${Part} key=${Part === Looking ? "looking" : item?.observation.id} desk=${desk} onHelp=${() => setHelping(true)} />
      <${Strip} items=${queue.items} at=${queue.at} onGo=${(/** @type {number} */ to) => desk.go(to - queue.at)} />
      ${helping && html`<${KeyHelp} onClose=${() => setHelping(false)} />`}
    </div>`;
}

/** @param {{desk: Desk, onHelp: () => void}} props */
function Looking({ desk, onHelp }) {
  const [withBoxes, setWithBoxes] = useState(true);
  const { item, asked, around, merge, ask } = desk;
  useKeys({ ...keysOf(desk), b: () => setWithBoxes(!withBoxes), "?": onHelp });
  return html`
    ${item && asked === "merge" ? html`<${Neighbours} observation=${item.observation} neighbours=${around.neighbours} onMerge=${merge} />` : html`<${Stage} desk=${desk} withBoxes=${withBoxes} />`}
    <aside class=${asked === "reason" || asked === "condition" ? "verdict card asking" : "verdict card"}>
      ${item && html`<${ReviewFacts} item=${item} bare=${asked === "why"}>
        ${asked === "why" && item.ticket ? html`<${Why} key=${item.ticket.id} ticketId=${item.ticket.id} open />` : around.neighbours.length > 0 && asked !== "merge" && html`<${Suggestion} neighbour=${around.neighbours[0]} onAsk=${() => ask("merge")} />`}
      </${ReviewFacts}>`}
      <${Actions} desk=${desk} />
    </aside>`;
}

/** @param {{desk: Desk, onHelp: () => void}} props the same place from before */
function LookingBack({ desk, onHelp }) {
  const compare = useCompare(desk.item.observation, desk.around.earlier);
  useKeys({ ...keysOf(desk), ...compare.keys, "?": onHelp });
  return html`
    <${Compare} compare=${compare} />
    <aside class="verdict card"><${ReviewFacts} item=${desk.item} /><${Actions} desk=${desk} /></aside>`;
}

/** @param {{desk: Desk, onHelp: () => void}} props the same place while boxes are drawn */
function Drawing({ desk, onHelp }) {
  const editor = useBoxEditor(desk.item.observation, { onSave: desk.judge, onLeave: () => desk.ask(null) });
  useKeys({ ...editor.keys, "?": onHelp });
  return html`
    <${EditStage} editor=${editor} />
    <aside class="verdict card asking"><${ReviewFacts} item=${desk.item}><p class="quiet small edit-hint">${t("boxes_edit.hint")}</p></${ReviewFacts}><${EditActions} editor=${editor} /></aside>`;
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
const Actions = ({ desk: { item, asked, can, options, accept, undo, choose, ask } }) => html`
  <div class="verdict-actions">
    ${(asked === "reason" || asked === "condition") && html`<${Choices} what=${asked} options=${options} onChoose=${choose} onCancel=${() => ask(null)} />`}
    <div class="verdict-main">
      <button type="button" class="button reject" aria-keyshortcuts="X" aria-expanded=${asked === "reason"} onClick=${() => ask("reason")} disabled=${!item}>
        <${Icon} name="cross" />${t("review.reject")}<kbd>X</kbd></button>
      <button type="button" class="button primary accept" aria-keyshortcuts="A" onClick=${accept} disabled=${!item}>
        <${Icon} name="check" />${t("review.accept")}<kbd>A</kbd></button>
    </div>
    <div class="verdict-more">
      <button type="button" class="button plain" aria-keyshortcuts="C" aria-expanded=${asked === "condition"} onClick=${() => ask("condition")} disabled=${!item}>
        ${t("review.other_condition")}<kbd>C</kbd></button>
      <button type="button" class="button plain" aria-keyshortcuts="E" onClick=${() => ask("boxes")} disabled=${!item}>${t("review.boxes")}<kbd>E</kbd></button>
      <button type="button" class="button plain" aria-keyshortcuts="H" aria-pressed=${asked === "earlier"} onClick=${() => ask("earlier")} disabled=${!can.earlier}>${t("review.earlier")}<kbd>H</kbd></button>
      <button type="button" class="button plain" aria-keyshortcuts="W" aria-pressed=${asked === "why"} onClick=${() => ask("why")} disabled=${!can.why}>${t("review.why")}<kbd>W</kbd></button>
      <button type="button" class="button plain" aria-keyshortcuts="U" onClick=${undo}>${t("review.undo")}<kbd>U</kbd></button>
    </div>
  </div>`;

void start("review", Review);
