/** The box editor: the boxes of a picture in its own pixels, by pointer, by finger or by keyboard alone. */

import { pictureHref } from "./api.js";
import { beginning, editAfter, verdictOf } from "./boxedits.js";
import { HANDLES, handleAt } from "./boxgeometry.js";
import { catalog, colourOf, conditionName } from "./catalog.js";
import { html, useEffect, useMemo, useReducer, useRef } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";

/** @typedef {import("./boxedits.js").EditAct} EditAct */

const ZOOM = 1.4;
const NUDGE_PX = 2;
const HELD_DOWN = 6;

/** @param {SVGSVGElement | null} paper @returns {number} how many pixels of the picture one of the screen covers */
const pixelsPerPoint = (paper) => 1 / (paper?.getScreenCTM()?.a || 1);

/**
 * @param {Api.ObservationAnswer} observation @param {{onSave: (verdict: Partial<Api.VerdictWish>) => void, onLeave: () => void}} told
 * @returns what `EditStage` and `EditActions` draw, with the keys that go with it
 */
export function useBoxEditor(observation, { onSave, onLeave }) {
  const [edit, act] = useReducer(editAfter, observation, beginning);
  const paper = useRef(/** @type {SVGSVGElement | null} */ (null));
  const save = () => (edit.boxes.length > 0 || observation.detections.length === 0) && onSave(verdictOf(observation, edit));
  const nudge = (/** @type {number} */ _, /** @type {KeyboardEvent} */ event) => {
    const step = Math.max(1, Math.round(NUDGE_PX * pixelsPerPoint(paper.current))) * (event.repeat ? HELD_DOWN : 1);
    act({ type: "nudge", key: event.key.toLowerCase(), step, grows: event.shiftKey });
  };
  const keys = {
    arrowleft: nudge, arrowright: nudge, arrowup: nudge, arrowdown: nudge,
    n: () => act({ type: "add" }), delete: () => act({ type: "remove" }), backspace: () => act({ type: "remove" }),
    "+": () => act({ type: "zoom", factor: ZOOM }), "=": () => act({ type: "zoom", factor: ZOOM }), "-": () => act({ type: "zoom", factor: 1 / ZOOM }),
    0: () => act({ type: "fit" }), enter: save, a: save, escape: onLeave,
    digit: (/** @type {number} */ number) => catalog.conditions[number - 1] && act({ type: "name", condition: catalog.conditions[number - 1].id }),
  };
  return { observation, edit, act, paper, keys, save, leave: onLeave };
}

/** @typedef {ReturnType<typeof useBoxEditor>} Editor */

/** @param {SVGSVGElement} paper @param {MouseEvent} event @returns {import("./boxgeometry.js").Point} where on the picture */
function placeOf(paper, { clientX, clientY }) {
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(paper.getScreenCTM()?.inverse());
  return { x, y };
}

/** @param {Editor} editor what the pointer does on the paper */
function pointerOf({ act, edit, paper }) {
  const take = (/** @type {any} */ event) => {
    if (!paper.current || event.button > 1) return;
    const { index, handle } = event.target.dataset;
    const from = placeOf(paper.current, event);
    paper.current.setPointerCapture(event.pointerId);
    const what = event.button === 1 || event.shiftKey ? "view" : handle ? "handle" : index === undefined ? "paper" : "box";
    act({ type: "take", what, from, handle, at: index === undefined ? undefined : Number(index) });
  };
  return {
    onPointerDown: take,
    onPointerMove: (/** @type {any} */ event) => edit.held && paper.current && act({ type: "pull", to: placeOf(paper.current, event) }),
    onPointerUp: () => act({ type: "drop" }),
    onPointerCancel: () => act({ type: "drop" }),
    onWheel: (/** @type {any} */ event) => {
      event.preventDefault();
      if (paper.current) act({ type: "zoom", factor: event.deltaY < 0 ? ZOOM : 1 / ZOOM, around: placeOf(paper.current, event) });
    },
  };
}

