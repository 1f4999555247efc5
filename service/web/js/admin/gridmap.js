/** The duty grids over the city's streets, drawn in metres; where two lie on each other and where there is a hole. */

import { linesOf, pathOf, toMetres } from "../geo.js";
import { html, useMemo } from "../html.js";
import { inLang, number, t } from "../i18n.js";
import { Ground } from "../mapparts.js";
import { streetMap } from "../streets.js";

const MARGIN_M = 30;
const HUES = 8;

/** @param {{grids: any[], coverage: any}} props */
export function GridMap({ grids, coverage }) {
  const shapes = useMemo(() => grids.map((grid) => ({ grid, geometry: { type: "Polygon", coordinates: grid.rings } })), [grids]);
  if (shapes.length === 0) return html`<p class="quiet">${t("places.no_grids")}</p>`;
  const [[lon, lat]] = shapes[0].geometry.coordinates[0];
  const origin = { lat, lon };
  const corners = shapes.flatMap(({ geometry }) => linesOf(geometry).flat()).map(([x, y]) => toMetres({ lat: y, lon: x }, origin));
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs) - MARGIN_M, Math.min(...ys) - MARGIN_M];
  const [width, height] = [Math.max(...xs) - left + MARGIN_M, Math.max(...ys) - top + MARGIN_M];
  const streets = [...new Set(grids.map((grid) => grid.street))];
  const letter = width / 70;
  const middle = (/** @type {any} */ geometry) => {
    const points = geometry.coordinates[0].slice(1).map((/** @type {[number, number]} */ [x, y]) => toMetres({ lat: y, lon: x }, origin));
    return { x: points.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.x, 0) / points.length, y: points.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.y, 0) / points.length };
  };
  const spots = [...(coverage?.holes ?? []).map((/** @type {any} */ one) => ({ ...one, kind: "hole" })), ...(coverage?.overlaps ?? []).map((/** @type {any} */ one) => ({ ...one, kind: "overlap" }))];
  return html`<svg class="grid-map" viewBox="${left} ${top} ${width} ${height}" role="img" aria-label=${t("places.map", { count: grids.length })}>
    <g class="ground"><${Ground} streets=${streetMap} origin=${origin} /></g>
    ${shapes.map(({ grid, geometry }) => html`<path key=${grid.id} class="duty-grid hue-${streets.indexOf(grid.street) % HUES}" d=${pathOf(geometry, origin)} vector-effect="non-scaling-stroke"><title>${inLang(grid.name)} ${grid.id}</title></path>`)}
    ${shapes.map(({ grid, geometry }) => html`<text key=${grid.id} x=${middle(geometry).x} y=${middle(geometry).y} font-size=${letter}>${inLang(grid.name)}</text>`)}
    ${spots.map(({ kind, at, area_m2 }) => html`<circle class=${kind} cx=${toMetres(at, origin).x} cy=${toMetres(at, origin).y} r=${letter}><title>${t(`places.${kind}`, { area: number(Math.round(area_m2)) })}</title></circle>`)}
  </svg>`;
}
