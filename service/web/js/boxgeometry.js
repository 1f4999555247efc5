/** Boxes on a picture, in its own pixels: drawn, moved, resized, nudged; and the part of the picture that is looked at. */

/** @typedef {[number, number, number, number]} Xyxy left, top, right, bottom; left < right, top < bottom */
/** @typedef {{width: number, height: number}} Size of the picture, pixels */
/** @typedef {{x: number, y: number}} Point */
/** @typedef {{x: number, y: number, width: number, height: number}} View the part of the picture that is shown */
/** @typedef {"nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w"} Handle */

/** The shortest side that a box may have, pixels. */
export const LEAST = 4;

/** How far one may zoom in. */
const CLOSEST = 12;

/** @type {readonly Handle[]} */
export const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

/** @param {number} value @param {number} low @param {number} high */
const within = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

/** @param {Xyxy} box @param {Handle} handle @returns {Point} where a handle sits */
export function handleAt([x0, y0, x1, y1], handle) {
  const x = handle.includes("w") ? x0 : handle.includes("e") ? x1 : (x0 + x1) / 2;
  const y = handle.includes("n") ? y0 : handle.includes("s") ? y1 : (y0 + y1) / 2;
  return { x, y };
}

/** @param {Xyxy} box @returns {Point} */
export const middleOf = ([x0, y0, x1, y1]) => ({ x: (x0 + x1) / 2, y: (y0 + y1) / 2 });

/** @param {Xyxy} box @param {number} dx @param {number} dy @param {Size} size @returns {Xyxy} the same box elsewhere, whole on the picture */
export function moved([x0, y0, x1, y1], dx, dy, size) {
  const x = within(x0 + dx, 0, size.width - (x1 - x0));
  const y = within(y0 + dy, 0, size.height - (y1 - y0));
  return [x, y, x + x1 - x0, y + y1 - y0];
}

/** @param {number} a @param {number} b @param {number} end @returns {[number, number]} the two in order, on the picture, at least `LEAST` apart */
function side(a, b, end) {
  const [low, high] = a < b ? [within(a, 0, end), within(b, 0, end)] : [within(b, 0, end), within(a, 0, end)];
  if (high - low >= LEAST) return [low, high];
  const from = within(low, 0, end - LEAST);
  return [from, from + LEAST];
}

/** @param {Xyxy} box @param {Handle} handle @param {Point} to @param {Size} size @returns {Xyxy} the box with one handle pulled; pulled across, it turns over */
export function resized([x0, y0, x1, y1], handle, to, size) {
  const [left, right] = handle.includes("w") ? side(to.x, x1, size.width) : handle.includes("e") ? side(x0, to.x, size.width) : [x0, x1];
  const [top, bottom] = handle.includes("n") ? side(to.y, y1, size.height) : handle.includes("s") ? side(y0, to.y, size.height) : [y0, y1];
  return [left, top, right, bottom];
}

/** @param {Point} from @param {Point} to @param {Size} size @returns {Xyxy | null} the box between two corners, null for a slip of the hand */
export function drawn(from, to, size) {
  if (Math.abs(to.x - from.x) < LEAST || Math.abs(to.y - from.y) < LEAST) return null;
  const [left, right] = side(from.x, to.x, size.width);
  const [top, bottom] = side(from.y, to.y, size.height);
  return [left, top, right, bottom];
}

/** @type {Record<string, [number, number]>} */
const WAYS = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] };

/**
 * @param {Xyxy} box @param {string} key an arrow key, lower case @param {number} step pixels
 * @param {boolean} grows pulls the lower right corner instead of moving all of it
 * @param {Size} size @returns {Xyxy}
 */
export function nudged(box, key, step, grows, size) {
  const [dx, dy] = WAYS[key];
  if (!grows) return moved(box, dx * step, dy * step, size);
  const corner = { x: Math.max(box[0] + LEAST, box[2] + dx * step), y: Math.max(box[1] + LEAST, box[3] + dy * step) };
  return resized(box, "se", corner, size);
}

/** @param {View} view @returns {Xyxy} a box to begin with, in the middle of what is shown */
export const fresh = ({ x, y, width, height }) => [x + width * 0.35, y + height * 0.35, x + width * 0.65, y + height * 0.65];

/** @param {Size} size @returns {View} the whole picture */
export const whole = ({ width, height }) => ({ x: 0, y: 0, width, height });

/** @param {View} view @param {number} factor above 1: closer @param {Point} at stays where it is @param {Size} size @returns {View} */
export function zoomed(view, factor, at, size) {
  const width = within(view.width / factor, size.width / CLOSEST, size.width);
  const share = width / view.width;
  return onPicture({ x: at.x - (at.x - view.x) * share, y: at.y - (at.y - view.y) * share, width, height: view.height * share }, size);
}

/** @param {View} view @param {number} dx @param {number} dy @param {Size} size @returns {View} */
export const panned = (view, dx, dy, size) => onPicture({ ...view, x: view.x + dx, y: view.y + dy }, size);

/** @param {View} view @param {Xyxy} box @param {Size} size @returns {View} moved just so far that the box is seen */
export function following(view, [x0, y0, x1, y1], size) {
  const x = within(view.x, Math.min(x1 - view.width, x0), Math.max(x1 - view.width, x0));
  const y = within(view.y, Math.min(y1 - view.height, y0), Math.max(y1 - view.height, y0));
  return onPicture({ ...view, x, y }, size);
}

/** @param {View} view @param {Size} size @returns {View} */
const onPicture = (view, size) => ({ ...view, x: within(view.x, 0, size.width - view.width), y: within(view.y, 0, size.height - view.height) });

/** @param {Xyxy} box @returns {Xyxy} in tenths of a pixel, as they travel */
export const rounded = (box) => /** @type {Xyxy} */ (box.map((value) => Math.round(value * 10) / 10));

/** @param {Xyxy[]} a @param {Xyxy[]} b @returns {boolean} whether both are the same boxes, to less than half a pixel */
export const sameBoxes = (a, b) => a.length === b.length && a.every((box, index) => box.every((value, side) => Math.abs(value - b[index][side]) < 0.5));
