/** A long list in leaves, so that the browser measures and draws those near the eye only. Pure. */

export const LEAF = 15;
const LARGEST = 2 * LEAF;

/** @template T @param {T[]} all @returns {T[][]} */
const cut = (all) => Array.from({ length: Math.ceil(all.length / LEAF) }, (_, at) => all.slice(at * LEAF, (at + 1) * LEAF));

/**
 * @template {{id: string}} T
 * @param {T[]} items by falling ids
 * @param {string[]} ends the last id of each leaf as it was cut before
 * @returns {T[][]} what stood on a leaf stands there still, whatever came before or after it; a leaf that has grown too large is cut
 */
export function leavesOf(items, ends) {
  const leaves = /** @type {T[][]} */ ([]);
  let at = 0;
  for (const item of items) {
    const before = at;
    while (at < ends.length && item.id < ends[at]) at += 1;
    if (at > before || leaves.length === 0) leaves.push([]);
    leaves[leaves.length - 1].push(item);
  }
  const isNew = (/** @type {T[]} */ leaf) => at === ends.length && leaf === leaves.at(-1);
  return leaves.flatMap((leaf) => (isNew(leaf) || leaf.length > LARGEST ? cut(leaf) : [leaf]));
}

/**
 * @param {{id: string}[][]} leaves
 * @param {string[]} ends the last id of each leaf as it was cut before
 * @returns {number[]} which of those before each leaf is, whatever has left it; -1: none, it is new; of the parts of one that was cut the last is it
 */
export function formerOf(leaves, ends) {
  let at = 0;
  const within = leaves.map((leaf) => {
    while (at < ends.length && leaf[leaf.length - 1].id < ends[at]) at += 1;
    return at < ends.length ? at : -1;
  });
  return within.map((former, leaf) => (former === within[leaf + 1] ? -1 : former));
}
