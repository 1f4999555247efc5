/** Polygons in shares of a picture: corners moved, added and taken away. Pure. */

/** @typedef {[number, number]} Corner shares of the picture's width and height, from its upper left corner */

const FEWEST = 3;
const DIGITS = 4;

/** @param {number} share @returns {number} inside the picture, as fine as a pixel of a large one */
const inside = (share) => Number(Math.min(1, Math.max(0, share)).toFixed(DIGITS));

/** @param {Corner[]} polygon @param {number} index @param {Corner} to @returns {Corner[]} with one corner elsewhere */
export const moved = (polygon, index, [x, y]) => polygon.map((corner, at) => (at === index ? [inside(x), inside(y)] : corner));

/** @param {Corner[]} polygon @param {number} dx @param {number} dy @returns {Corner[]} as a whole elsewhere, and never over the edge */
export function shifted(polygon, dx, dy) {
  const [left, right] = [Math.min(...polygon.map(([x]) => x)), Math.max(...polygon.map(([x]) => x))];
  const [top, bottom] = [Math.min(...polygon.map(([, y]) => y)), Math.max(...polygon.map(([, y]) => y))];
  const [sx, sy] = [Math.min(1 - right, Math.max(-left, dx)), Math.min(1 - bottom, Math.max(-top, dy))];
  return polygon.map(([x, y]) => [inside(x + sx), inside(y + sy)]);
}

/** @param {Corner[]} polygon @returns {Corner[]} the middle of each side, the first side first */
export const middles = (polygon) => polygon.map(([x, y], at) => {
  const [next_x, next_y] = polygon[(at + 1) % polygon.length];
  return [(x + next_x) / 2, (y + next_y) / 2];
});

/** @param {Corner[]} polygon @param {number} side @returns {Corner[]} with one more corner in the middle of a side */
export const split = (polygon, side) => polygon.toSpliced(side + 1, 0, /** @type {Corner} */ (middles(polygon)[side].map(inside)));

/** @param {Corner[]} polygon @param {number} index @returns {Corner[]} without a corner, unless it is one of the last three */
export const without = (polygon, index) => (polygon.length > FEWEST ? polygon.toSpliced(index, 1) : polygon);

/** @param {Iterable<string>} taken @param {string} use @returns {string} an id that is free: "mask-2" */
export function freeId(taken, use) {
  const ids = new Set(taken);
  let count = 1;
  while (ids.has(`${use}-${count}`)) count += 1;
  return `${use}-${count}`;
}

/** @returns {Corner[]} where a new zone begins: the middle of the picture */
export const fresh = () => [[0.35, 0.4], [0.65, 0.4], [0.65, 0.7], [0.35, 0.7]];