/** @param {{editor: Editor}} props the picture with its boxes, and the tools above it */
export function EditStage({ editor }) {
  const { observation: { evidence_id, width, height }, edit, act, paper } = editor;
  const { x, y, width: shown, height: tall } = edit.view;
  useEffect(() => /** @type {HTMLElement | undefined} */ (paper.current?.querySelector(`[data-box="${edit.at}"]`))?.focus({ preventScroll: true }), [edit.at, edit.boxes.length]);
  const order = useMemo(() => edit.boxes.map((_, index) => index).sort((a, b) => Number(a === edit.at) - Number(b === edit.at)), [edit.boxes.length, edit.at]);
  return html`
    <section class="stage editing" aria-label=${t("boxes_edit.title")} style=${{ "--c": colourOf(edit.condition) }}>
      <svg ref=${paper} class=${`paper holds-${edit.held?.what ?? "nothing"}`} viewBox=${`${x} ${y} ${shown} ${tall}`} role="group" aria-label=${t("boxes_edit.paper")} ...${pointerOf(editor)}>
        <image href=${pictureHref(evidence_id)} width=${width} height=${height} preserveAspectRatio="none" />
        ${order.map((index) => html`<${EditedBox} key=${index} editor=${editor} index=${index} />`)}
        ${edit.draft && html`<${Outline} box=${edit.draft} />`}
      </svg>
      <div class="edit-tools" role="toolbar" aria-label=${t("boxes_edit.tools")}>
        <button type="button" class="button" aria-keyshortcuts="N" onClick=${() => act({ type: "add" })}><${Icon} name="plus" />${t("boxes_edit.add")}<kbd>N</kbd></button>
        <button type="button" class="button" aria-keyshortcuts="Delete" disabled=${edit.at < 0} onClick=${() => act({ type: "remove" })}><${Icon} name="cross" />${t("boxes_edit.remove")}<kbd>Del</kbd></button>
        <button type="button" class="icon-button" aria-label=${t("boxes_edit.closer")} aria-keyshortcuts="+" onClick=${() => act({ type: "zoom", factor: ZOOM })}><${Icon} name="plus" /></button>
        <button type="button" class="icon-button" aria-label=${t("boxes_edit.farther")} aria-keyshortcuts="-" onClick=${() => act({ type: "zoom", factor: 1 / ZOOM })}><${Icon} name="minus" /></button>
        <button type="button" class="icon-button" aria-label=${t("boxes_edit.fit")} aria-keyshortcuts="0" onClick=${() => act({ type: "fit" })}><${Icon} name="fit" /></button>
      </div>
      <p class="only-heard" aria-live="polite">${edit.boxes[edit.at] && wordsOf(editor, edit.at)}</p>
    </section>`;
}

/** @param {Editor} editor @param {number} index */
function wordsOf({ edit }, index) {
  const [x0, y0, x1, y1] = edit.boxes[index].map(Math.round);
  return t("boxes_edit.box", { index: index + 1, all: edit.boxes.length, width: x1 - x0, height: y1 - y0, x: x0, y: y0 });
}

/** @param {{box: import("./boxgeometry.js").Xyxy}} props drawn twice, so that it stands out on light and on dark ground */
function Outline({ box: [x0, y0, x1, y1] }) {
  const place = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
  return html`<rect class="halo" ...${place} /><rect class="box" ...${place} />`;
}

/** @param {{editor: Editor, index: number}} props */
function EditedBox({ editor, index }) {
  const { edit, act } = editor;
  const box = edit.boxes[index];
  const [x0, y0, x1, y1] = box;
  const chosen = index === edit.at;
  return html`
    <g class=${chosen ? "edited chosen" : "edited"} data-box=${index} tabindex="0" role="img" aria-label=${wordsOf(editor, index)} onFocus=${() => !chosen && act({ type: "select", at: index })}>
      <${Outline} box=${box} />
      <rect class="grip" x=${x0} y=${y0} width=${x1 - x0} height=${y1 - y0} data-index=${index} />
      ${chosen && HANDLES.map((handle) => {
        const { x, y } = handleAt(box, handle);
        return html`<path class="handle-rim" d=${`M${x} ${y}h0`} /><path class="handle-dot" d=${`M${x} ${y}h0`} /><path class="handle ${handle}" d=${`M${x} ${y}h0`} data-index=${index} data-handle=${handle} />`;
      })}
    </g>`;
}

/** @param {{editor: Editor}} props what it is, and the way out */
export const EditActions = ({ editor: { observation, edit, act, save, leave } }) => html`
  <div class="verdict-actions">
    <fieldset class="reasons">
      <legend>${t("review.ask_condition")}</legend>
      ${catalog.conditions.slice(0, 9).map(({ id }, index) => html`
        <button key=${id} type="button" class="reason" aria-keyshortcuts=${index + 1} aria-pressed=${id === edit.condition} onClick=${() => act({ type: "name", condition: id })}>
          <kbd>${index + 1}</kbd><span>${conditionName(id)}</span></button>`)}
    </fieldset>
    <div class="verdict-main">
      <button type="button" class="button" aria-keyshortcuts="Escape" onClick=${leave}>${t("cancel")}<kbd>Esc</kbd></button>
      <button type="button" class="button primary accept" aria-keyshortcuts="Enter" disabled=${edit.boxes.length === 0 && observation.detections.length > 0} onClick=${save}>
        <${Icon} name="check" />${t("boxes_edit.save")}<kbd>↵</kbd></button>
    </div>
  </div>`;
