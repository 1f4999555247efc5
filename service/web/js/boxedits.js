/** What a reviewer does to the boxes of a picture, step by step; and the verdict that comes of it. */

import { drawn, following, fresh, middleOf, moved, nudged, panned, resized, rounded, sameBoxes, whole, zoomed } from "./boxgeometry.js";

/** @typedef {import("./boxgeometry.js").Xyxy} Xyxy */
/** @typedef {import("./boxgeometry.js").Point} Point */
/** @typedef {import("./boxgeometry.js").Handle} Handle */

/**
 * `at` is the box that keys and handles work on, -1 where there is none; `draft` is one that is being drawn; `held` is
 * what the pointer has taken, and where.
 * @typedef {{boxes: Xyxy[], at: number, view: import("./boxgeometry.js").View, size: import("./boxgeometry.js").Size, condition: string,
 *   draft: Xyxy | null, held: Held | null}} Edit
 */

/** @typedef {{from: Point, what: "box" | "handle" | "paper" | "view", handle?: Handle, box?: Xyxy}} Held */

/**
 * @typedef {{type: "select", at: number} | {type: "add"} | {type: "remove"} | {type: "nudge", key: string, step: number, grows: boolean}
 *   | {type: "zoom", factor: number, around?: Point} | {type: "fit"} | {type: "name", condition: string}
 *   | {type: "take", what: Held["what"], from: Point, at?: number, handle?: Handle} | {type: "pull", to: Point} | {type: "drop"}} EditAct
 */

/** @param {{detections: {xyxy: Xyxy}[], width: number, height: number, condition: string}} observation @returns {Edit} */
export function beginning({ detections, width, height, condition }) {
  const size = { width, height };
  return { boxes: detections.map(({ xyxy }) => xyxy), at: detections.length ? 0 : -1, view: whole(size), size, condition, draft: null, held: null };
}

/** @param {Edit} edit @param {Xyxy} box @returns {Edit} the chosen box replaced, and in view */
const withBox = (edit, box) => ({ ...edit, boxes: edit.boxes.with(edit.at, box), view: following(edit.view, box, edit.size) });

/** @param {Edit} edit @param {Xyxy} box @returns {Edit} */
const withMore = (edit, box) => ({ ...edit, boxes: [...edit.boxes, box], at: edit.boxes.length });

/** @param {Edit} edit @returns {Edit} */
function withLess(edit) {
  if (edit.at < 0) return edit;
  const boxes = edit.boxes.toSpliced(edit.at, 1);
  return { ...edit, boxes, at: Math.min(edit.at, boxes.length - 1) };
}

/** @param {Edit} edit @param {number} factor @param {Point} [around] the chosen box where nobody says */
function closer(edit, factor, around) {
  const box = edit.boxes[edit.at];
  const { x, y, width, height } = edit.view;
  return { ...edit, view: zoomed(edit.view, factor, around ?? middleOf(box ?? [x, y, x + width, y + height]), edit.size) };
}

/** @param {Edit} edit @param {Point} to @returns {Edit} */
function pulled(edit, to) {
  const { held } = edit;
  if (!held) return edit;
  const [dx, dy] = [to.x - held.from.x, to.y - held.from.y];
  if (held.what === "paper") return { ...edit, draft: drawn(held.from, to, edit.size) };
  if (held.what === "view") return { ...edit, view: panned(edit.view, -dx, -dy, edit.size) };
  if (!held.box) return edit;
  const box = held.what === "handle" && held.handle ? resized(held.box, held.handle, to, edit.size) : moved(held.box, dx, dy, edit.size);
  return { ...edit, boxes: edit.boxes.with(edit.at, box) };
}

/** @param {Edit} edit @param {EditAct} act @returns {Edit} */
export function editAfter(edit, act) {
  switch (act.type) {
    case "select":
      return { ...edit, at: act.at };
    case "add":
      return withMore(edit, fresh(edit.view));
    case "remove":
      return withLess(edit);
    case "nudge":
      return edit.at < 0 ? edit : withBox(edit, nudged(edit.boxes[edit.at], act.key, act.step, act.grows, edit.size));
    case "zoom":
      return closer(edit, act.factor, act.around);
    case "fit":
      return { ...edit, view: whole(edit.size) };
    case "name":
      return { ...edit, condition: act.condition };
    case "take": {
      const at = act.at ?? edit.at;
      return { ...edit, at, held: { what: act.what, from: act.from, handle: act.handle, box: edit.boxes[at] } };
    }
    case "pull":
      return pulled(edit, act.to);
    case "drop": {
      const let_go = { ...edit, held: null, draft: null };
      return edit.draft ? withMore(let_go, edit.draft) : let_go;
    }
  }
}

/**
 * @param {{detections: {xyxy: Xyxy}[], condition: string}} observation as it was @param {Edit} edit
 * @returns {Partial<Api.VerdictWish>} what the reviewer has said by it: no more than what changed
 */
export function verdictOf(observation, { boxes, condition }) {
  const renamed = condition !== observation.condition;
  if (boxes.length === 0 || sameBoxes(boxes, observation.detections.map(({ xyxy }) => xyxy))) {
    return renamed ? { verdict: "other_condition", condition } : { verdict: true };
  }
  const told = boxes.map(rounded);
  return { verdict: "other_box", xyxy: told[0], boxes: told, ...(renamed && { condition }) };
}
