/** Hands on the map: drag, wheel, pinch, double tap and keys change the view; a tap is told apart from a drag. */

import { useEffect, useRef } from "./html.js";
import { zoomed } from "./geo.js";

/** @typedef {import("./geo.js").Point} Point */
/** @typedef {import("./geo.js").View} View */

const TAP_SLACK = 6;
const KEY_STEP = 80;

/** @param {Point[]} points */
const middle = (points) => ({ x: points.reduce((sum, { x }) => sum + x, 0) / points.length, y: points.reduce((sum, { y }) => sum + y, 0) / points.length });

/** @param {Point[]} points @returns {number} pixels between two fingers, 0 for one */
const spread = ([first, second]) => (second ? Math.hypot(first.x - second.x, first.y - second.y) : 0);

/**
 * @param {{box: {current: HTMLElement | null}, view: View, size: {width: number, height: number}, onView: (view: View) => void, onTap: (pixels: Point) => void}} props
 */
export function useGestures(props) {
  const latest = useRef(props);
  latest.current = props;
  const fingers = useRef(/** @type {Map<number, Point>} */ (new Map()));
  const travelled = useRef(0);

  const local = (/** @type {MouseEvent} */ event) => {
    const { left, top } = /** @type {HTMLElement} */ (latest.current.box.current).getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const onGround = (/** @type {Event} */ event) => !(/** @type {HTMLElement} */ (event.target).closest("button, a"));
  const change = (/** @type {View} */ view) => {
    latest.current.view = view;
    latest.current.onView(view);
  };
  const pan = (/** @type {number} */ dx, /** @type {number} */ dy) => {
    const { view } = latest.current;
    change({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale });
  };
  const zoom = (/** @type {number} */ factor, /** @type {Point | undefined} */ anchor = undefined) => {
    const { view, size } = latest.current;
    change(zoomed(view, factor, anchor ?? { x: size.width / 2, y: size.height / 2 }, size));
  };

  useEffect(() => {
    const box = /** @type {HTMLElement} */ (latest.current.box.current);
    const onWheel = (/** @type {WheelEvent} */ event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), local(event));
    };
    box.addEventListener("wheel", onWheel, { passive: false });
    return () => box.removeEventListener("wheel", onWheel);
  }, []);

  return {
    zoom,
    onPointerDown: (/** @type {PointerEvent} */ event) => {
      if (!onGround(event) || event.button > 0) return;
      if (fingers.current.size === 0) travelled.current = 0;
      fingers.current.set(event.pointerId, local(event));
      /** @type {HTMLElement} */ (latest.current.box.current).setPointerCapture(event.pointerId);
    },
    onPointerMove: (/** @type {PointerEvent} */ event) => {
      if (!fingers.current.has(event.pointerId)) return;
      const before = [...fingers.current.values()];
      fingers.current.set(event.pointerId, local(event));
      const after = [...fingers.current.values()];
      const [from, to] = [middle(before), middle(after)];
      travelled.current += Math.hypot(to.x - from.x, to.y - from.y) + Math.abs(spread(after) - spread(before));
      if (travelled.current < TAP_SLACK) return;
      pan(to.x - from.x, to.y - from.y);
      if (after.length === 2) zoom(spread(after) / Math.max(1, spread(before)), to);
    },
    onPointerUp: (/** @type {PointerEvent} */ event) => {
      if (fingers.current.delete(event.pointerId) && fingers.current.size === 0 && travelled.current < TAP_SLACK) latest.current.onTap(local(event));
    },
    onPointerCancel: (/** @type {PointerEvent} */ event) => fingers.current.delete(event.pointerId),
    onDblClick: (/** @type {MouseEvent} */ event) => onGround(event) && zoom(2, local(event)),
    onKeyDown: (/** @type {KeyboardEvent} */ event) => {
      const steps = /** @type {Record<string, () => void>} */ ({
        ArrowLeft: () => pan(KEY_STEP, 0), ArrowRight: () => pan(-KEY_STEP, 0), ArrowUp: () => pan(0, KEY_STEP), ArrowDown: () => pan(0, -KEY_STEP),
        "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5),
        Enter: () => onGround(event) && latest.current.onTap({ x: latest.current.size.width / 2, y: latest.current.size.height / 2 }),
      });
      if (!steps[event.key] || !onGround(event)) return;
      event.preventDefault();
      steps[event.key]();
    },
  };
}
