/** The map of the city's own streets: one SVG that is panned and zoomed, pins as buttons above it. No tiles, no other server. */

import { clustered, fromPixels, linesOf, scaleBar, toMetres, toPixels, toPlace, viewOf } from "./geo.js";
import { html, useEffect, useMemo, useRef, useState } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";
import { CameraMark, Ground, GroundTiles, Names, Pin } from "./mapparts.js";
import { useGestures } from "./mapgestures.js";
import { streetMap } from "./streets.js";

/** @typedef {import("./geo.js").Sight} Sight */
/** @typedef {{id: string, lat: number, lon: number, colour: string, label: string, faded?: boolean, late?: boolean, count?: number, around?: import("./geo.js").Corners}} MapPin `count`: it stands for so many, that lie `around` */
/** @typedef {{id: string, lat: number, lon: number, heading_deg?: number | null, label: string, state?: string}} MapCamera */

const REACH = 26;
const MARGIN_SHARE = 0.035;
const MARGIN_PX = 60;

/** @typedef {{lat: number, lon: number}} Place */

/** @param {import("./streets.js").StreetMap} streets @param {Place[]} pins @returns {Place[]} what the whole map is: its streets, or what lies on it where the city gave none */
function extentOf(streets, pins) {
  const points = streets.features
    .filter(({ geometry }) => geometry.type !== "Point")
    .flatMap((feature) => linesOf(feature.geometry))
    .flat()
    .map((/** @type {[number, number]} */ [lon, lat]) => ({ lat, lon }));
  return points.length > 0 ? points : pins;
}

/** @param {{current: HTMLElement | null}} box @returns {{width: number, height: number}} */
function useSize(box) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setSize({ width: entry.contentRect.width, height: entry.contentRect.height }));
    observer.observe(/** @type {HTMLElement} */ (box.current));
    return () => observer.disconnect();
  }, []);
  return size;
}

/**
 * @param {{pins?: MapPin[], cameras?: MapCamera[], chosen?: string | null, onChoose?: (id: string | null) => void,
 *   picked?: {lat: number, lon: number} | null, onPick?: (place: {lat: number, lon: number}) => void, focus?: {lat: number, lon: number} | null,
 *   extent?: Place[], onLook?: (sight: Sight) => void, label: string}} props `onPick`: a tap puts a pin; `focus`: where to look first, else everything;
 *   `extent`: what the whole map is where the city gave no streets; `onLook` is told what is in sight
 */
