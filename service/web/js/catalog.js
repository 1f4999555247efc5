/** What the city looks for, and the words of the casework, as `/api/catalog` tells them. */

import { get } from "./api.js";
import { inLang, named } from "./i18n.js";

/** @typedef {{id: string, name: {en: string, zh: string}, colour?: string, has_weights?: boolean, codes?: Record<string, string>}} Condition */

/** @type {{conditions: Condition[], kinds: any[], states: any[], [more: string]: any}} */
export const catalog = { conditions: [], kinds: [], states: [] };

/** Loads it once; a page waits for it before it draws. */
export async function loadCatalog() {
  Object.assign(catalog, await get("/api/catalog"));
}

/** @param {string} list the name of a list in the catalog @returns {string[]} its codes, whether it holds strings or rows */
export const codes = (list) => (catalog[list] ?? []).map((/** @type {any} */ row) => (typeof row === "string" ? row : (row.id ?? row.code)));

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

const STAGES = {
  candidate: "before", dismissed: "ended", nudged: "before", self_corrected: "ended", reported: "collection", verifying: "collection", filed: "filing",
  dispatched: "dispatch", returned: "dispatch", in_progress: "handling", rework: "handling", suspended: "handling", handled: "feedback",
  checking: "check", closed: "closing", not_filed: "ended", merged: "ended",
};

/** @param {string} state @returns {string} the stage of the loop that a state belongs to: the class of its chip */
export const stageOf = (state) => STAGES[/** @type {keyof typeof STAGES} */ (state)] ?? "before";

/** States in which something is still to be done. */
export const OPEN_STATES = Object.entries(STAGES).filter(([, stage]) => stage !== "ended" && stage !== "closing").map(([state]) => state);
