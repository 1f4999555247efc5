/** A street picture with the boxes that were found on it; the overlay's viewBox is the picture's own pixels. */

import { pictureHref } from "./api.js";
import { colourOf, conditionName, kindName } from "./catalog.js";
import { html, useState } from "./html.js";
import { percent, t } from "./i18n.js";

/** @typedef {{kind: string, condition?: string | null, score?: number | null, xyxy: [number, number, number, number]}} Detection */

/** @param {Detection} detection */
export const labelOf = ({ kind, condition }) => (kind ? kindName(kind) : conditionName(condition));

/** How much of the picture a label takes at most, as shares of its width and height. */
const LABEL = { width: 0.24, height: 0.08 };

/** A box that begins farther right than this has its label at its right end, so that no narrow picture cuts it off. */
const RIGHT_HALF = 0.6;

/**
 * Where the label of each box goes, as shares of the picture: above its box, below it where there is no room, inside it at worst.
 * @param {Detection[]} detections @param {number} width @param {number} height
 * @returns {{x: number, y: number, above: boolean, end: number | null}[]} `x`: where it begins; `end`: where it ends, for one that is set from the right
 */
export function labelPlaces(detections, width, height) {
  /** @type {{x: number, y: number}[]} */
  const taken = [];
  const free = (/** @type {{x: number, y: number}} */ at) => taken.every(({ x, y }) => Math.abs(x - at.x) > LABEL.width || Math.abs(y - at.y) > LABEL.height);
  return detections.map(({ xyxy: [x0, y0, x1, y1] }) => {
    const end = x0 / width > RIGHT_HALF ? Math.min(1, x1 / width) : null;
    const x = end === null ? x0 / width : end - LABEL.width;
    const ways = [{ x, y: y0 / height, above: true }, { x, y: y1 / height, above: false }, { x, y: y0 / height, above: false }, { x, y: y1 / height, above: true }];
    const inside = ways.filter(({ y, above }) => (above ? y >= LABEL.height : y <= 1 - LABEL.height));
    const way = inside.find(({ above, ...at }) => free({ x: at.x, y: above ? at.y - LABEL.height : at.y })) ?? inside[0] ?? ways[2];
    taken.push({ x, y: way.above ? way.y - LABEL.height : way.y });
    return { ...way, end };
  });
}

/** @param {{detection: Detection, place: {x: number, y: number, above: boolean, end: number | null}}} props */
function Label({ detection, place: { x, y, above, end } }) {
  const across = end === null ? { left: `${100 * x}%` } : { right: `${100 * (1 - end)}%` };
  return html`
    <span class=${above ? "box-label above" : "box-label"} style=${{ "--c": colourOf(detection.condition), ...across, top: `${100 * y}%` }}>
      ${labelOf(detection)}${typeof detection.score === "number" && html`<b>${percent(detection.score)}</b>`}
    </span>`;
}

/**
 * @param {{evidence_id?: string | null, href?: string, width: number, height: number, detections?: Detection[], alt: string, bare?: boolean,
 *   eager?: boolean}} props `bare`: boxes without labels, for thumbnails
 */
export function Picture({ evidence_id, href, width, height, detections = [], alt, bare = false, eager = false }) {
  const [size, setSize] = useState(/** @type {[number, number] | null} */ (null));
  const [w, h] = width && height ? [width, height] : (size ?? [4, 3]);
  const places = bare ? [] : labelPlaces(detections, w, h);
  const measured = (/** @type {Event} */ event) => {
    const image = /** @type {HTMLImageElement} */ (event.target);
    setSize([image.naturalWidth, image.naturalHeight]);
  };
  return html`
    <div class=${bare ? "picture bare" : "picture"} style=${{ aspectRatio: `${w} / ${h}`, "--ratio": w / h }}>
      <img src=${href ?? pictureHref(evidence_id)} alt=${alt} width=${w} height=${h} loading=${eager ? "eager" : "lazy"} decoding="async" onLoad=${measured} />
      ${detections.length > 0 && html`
        <svg class="boxes" viewBox=${`0 0 ${w} ${h}`} preserveAspectRatio="none" role="img" aria-label=${t("boxes", { count: detections.length })}>
          ${detections.map((detection) => html`<${Rectangle} detection=${detection} />`)}
        </svg>
        ${places.map((place, index) => html`<${Label} detection=${detections[index]} place=${place} />`)}`}
    </div>`;
}

/** @param {{detection: Detection}} props drawn twice, so that it stands out on light and on dark ground */
function Rectangle({ detection }) {
  const [x0, y0, x1, y1] = detection.xyxy;
  const place = { x: x0, y: y0, width: x1 - x0, height: y1 - y0, rx: 2 };
  return html`
    <rect class="halo" ...${place} />
    <rect class="box" ...${place} style=${{ "--c": colourOf(detection.condition) }} data-kind=${detection.kind} data-xyxy=${detection.xyxy.join(",")} />`;
}