export function MapView({ pins = [], cameras = [], chosen, onChoose, picked, onPick, focus, extent: spread = pins, onLook, label }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const size = useSize(box);
  const streets = streetMap;
  const extent = useMemo(() => extentOf(streets, spread), [streets, streets.features.length > 0 || spread.length]);
  const origin = extent[0] ?? { lat: 0, lon: 0 };
  const home = useMemo(() => homeView(extent, size, focus), [extent, size.width, size.height, focus?.lat, focus?.lon]);
  const [moved, setMoved] = useState(/** @type {import("./geo.js").View | null} */ (null));
  const view = moved ?? home;
  useEffect(() => {
    if (onLook && size.width > 0) onLook(sightOf(view, size, origin));
  }, [view, size.width, size.height, origin.lat, origin.lon]);
  const tap = (/** @type {{x: number, y: number}} */ pixels) => {
    if (onPick) onPick(toPlace(fromPixels(pixels, view, size), origin));
    else onChoose?.(null);
  };
  const { zoom, ...hands } = useGestures({ box, view, size, onView: setMoved, onTap: tap });
  const at = (/** @type {{lat: number, lon: number}} */ place) => toPixels(toMetres(place, origin), view, size);
  const [tiled, setTiled] = useState(Boolean(streets.tiles));
  const ground = useMemo(() => html`<${Ground} streets=${streets} origin=${origin} bare=${tiled} />`, [streets, extent, tiled]);
  const clusters = useMemo(() => clustered(pins.map((pin) => ({ ...pin, point: at(pin) })), REACH), [pins, view, size.width, size.height]);
  const bar = scaleBar(view.scale);
  const closer = (/** @type {any[]} */ group) => setMoved(viewOf(group.flatMap(edgesOf).map((place) => toMetres(place, origin)), size, 90));

  return html`
    <div class=${onPick ? "map picking" : "map"} ref=${box} role="application" aria-label=${label} tabindex="0" ...${hands}>
      ${size.width > 0 && html`
        ${tiled && streets.tiles && html`<${GroundTiles} tiles=${streets.tiles} view=${view} size=${size} origin=${origin} />`}
        <svg class="ground" width=${size.width} height=${size.height} aria-hidden="true">
          <g transform=${`translate(${size.width / 2} ${size.height / 2}) scale(${view.scale}) translate(${-view.x} ${-view.y})`}>${ground}</g>
          ${!tiled && html`<${Names} streets=${streets} at=${at} scale=${view.scale} />`}
        </svg>
        <div class="pins">
          ${cameras.map((camera) => html`<${CameraMark} key=${camera.id} camera=${camera} point=${at(camera)} scale=${view.scale} />`)}
          ${clusters.filter(({ point }) => isNear(point, size)).map((cluster) => html`
            <${Pin} key=${cluster.pins[0].id} cluster=${cluster} chosen=${chosen} onChoose=${onChoose} onCloser=${closer} />`)}
          ${picked && html`<${Pin} cluster=${{ point: at(picked), pins: [{ id: "picked", colour: "var(--accent)", label: t("map.picked") }] }} chosen="picked" />`}
        </div>`}
      <div class="map-tools">
        <button type="button" class="icon-button" aria-label=${t("map.closer")} onClick=${() => zoom(1.6)}><${Icon} name="plus" /></button>
        <button type="button" class="icon-button" aria-label=${t("map.farther")} onClick=${() => zoom(1 / 1.6)}><${Icon} name="minus" /></button>
        <button type="button" class="icon-button" aria-label=${t("map.all")} onClick=${() => setMoved(homeView(extent, size, null))}><${Icon} name="fit" /></button>
        ${streets.tiles && html`<button type="button" class="icon-button" aria-label=${t("map.tiles")} aria-pressed=${tiled} onClick=${() => setTiled(!tiled)}><${Icon} name="layers" /></button>`}
      </div>
      <div class="scale-bar" aria-hidden="true" style=${{ width: `${bar.pixels}px` }}>${bar.metres >= 1000 ? `${bar.metres / 1000} km` : `${bar.metres} m`}</div>
    </div>`;
}

/** @param {MapPin} pin @returns {Place[]} */
const edgesOf = ({ lat, lon, around }) => (around ? [{ lat: around.south, lon: around.west }, { lat: around.north, lon: around.east }] : [{ lat, lon }]);

/** @param {import("./geo.js").View} view @param {{width: number, height: number}} size @param {Place} origin @returns {Sight} what is in sight, and a margin around it */
function sightOf(view, size, origin) {
  const [{ lat: north, lon: west }, { lat: south, lon: east }] = [{ x: -MARGIN_PX, y: -MARGIN_PX }, { x: size.width + MARGIN_PX, y: size.height + MARGIN_PX }].map((corner) => toPlace(fromPixels(corner, view, size), origin));
  return { west: Math.max(-180, west), south: Math.max(-90, south), east: Math.min(180, east), north: Math.min(90, north), pixels: Math.max(size.width, size.height) + 2 * MARGIN_PX };
}

/** @param {{x: number, y: number}} point @param {{width: number, height: number}} size @returns {boolean} whether it is seen, or nearly */
const isNear = ({ x, y }, { width, height }) => x > -MARGIN_PX && y > -MARGIN_PX && x < width + MARGIN_PX && y < height + MARGIN_PX;

/** @param {Place[]} extent @param {{width: number, height: number}} size @param {Place | null | undefined} focus */
function homeView(extent, size, focus) {
  const [origin] = extent;
  if (focus) return { ...toMetres(focus, origin ?? { lat: 0, lon: 0 }), scale: 1.6 };
  return origin ? viewOf(extent.map((place) => toMetres(place, origin)), size, size.width * MARGIN_SHARE) : { x: 0, y: 0, scale: 1 };
}
