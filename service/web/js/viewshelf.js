/** Lists that somebody comes back to, as this browser holds them: at once there, also without a network, and told to the service. Pure but for the shelf. */

/**
 * `isKept`: the service knows it as it is; `isRefused`: the service does not take it, so it stays here alone; `isGone`: it is to be forgotten there; `by`: whose it is; `mine`: false where somebody else shares it.
 * @typedef {{name: string, search: string, shared?: boolean, by?: string, mine?: boolean, isKept?: boolean, isRefused?: boolean, isGone?: boolean}} View
 */

/** @param {string} login */
const shelfOf = (login) => `streetwarden.views.${login}`;

/** @param {string} login @param {Storage} [storage] @returns {View[]} */
export function viewsOf(login, storage = localStorage) {
  try {
    const kept = JSON.parse(storage.getItem(shelfOf(login)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((view) => typeof view?.name === "string" && typeof view.search === "string") : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** @param {string} login @param {View[]} views @param {Storage} [storage] */
export const putOnShelf = (login, views, storage = localStorage) => storage.setItem(shelfOf(login), JSON.stringify(views));

/** @param {View} view @returns {boolean} whether it is somebody else's who shares it */
export const isOthers = ({ mine }) => mine === false;

/** @param {View[]} views @param {View} view @returns {View[]} one's own of that name is replaced */
export const withView = (views, view) => [...views.filter((one) => one.name !== view.name || isOthers(one)), view];

/** @param {View[]} views @returns {View[]} what this browser alone holds */
export const unkept = (views) => views.filter(({ isKept }) => !isKept);

/** @param {View[]} views @returns {View[]} what the service has not been told yet */
export const untold = (views) => unkept(views).filter(({ isRefused }) => !isRefused);

/**
 * @param {View[]} views @param {View} told a view as the service was told it @param {boolean} isTaken whether it took it, or refused it for good
 * @returns {View[]} what was refused stays as well, and is not told again; what changed meanwhile is still to be told
 */
export function withAnswer(views, told, isTaken) {
  const answered = told.isGone ? [] : [{ ...told, [isTaken ? "isKept" : "isRefused"]: true }];
  const asTold = JSON.stringify(told);
  return views.flatMap((view) => (JSON.stringify(view) === asTold ? answered : [view]));
}

/**
 * @param {View[]} told what the service knows @param {View[]} waiting what this browser alone holds
 * @returns {View[]} both, as the person means it
 */
export function merged(told, waiting) {
  const known = /** @type {View[]} */ (told.map((view) => ({ ...view, isKept: true })));
  return waiting.reduce((all, view) => withView(all, view), known);
}
