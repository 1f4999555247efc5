/** A street picture with the boxes that were found on it; the overlay's viewBox is the picture's own pixels. */

import { pictureHref } from "./api.js";
import { colourOf, conditionName, kindName } from "./catalog.js";
import { html, useState } from "./html.js";
import { percent, t } from "./i18n.js";

/** @typedef {{kind: string, condition?: string | null, score?: number | null, xyxy: [number, number, number, number]}} Detection */

/** @param {Detection} detection */
export const labelOf = ({ kind, condition }) => (kind ? kindName(kind) : conditionName(condition));

/** @param {{detection: Detection, width: number, height: number}} props a label at the top left corner of its box, inside the picture */
function Label({ detection, width, height }) {
  const [x0, y0, , y1] = detection.xyxy;
  const above = y0 / height > 0.06;
  const at = {
    "--c": colourOf(detection.condition),
    left: `${Math.min(88, Math.max(0, (100 * x0) / width))}%`,
    top: `${(100 * (above ? y0 : y1)) / height}%`,
  };
  return html`
    <span class=${above ? "box-label above" : "box-label"} style=${at}>
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
        ${!bare && detections.map((detection) => html`<${Label} detection=${detection} width=${w} height=${h} />`)}`}
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
