/** Pure geometry of the map: degrees to metres to pixels and back, and which pins share a bubble. */

/** @typedef {{lat: number, lon: number}} Place */
/** @typedef {{x: number, y: number}} Point metres east and south of an origin, or pixels */
/** @typedef {{west: number, south: number, east: number, north: number}} Corners degrees */
/** @typedef {Corners & {pixels: number}} Sight what is in sight, so many pixels along the longer side */
/** @typedef {{x: number, y: number, scale: number}} View the point in metres at the middle, and pixels a metre */

const METRES_PER_DEGREE = 111_320;

/** @param {Place} place @param {Place} origin @returns {Point} metres east and south; right to centimetres over a district */
export function toMetres({ lat, lon }, origin) {
  return {
    x: (lon - origin.lon) * METRES_PER_DEGREE * Math.cos((origin.lat * Math.PI) / 180),
    y: (origin.lat - lat) * METRES_PER_DEGREE,
  };
}

/** @param {Point} point metres @param {Place} origin @returns {Place} */
export function toPlace({ x, y }, origin) {
  return { lat: origin.lat - y / METRES_PER_DEGREE, lon: origin.lon + x / (METRES_PER_DEGREE * Math.cos((origin.lat * Math.PI) / 180)) };
}

/** @param {Point} metres @param {View} view @param {{width: number, height: number}} size @returns {Point} pixels from the top left corner */
export function toPixels(metres, view, size) {
  return { x: size.width / 2 + (metres.x - view.x) * view.scale, y: size.height / 2 + (metres.y - view.y) * view.scale };
}

/** @param {Point} pixels @param {View} view @param {{width: number, height: number}} size @returns {Point} metres */
export function fromPixels(pixels, view, size) {
  return { x: view.x + (pixels.x - size.width / 2) / view.scale, y: view.y + (pixels.y - size.height / 2) / view.scale };
}

/** @param {Point[]} points metres @param {{width: number, height: number}} size @param {number} margin pixels @returns {View} that shows them all */
export function viewOf(points, size, margin) {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min((size.width - 2 * margin) / Math.max(40, right - left), (size.height - 2 * margin) / Math.max(40, bottom - top));
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.max(0.02, scale) };
}

/** @param {View} view @param {number} factor @param {Point} anchor pixels that stay where they are @param {{width: number, height: number}} size @returns {View} */
export function zoomed(view, factor, anchor, size) {
  const scale = Math.min(12, Math.max(0.02, view.scale * factor));
  const held = fromPixels(anchor, view, size);
  return { scale, x: held.x - (anchor.x - size.width / 2) / scale, y: held.y - (anchor.y - size.height / 2) / scale };
}

/**
 * Pins that would lie on each other, joined.
 * @template {{point: Point}} P
 * @param {P[]} pins in pixels
 * @param {number} reach pixels
 * @returns {{point: Point, pins: P[]}[]}
 */
export function clustered(pins, reach) {
  /** @type {{point: Point, pins: P[]}[]} */
  const clusters = [];
  /** @type {Map<string, {point: Point, pins: P[]}[]>} by squares of the reach, so that each pin asks its neighbours only */
  const squares = new Map();
  const around = (/** @type {number} */ column, /** @type {number} */ row) => [-1, 0, 1].flatMap((dx) => [-1, 0, 1].flatMap((dy) => squares.get(`${column + dx} ${row + dy}`) ?? []));
  for (const pin of pins) {
    const [column, row] = [Math.floor(pin.point.x / reach), Math.floor(pin.point.y / reach)];
    const near = around(column, row).find(({ point }) => Math.hypot(point.x - pin.point.x, point.y - pin.point.y) < reach);
    if (near) {
      near.pins.push(pin);
      continue;
    }
    const cluster = { point: pin.point, pins: [pin] };
    clusters.push(cluster);
    squares.set(`${column} ${row}`, [...(squares.get(`${column} ${row}`) ?? []), cluster]);
  }
  return clusters;
}

/** @param {number} scale pixels a metre @returns {{metres: number, pixels: number}} a round length of about 100 pixels, for the scale bar */
export function scaleBar(scale) {
  const wanted = 110 / scale;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const metres = [5, 2, 1].map((step) => step * power).find((step) => step <= wanted) ?? power;
  return { metres, pixels: metres * scale };
}

/** @param {any} geometry of GeoJSON @returns {[number, number][][]} its lines or rings, lon and lat */
export function linesOf(geometry) {
  switch (geometry?.type) {
    case "LineString": return [geometry.coordinates];
    case "MultiLineString": case "Polygon": return geometry.coordinates;
    case "MultiPolygon": return geometry.coordinates.flat();
    case "Point": return [[geometry.coordinates]];
    default: return [];
  }
}

/** @param {any} geometry @param {Place} origin @returns {string} the `d` of an SVG path, in metres */
export function pathOf(geometry, origin) {
  const closed = geometry.type.endsWith("Polygon") ? "Z" : "";
  return linesOf(geometry)
    .map((line) => `M${line.map(([lon, lat]) => toMetres({ lat, lon }, origin)).map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}${closed}`)
    .join("");
}

/** @param {any[]} geometries of GeoJSON @param {Place} origin @returns {string} the `d` of their borders; one that two of them share is drawn once, so that its dashes stay dashes */
export function bordersOf(geometries, origin) {
  const rings = geometries.flatMap(linesOf).map((ring) => ring.map(([lon, lat]) => toMetres({ lat, lon }, origin)).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`));
  const pieces = rings.flatMap((ring) => ring.slice(1).map((to, index) => [ring[index], to].sort().join("L")));
  return [...new Set(pieces)].map((piece) => `M${piece}`).join("");
}

/** @param {Place} place @param {[number, number][]} line lon and lat @returns {number} the distance to its nearest piece */
export function metresToLine(place, line) {
  const points = line.map(([lon, lat]) => toMetres({ lat, lon }, place));
  return points.reduce((best, to, index) => Math.min(best, metresToPiece(points[Math.max(0, index - 1)], to)), Infinity);
}

/** @param {Point} from @param {Point} to @returns {number} how far the origin is from the piece between them */
function metresToPiece(from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(from.x * dx + from.y * dy) / length2));
  return Math.hypot(from.x + along * dx, from.y + along * dy);
}

/** @param {Place} place @param {any} geometry of GeoJSON @returns {boolean} whether it lies in the polygon, and in none of its holes */
export function isInside({ lat, lon }, geometry) {
  if (!geometry?.type.endsWith("Polygon")) return false;
  const crossed = linesOf(geometry).flatMap((ring) => ring.slice(1).map((to, index) => [ring[index], to])).filter(
    ([[fromLon, fromLat], [toLon, toLat]]) => fromLat > lat !== toLat > lat && lon < fromLon + ((lat - fromLat) * (toLon - fromLon)) / (toLat - fromLat),
  );
  return crossed.length % 2 === 1;
}
