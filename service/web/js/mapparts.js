/** What lies on the map: ground, street names, pins, cameras. */

import { linesOf, pathOf } from "./geo.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { lang, t } from "./i18n.js";
import { layerOf, nameOf } from "./streets.js";

/** From the lowest to the highest; a layer that is not named here lies between green and street. */
const ORDER = ["district", "grid", "water", "green", "block", "building", "street"];
const DEFAULT_WIDTH_M = 9;

/** @param {any} feature */
const rank = (feature) => ORDER.indexOf(layerOf(feature));

/** @param {{streets: any, origin: {lat: number, lon: number}}} props in metres; drawn once, then only moved */
export function Ground({ streets, origin }) {
  const shapes = streets.features.filter((/** @type {any} */ { geometry }) => geometry.type !== "Point")
    .toSorted((/** @type {any} */ a, /** @type {any} */ b) => rank(a) - rank(b))
    .map((/** @type {any} */ feature) => ({ layer: layerOf(feature), d: pathOf(feature.geometry, origin), width: feature.properties?.width_m ?? DEFAULT_WIDTH_M }));
  const roads = shapes.filter((/** @type {any} */ { layer }) => layer === "street");
  return html`
    ${shapes.filter((/** @type {any} */ { layer }) => layer !== "street" && layer !== "grid").map((/** @type {any} */ { layer, d }) => html`<path class=${layer} d=${d} />`)}
    ${roads.map((/** @type {any} */ { d, width }) => html`<path class="kerb" d=${d} stroke-width=${width + 3} />`)}
    ${roads.map((/** @type {any} */ { d, width }) => html`<path class="street" d=${d} stroke-width=${width} />`)}
    ${shapes.filter((/** @type {any} */ { layer }) => layer === "grid").map((/** @type {any} */ { d }) => html`<path class="grid" d=${d} vector-effect="non-scaling-stroke" />`)}`;
}

/** @param {{streets: any, at: (place: {lat: number, lon: number}) => {x: number, y: number}, scale: number}} props names along the longest piece of each street */
export function Names({ streets, at, scale }) {
  const words = streets.features.filter((/** @type {any} */ feature) => ["street", "water", "green"].includes(layerOf(feature)) && nameOf(feature)).map((/** @type {any} */ feature) => {
    const points = linesOf(feature.geometry)[0].map(([lon, lat]) => at({ lon, lat }));
    return { name: nameOf(feature), layer: layerOf(feature), ...(layerOf(feature) === "street" ? alongLongest(points) : centre(points)) };
  });
  return words.filter(({ name, room }) => room > name.length * (lang === "zh" ? 13 : 7) && scale > 0.1).map(({ name, layer, x, y, turn }) => html`
    <text class="name ${layer}" transform=${`translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn.toFixed(1)})`}>${name}</text>`);
}

/** @param {{x: number, y: number}[]} points */
function alongLongest(points) {
  let best = { x: 0, y: 0, turn: 0, room: 0 };
  for (const [index, to] of points.entries()) {
    const from = points[index - 1] ?? to;
    const room = Math.hypot(to.x - from.x, to.y - from.y);
    if (room <= best.room) continue;
    const turn = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
    best = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, room, turn: turn > 90 || turn <= -90 ? turn + 180 : turn };
  }
  return best;
}

/** @param {{x: number, y: number}[]} points */
function centre(points) {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2, turn: 0, room: Math.max(...xs) - Math.min(...xs) };
}

/**
 * @param {{cluster: {point: {x: number, y: number}, pins: any[]}, chosen?: string | null, onChoose?: (id: string) => void, onCloser?: (pins: any[]) => void}} props
 */
export function Pin({ cluster: { point, pins }, chosen, onChoose, onCloser }) {
  const [pin] = pins;
  const place = { transform: `translate(${point.x.toFixed(1)}px, ${point.y.toFixed(1)}px)`, "--c": pin.colour };
  if (pins.length > 1) {
    return html`<button type="button" class="cluster" style=${place} aria-label=${t("map.cluster", { count: pins.length })} onClick=${() => onCloser?.(pins)}>${pins.length}</button>`;
  }
  return html`
    <button type="button" class=${`pin${pin.faded ? " faded" : ""}`} style=${place} aria-label=${pin.label} aria-pressed=${pin.id === chosen} onClick=${() => onChoose?.(pin.id)}>
      <svg viewBox="0 0 28 36" width="28" height="36" aria-hidden="true"><path d="M14 35S26 22.5 26 13.5a12 12 0 0 0-24 0C2 22.5 14 35 14 35" /><circle cx="14" cy="13.5" r="4.5" /></svg>
    </button>`;
}

/** @param {{camera: any, point: {x: number, y: number}}} props with the cone that it looks into */
export const CameraMark = ({ camera, point }) => html`
  <div class="camera-mark ${camera.state ?? ""}" style=${{ transform: `translate(${point.x.toFixed(1)}px, ${point.y.toFixed(1)}px)` }} role="img" aria-label=${camera.label} title=${camera.label}>
    ${typeof camera.heading_deg === "number" && html`<svg class="cone" viewBox="-40 -40 80 80" width="80" height="80" aria-hidden="true" style=${{ rotate: `${camera.heading_deg}deg` }}><path d="M0 0 -18 -36A40 40 0 0 1 18 -36Z" /></svg>`}
    <span><${Icon} name="camera" size=${14} /></span>
  </div>`;
