/** The city's own street map, fetched once, and the name of the street that a place lies on. */

import { get } from "./api.js";
import { isInside, linesOf, metresToLine } from "./geo.js";
import { inLang, lang } from "./i18n.js";

const NEAR_M = 45;
const METRES_A_DEGREE = 110_000; // a little less than there are: nobody near is left out

/** @typedef {{type: string, properties: Record<string, any> | null, geometry: {type: string, coordinates: any}}} Feature of GeoJSON */
/** @typedef {{features: Feature[], tiles?: import("./tiles.js").Tiles}} StreetMap */
/** @typedef {{name: string, kind: string, geometry: Feature["geometry"], west: number, south: number, east: number, north: number}} Named `west` to `north`: around all that it is the name of */

/** @type {StreetMap} empty until it is loaded */
export let streetMap = { features: [] };

/** @type {{streets: Named[], areas: Named[]}} what a place can be called by */
const named = { streets: [], areas: [] };

/** Loads the map; a page waits for it before it draws. */
export async function loadStreets() {
  streetMap = await get("/api/streets");
  const known = streetMap.features.filter(nameOf);
  named.streets = known.filter(isStreet).map((street) => bounded(street, NEAR_M));
  named.areas = known.filter(({ geometry }) => geometry?.type.endsWith("Polygon")).map((area) => bounded(area, 0));
}

/** How wide a street of a kind is drawn, in metres, where its feature does not say. */
const WIDTHS_M = /** @type {Record<string, number>} */ ({ main: 20, bridge: 14, street: 12, lane: 6.5, path: 3 });

/** @param {Feature} feature @returns {string} what it is: a kind of street, building, water, park, grid ... */
export const kindOf = ({ properties, geometry }) => properties?.kind ?? (geometry.type.endsWith("Polygon") ? "block" : "street");

/** @param {Feature} feature @returns {boolean} */
export const isStreet = (feature) => kindOf(feature) in WIDTHS_M;

/** @param {Feature} feature @returns {number} */
export const widthOf = (feature) => feature.properties?.width_m ?? WIDTHS_M[kindOf(feature)] ?? WIDTHS_M.street;

/** @param {Feature} feature @returns {string} its name in the language of the page */
export function nameOf({ properties }) {
  const { name, name_en, name_zh } = properties ?? {};
  return typeof name === "object" ? inLang(name) : ((lang === "zh" ? name_zh : name_en) ?? name ?? "");
}

/** @param {number[]} all @returns {[number, number]} the least and the most of them */
const ends = (all) => all.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)], [Infinity, -Infinity]);

/** @param {Feature} feature @param {number} near_m @returns {Named} with the degrees within which a place may be called so */
function bounded(feature, near_m) {
  const corners = linesOf(feature.geometry).flat();
  const [west, east] = ends(corners.map(([lon]) => lon));
  const [south, north] = ends(corners.map(([, lat]) => lat));
  const high = near_m / METRES_A_DEGREE;
  const wide = high / Math.cos((Math.max(-south, north) * Math.PI) / 180);
  return { name: nameOf(feature), kind: kindOf(feature), geometry: feature.geometry, west: west - wide, south: south - high, east: east + wide, north: north + high };
}

/** @param {Named} named @param {{lat: number, lon: number}} place */
const isAround = ({ west, south, east, north }, { lat, lon }) => west <= lon && lon <= east && south <= lat && lat <= north;

/** @param {{lat: number, lon: number}} place @returns {string} the nearest named street, else the named park, square or the like around it, "" where there is neither */
export function streetAt(place) {
  let best = { name: "", distance_m: NEAR_M };
  for (const street of named.streets) {
    if (!isAround(street, place)) continue;
    for (const line of linesOf(street.geometry)) {
      const distance_m = metresToLine(place, line);
      if (distance_m < best.distance_m) best = { name: street.name, distance_m };
    }
  }
  return best.name || areaAt(place, (kind) => kind !== "grid");
}

/** @param {{lat: number, lon: number}} place @returns {string} the name of the duty grid around a place, "" where there is none */
export const gridAt = (place) => areaAt(place, (kind) => kind === "grid");

/** @param {{lat: number, lon: number}} place @param {(kind: string) => boolean} wanted @returns {string} */
const areaAt = (place, wanted) => named.areas.find((area) => wanted(area.kind) && isAround(area, place) && isInside(place, area.geometry))?.name ?? "";
