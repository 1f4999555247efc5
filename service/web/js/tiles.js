/** Map tiles under the pins: which ones a view needs, and where they lie although a Chinese map shifts them. Pure. */

import { fromPixels, toMetres, toPixels, toPlace } from "./geo.js";

/** @typedef {{lat: number, lon: number}} Place */
/** @typedef {{href: string, system: string}} Tiles `system`: wgs84, or gcj02 as Chinese maps are drawn */

const METRES_A_PIXEL = 156_543.034;
const CLOSEST = 18;
const MOST = 160;
const A_GCJ = 6_378_245;
const E2_GCJ = 0.006_693_421_622_965_943;

/** @param {number} at @param {[number, number][]} waves */
const waves = (at, waves) => waves.reduce((sum, [height, often]) => sum + height * Math.sin(at * often * Math.PI), 0);

/** @param {Place} place @returns {Place} as a Chinese map draws it, 300 to 600 m from where it is */
export function toGcj({ lat, lon }) {
  const [x, y] = [lon - 105, lat - 35];
  const near = waves(x, [[20, 6], [20, 2]]);
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + (2 / 3) * (near + waves(y, [[20, 1], [40, 1 / 3], [160, 1 / 12], [320, 1 / 30]]));
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + (2 / 3) * (near + waves(x, [[20, 1], [40, 1 / 3], [150, 1 / 12], [300, 1 / 30]]));
  const turn = (lat * Math.PI) / 180;
  const magic = 1 - E2_GCJ * Math.sin(turn) ** 2;
  const degree = Math.PI / 180;
  return { lat: lat + north / (((A_GCJ * (1 - E2_GCJ)) / magic ** 1.5) * degree), lon: lon + east / ((A_GCJ / Math.sqrt(magic)) * Math.cos(turn) * degree) };
}

/** @param {Place} drawn @returns {Place} where it is; two rounds are right to centimetres */
export function fromGcj(drawn) {
  const once = toGcj(drawn);
  const first = { lat: 2 * drawn.lat - once.lat, lon: 2 * drawn.lon - once.lon };
  const again = toGcj(first);
  return { lat: first.lat + drawn.lat - again.lat, lon: first.lon + drawn.lon - again.lon };
}

/** @param {Place} place @param {number} z @returns {{x: number, y: number}} of the tile that holds it, with its fraction */
export function tileOf({ lat, lon }, z) {
  const turn = (lat * Math.PI) / 180;
  return { x: ((lon + 180) / 360) * 2 ** z, y: ((1 - Math.asinh(Math.tan(turn)) / Math.PI) / 2) * 2 ** z };
}

/** @param {number} x @param {number} y @param {number} z @returns {Place} the north-west corner of a tile */
export const cornerOf = (x, y, z) => ({ lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI, lon: (x / 2 ** z) * 360 - 180 });

/**
 * @param {Tiles} tiles @param {import("./geo.js").View} view @param {{width: number, height: number}} size @param {Place} origin
 * @returns {{key: string, href: string, left: number, top: number, width: number, height: number}[]} in pixels of the map
 */
export function tilesOver({ href, system }, view, size, origin) {
  const [seen, drawn] = system === "gcj02" ? [toGcj, fromGcj] : [same, same];
  const z = Math.max(1, Math.min(CLOSEST, Math.round(Math.log2(METRES_A_PIXEL * Math.cos((origin.lat * Math.PI) / 180) * view.scale))));
  const tileAt = (/** @type {number} */ x, /** @type {number} */ y) => tileOf(seen(toPlace(fromPixels({ x, y }, view, size), origin)), z);
  const [first, last] = [tileAt(0, 0), tileAt(size.width, size.height)];
  const at = (/** @type {number} */ x, /** @type {number} */ y) => toPixels(toMetres(drawn(cornerOf(x, y, z)), origin), view, size);
  const found = [];
  for (let x = Math.floor(first.x); x <= last.x && found.length < MOST; x++) {
    for (let y = Math.floor(first.y); y <= last.y && found.length < MOST; y++) {
      const [from, to] = [at(x, y), at(x + 1, y + 1)];
      const named = href.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
      found.push({ key: `${z}/${x}/${y}`, href: named, left: from.x, top: from.y, width: to.x - from.x, height: to.y - from.y });
    }
  }
  return found;
}

/** @param {Place} place */
const same = (place) => place;
