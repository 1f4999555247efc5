/** Where it lies thick: the city's own streets, and a glow for every place where something was reported. */

import { linesOf, toMetres } from "./geo.js";
import { html, useMemo } from "./html.js";
import { t } from "./i18n.js";
import { Ground } from "./mapparts.js";
import { streetAt, streetMap } from "./streets.js";

const MARGIN_M = 40;
const GLOW_M = 70;
const NAMED = 3;

/** @typedef {{lat: number, lon: number, count: number}} Spot */

/** @param {{spots: Spot[]}} props */
export function HeatMap({ spots }) {
  const places = useMemo(() => extentOf(spots), [spots.length]);
  if (places.length === 0) return html`<p class="quiet">${t("desk.no_places")}</p>`;
  const [origin] = places;
  const points = places.map((place) => toMetres(place, origin));
  const [left, top] = [Math.min(...points.map(({ x }) => x)) - MARGIN_M, Math.min(...points.map(({ y }) => y)) - MARGIN_M];
  const [width, height] = [Math.max(...points.map(({ x }) => x)) - left + MARGIN_M, Math.max(...points.map(({ y }) => y)) - top + MARGIN_M];
  const most = Math.max(1, ...spots.map(({ count }) => count));
  const ground = html`<${Ground} streets=${streetMap} origin=${origin} />`;
  const thickest = byStreet(spots).slice(0, NAMED).map(([place, count]) => t("desk.heat_place", { place, count }));
  return html`<figure class="heat"><svg viewBox="${left} ${top} ${width} ${height}" role="img" aria-label=${t("desk.heat_said", { places: thickest.join("; ") })}>
    <defs><radialGradient id="glow"><stop offset="0" class="glow-in" /><stop offset="1" class="glow-out" /></radialGradient></defs>
    <g class="ground">${ground}</g>
    ${spots.map(({ lat, lon, count }) => {
      const { x, y } = toMetres({ lat, lon }, origin);
      const share = Math.sqrt(count / most);
      return html`<circle key=${`${lat} ${lon}`} cx=${x} cy=${y} r=${GLOW_M * (0.6 + share)} fill="url(#glow)" opacity=${0.35 + 0.65 * share}><title>${t("desk.heat_place", { place: streetAt({ lat, lon }) || "", count })}</title></circle>`;
    })}</svg>
    <figcaption class="small quiet">${thickest.join(" · ")}</figcaption></figure>`;
}

/** @param {Spot[]} spots @returns {[string, number][]} how many on each street, the most first; a place away from all of them in figures */
function byStreet(spots) {
  const counts = new Map();
  for (const spot of spots) {
    const place = streetAt(spot) || `${spot.lat.toFixed(4)}, ${spot.lon.toFixed(4)}`;
    counts.set(place, (counts.get(place) ?? 0) + spot.count);
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}

/** @param {Spot[]} spots @returns {{lat: number, lon: number}[]} the streets of the city, or the spots where it gave none */
function extentOf(spots) {
  const streets = streetMap.features.filter(({ geometry }) => geometry.type !== "Point").flatMap((feature) => linesOf(feature.geometry)).flat();
  return streets.length > 0 ? streets.map((/** @type {[number, number]} */ [lon, lat]) => ({ lat, lon })) : spots;
}
