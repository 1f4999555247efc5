/** A camera's picture with its zones over it, as an SVG in pixels of the picture; corners by pointer or by keyboard. */

import { html, useRef } from "../html.js";
import { t } from "../i18n.js";
import { middles, moved, shifted, split, without } from "./zoneshapes.js";

/** @typedef {import("./zoneshapes.js").Corner} Corner */
/** @typedef {{id: string, use: string, polygon: Corner[], conditions: string[], place: any, premises?: string | null}} Zone */

const STEPS = /** @type {Record<string, Corner>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
const FAR_STEP_PX = 10;

/** @param {{zones: Zone[], chosen: number, size: {width: number, height: number}, href: string | null, mayDraw: boolean, onChoose: (at: number) => void, onShape: (at: number, polygon: Corner[]) => void}} props */
export function ZoneCanvas({ zones, chosen, size, href, mayDraw, onChoose, onShape }) {
  const svg = useRef(/** @type {SVGSVGElement | null} */ (null));
  const { width, height } = size;
  const unit = Math.max(width, height) / 100;
  const points = (/** @type {Corner[]} */ polygon) => polygon.map(([x, y]) => `${x * width},${y * height}`).join(" ");
  const shareAt = (/** @type {PointerEvent} */ event) => {
    const matrix = svg.current?.getScreenCTM()?.inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return /** @type {Corner} */ ([x / width, y / height]);
  };
  /** Follows a pointer from here to where it is let go. @param {PointerEvent} event @param {(at: Corner) => void} follow */
  const drag = (event, follow) => {
    event.preventDefault();
    event.stopPropagation();
    const holder = /** @type {Element} */ (event.currentTarget);
    holder.setPointerCapture(event.pointerId);
    const move = (/** @type {any} */ later) => follow(shareAt(later));
    holder.addEventListener("pointermove", move);
    holder.addEventListener("lostpointercapture", () => holder.removeEventListener("pointermove", move), { once: true });
    /** @type {any} */ (holder).focus?.();
  };
  const onZone = (/** @type {number} */ at) => (/** @type {PointerEvent} */ event) => {
    onChoose(at);
    if (!mayDraw) return;
    const [x, y] = shareAt(event);
    const polygon = zones[at].polygon;
    drag(event, ([to_x, to_y]) => onShape(at, shifted(polygon, to_x - x, to_y - y)));
  };
  const onKey = (/** @type {number} */ index) => (/** @type {KeyboardEvent} */ event) => {
    const polygon = zones[chosen].polygon;
    const step = STEPS[event.key];
    if (step) {
      const far = event.shiftKey ? FAR_STEP_PX : 1;
      const [x, y] = polygon[index];
      onShape(chosen, moved(polygon, index, [x + (step[0] * far) / width, y + (step[1] * far) / height]));
    } else if (event.key === "Delete" || event.key === "Backspace") onShape(chosen, without(polygon, index));
    else if (event.key === "Insert" || event.key === "+") onShape(chosen, split(polygon, index));
    else return;
    event.preventDefault();
  };
  const zone = mayDraw ? zones[chosen] : undefined;
  return html`<svg ref=${svg} class="zones" viewBox="0 0 ${width} ${height}" role="group" aria-label=${t("zones.picture")}>
    ${href && html`<image href=${href} width=${width} height=${height} />`}
    ${zones.map(({ id, use, polygon }, at) => html`<polygon key=${id} class="zone ${use} ${at === chosen ? "chosen" : ""}" data-zone=${id} points=${points(polygon)} onPointerDown=${onZone(at)}><title>${id}</title></polygon>`)}
    ${zone && middles(zone.polygon).map(([x, y], side) => html`<circle key="side-${side}" class="side-middle" cx=${x * width} cy=${y * height} r=${unit * 0.7}
      onPointerDown=${(/** @type {PointerEvent} */ event) => {
        const grown = split(zone.polygon, side);
        onShape(chosen, grown);
        event.preventDefault();
      }}><title>${t("zones.add_corner")}</title></circle>`)}
    ${zone?.polygon.map(([x, y], index) => html`<circle key="corner-${index}" class="corner" cx=${x * width} cy=${y * height} r=${unit} tabindex="0" role="button"
      aria-label=${t("zones.corner", { index: index + 1, count: zone.polygon.length })}
      onPointerDown=${(/** @type {PointerEvent} */ event) => drag(event, (to) => onShape(chosen, moved(zone.polygon, index, to)))} onKeyDown=${onKey(index)} />`)}
  </svg>`;
}
