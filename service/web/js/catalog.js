/** What the city looks for, and the words of the casework, as `/api/catalog` tells them. */

import { get } from "./api.js";
import { inLang, named } from "./i18n.js";

/** @typedef {{id: string, name: {en: string, zh: string}, colour: string, closed_when: {en: string, zh: string}, codes: Record<string, string>}} Condition */

/** @typedef {{id: string, stage: string, is_open: boolean, timer: string}} State */

/** @typedef {{was: string, to: string, roles: string[], needs: string[]}} TableMove */

/** @type {{conditions: Condition[], kinds: any[], states: State[], moves: TableMove[]}} */
export const catalog = { conditions: [], kinds: [], states: [], moves: [] };

/** Loads the conditions, the kinds and the table of states; a page waits for it before it draws. */
export async function loadCatalog() {
  const [{ conditions, kinds }, { states, moves }] = await Promise.all([get("/api/catalog"), get("/api/moves")]);
  Object.assign(catalog, { conditions, kinds, states, moves });
}

/** @param {string} id */
export const conditionOf = (id) => catalog.conditions.find((row) => row.id === id);

/** @param {string | null | undefined} id */
export const conditionName = (id) => (id ? inLang(conditionOf(id)?.name) || id : "");

/** @param {string | null | undefined} id the colour of a condition, for `--c` */
export const colourOf = (id) => (id && conditionOf(id)?.colour) || "#6b7280";

/** @param {string} id */
export const kindName = (id) => inLang(catalog.kinds.find((row) => row.id === id)?.name) || id;

/** @param {string} id */
export const stateName = (id) => named("states", id);

/** @param {string} id @returns {string} the stage of the loop that a state belongs to: the class of its chip */
export const stageOf = (id) => catalog.states.find((state) => state.id === id)?.stage ?? "before";

/** @returns {string[]} states in which something is still to be done */
export const openStates = () => catalog.states.filter(({ is_open }) => is_open).map(({ id }) => id);
