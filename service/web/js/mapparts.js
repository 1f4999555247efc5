/** What lies on the map: ground, street names, pins, cameras. */

import { bordersOf, linesOf, pathOf } from "./geo.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { lang, t } from "./i18n.js";
import { tilesOver } from "./tiles.js";
import { isStreet, kindOf, nameOf, widthOf } from "./streets.js";

/** Areas from the lowest to the highest. */
const ORDER = ["water", "park", "school", "market", "square", "block", "building"];

/** Kinds whose name is written on the map beside those of streets. */
const NAMED = ["water", "park", "school", "market", "square"];

/** @param {{tiles: import("./tiles.js").Tiles, view: import("./geo.js").View, size: {width: number, height: number}, origin: {lat: number, lon: number}}} props */
export const GroundTiles = ({ tiles, view, size, origin }) => html`
  <div class="tiles" aria-hidden="true">${tilesOver(tiles, view, size, origin).map(({ key, href, left, top, width, height }) => html`
    <img key=${key} src=${href} alt="" referrerpolicy="no-referrer" style=${{ left: `${left.toFixed(2)}px`, top: `${top.toFixed(2)}px`, width: `${(width + 0.5).toFixed(2)}px`, height: `${(height + 0.5).toFixed(2)}px` }} />`)}</div>`;

/** @param {{streets: import("./streets.js").StreetMap, origin: {lat: number, lon: number}, bare?: boolean}} props in metres; drawn once, then only moved; `bare`: grids alone, above tiles */
export function Ground({ streets, origin, bare = false }) {
  const shapes = streets.features.filter(({ geometry }) => geometry.type !== "Point")
    .map((feature) => ({ feature, kind: kindOf(feature), d: pathOf(feature.geometry, origin), width: widthOf(feature) }));
  const areas = shapes.filter(({ feature, kind }) => !isStreet(feature) && kind !== "grid").sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const grids = shapes.filter(({ kind }) => kind === "grid").map(({ feature }) => feature.geometry);
  const roads = shapes.filter(({ feature }) => isStreet(feature)).sort((a, b) => a.width - b.width);
  if (bare) return html`<path class="grid" d=${bordersOf(grids, origin)} vector-effect="non-scaling-stroke" />`;
  return html`
    ${areas.map(({ kind, d }) => html`<path class="area ${kind}" d=${d} />`)}
    ${roads.map(({ kind, d, width }) => html`<path class="kerb ${kind}" d=${d} stroke-width=${width + (kind === "path" ? 0 : 2.4)} />`)}
    ${roads.map(({ kind, d, width }) => html`<path class="road ${kind}" d=${d} stroke-width=${width} />`)}
    <path class="grid" d=${bordersOf(grids, origin)} vector-effect="non-scaling-stroke" />`;
}

/** Pixels that a letter of a name takes. */
const LETTER = lang === "zh" ? 13 : 7.5;

/** @param {{streets: import("./streets.js").StreetMap, at: (place: {lat: number, lon: number}) => {x: number, y: number}, scale: number}} props names where there is room for them */
export function Names({ streets, at, scale }) {
  const words = streets.features.filter((feature) => nameOf(feature) && (isStreet(feature) || NAMED.includes(kindOf(feature)))).map((feature) => {
    const points = linesOf(feature.geometry)[0].map(([lon, lat]) => at({ lon, lat }));
    return { name: nameOf(feature), kind: isStreet(feature) ? "road" : kindOf(feature), ...(isStreet(feature) ? alongMiddle(points) : centre(points)) };
  });
  const fitting = words.filter(({ name, room }) => room > name.length * LETTER && scale > 0.1);
  return withoutCollisions(fitting).map(({ name, kind, x, y, turn }) => html`
    <text class="name ${kind}" transform=${`translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${turn.toFixed(1)})`}>${name}</text>`);
}

/**
 * Streets first, the longest before the shorter; a name that would lie on another one is left out.
 * @typedef {{name: string, kind: string, x: number, y: number, room: number, turn: number}} Word
 * @param {Word[]} words @returns {Word[]}
 */
function withoutCollisions(words) {
  /** @type {Word[]} */
  const placed = [];
  for (const word of words.sort((a, b) => Number(b.kind === "road") - Number(a.kind === "road") || b.room - a.room)) {
    const reach = (/** @type {Word} */ other) => ((word.name.length + other.name.length) / 2) * LETTER;
    if (placed.every((other) => Math.abs(other.y - word.y) > 15 || Math.abs(other.x - word.x) > reach(other))) placed.push(word);
  }
  return placed;
}

/** @param {{x: number, y: number}[]} points @returns the middle of a line, which way it runs there, and how long it is */
function alongMiddle(points) {
  const lengths = points.map((to, index) => Math.hypot(to.x - (points[index - 1] ?? to).x, to.y - (points[index - 1] ?? to).y));
  const room = lengths.reduce((sum, length) => sum + length, 0);
  let left = room / 2;
  const index = Math.max(1, lengths.findIndex((length) => (left -= length) <= 0));
  const [from, to] = [points[index - 1], points[index] ?? points[index - 1]];
  const share = lengths[index] ? 1 + left / lengths[index] : 0;
  const turn = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, room, turn: turn > 90 || turn <= -90 ? turn + 180 : turn };
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
  const many = pins.reduce((sum, { count = 1 }) => sum + count, 0);
  if (many > 1) {
    return html`<button type="button" class="cluster" style=${place} aria-label=${t("map.cluster", { count: many })} data-late=${pins.some(({ late }) => late) || undefined} onClick=${() => onCloser?.(pins)}>${many}</button>`;
  }
  return html`
    <button type="button" class=${`pin${pin.faded ? " faded" : ""}${pin.late ? " late" : ""}`} style=${place} aria-label=${pin.label} aria-pressed=${pin.id === chosen} onClick=${() => onChoose?.(pin.id)}>
      <svg viewBox="0 0 28 36" width="28" height="36" aria-hidden="true"><path d="M14 35S26 22.5 26 13.5a12 12 0 0 0-24 0C2 22.5 14 35 14 35" /><circle cx="14" cy="13.5" r="4.5" /></svg>
    </button>`;
}

const SIGHT_M = 40;
const USUAL_FOV_DEG = 54;

/** @param {number} fov_deg @param {number} reach pixels @returns {string} the `d` of what a camera sees that looks up */
export function sightOf(fov_deg, reach) {
  const half = (Math.min(170, fov_deg) * Math.PI) / 360;
  const [x, y] = [reach * Math.sin(half), -reach * Math.cos(half)];
  return `M0 0 ${(-x).toFixed(1)} ${y.toFixed(1)}A${reach} ${reach} 0 0 1 ${x.toFixed(1)} ${y.toFixed(1)}Z`;
}

/** @param {{camera: any, point: {x: number, y: number}, scale: number}} props with the cone that it looks into, as wide as its lens and some 40 m deep */
export const CameraMark = ({ camera, point, scale }) => html`
  <div class="camera-mark ${camera.state ?? ""}" style=${{ transform: `translate(${point.x.toFixed(1)}px, ${point.y.toFixed(1)}px)` }} role="img" aria-label=${camera.label} title=${camera.label}>
    ${typeof camera.heading_deg === "number" && html`<svg class="cone" viewBox="-160 -160 320 320" width="320" height="320" aria-hidden="true" style=${{ rotate: `${camera.heading_deg}deg` }}><path d=${sightOf(camera.fov_deg ?? USUAL_FOV_DEG, Math.round(Math.min(158, Math.max(34, SIGHT_M * scale))))} /></svg>`}
    <span><${Icon} name="camera" size=${14} /></span>
  </div>`;
