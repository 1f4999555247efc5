/** The city's own street map, fetched once, and the name of the street that a place lies on. */

import { get } from "./api.js";
import { isInside, linesOf, metresToLine } from "./geo.js";
import { inLang, lang } from "./i18n.js";

const NEAR_M = 45;

/** @typedef {{type: string, properties: Record<string, any> | null, geometry: {type: string, coordinates: any}}} Feature of GeoJSON */
/** @typedef {{features: Feature[], tiles?: import("./tiles.js").Tiles}} StreetMap */

/** @type {StreetMap} empty until it is loaded */
export let streetMap = { features: [] };

/** Loads the map; a page waits for it before it draws. */
export async function loadStreets() {
  streetMap = await get("/api/streets");
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

/** @param {{lat: number, lon: number}} place @returns {string} the nearest named street, else the named park, square or the like around it, "" where there is neither */
export function streetAt(place) {
  let best = { name: "", distance_m: NEAR_M };
  for (const feature of streetMap.features) {
    if (!isStreet(feature) || !nameOf(feature)) continue;
    for (const line of linesOf(feature.geometry)) {
      const distance_m = metresToLine(place, line);
      if (distance_m < best.distance_m) best = { name: nameOf(feature), distance_m };
    }
  }
  return best.name || areaAt(place, (kind) => kind !== "grid");
}

/** @param {{lat: number, lon: number}} place @returns {string} the name of the duty grid around a place, "" where there is none */
export const gridAt = (place) => areaAt(place, (kind) => kind === "grid");

/** @param {{lat: number, lon: number}} place @param {(kind: string) => boolean} wanted @returns {string} */
function areaAt(place, wanted) {
  const around = streetMap.features.find((feature) => wanted(kindOf(feature)) && nameOf(feature) && isInside(place, feature.geometry));
  return around ? nameOf(around) : "";
}
