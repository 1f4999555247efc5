/** What a list of tickets is asked for, as its address says it. Pure. */

import { openStates } from "./catalog.js";

/** @typedef {{state: string, condition: string, unit: string, grid: string, street: string, q: string, view: string}} Filter */

const FILTERS = /** @type {const} */ (["state", "condition", "unit", "grid", "street", "q", "view"]);

export const NOTHING = /** @type {Filter} */ (Object.fromEntries(FILTERS.map((name) => [name, ""])));

/** Groups of states that people ask for by one word, and each state by its own. */
export const GROUPS = /** @type {Record<string, string[]>} */ ({
  open: [],
  to_file: ["reported", "verifying"],
  to_dispatch: ["filed", "returned"],
  working: ["dispatched", "in_progress", "rework", "suspended"],
  to_check: ["handled", "checking"],
  overdue: [],
});

/** @param {string} search @returns {Filter} */
export function filterOf(search) {
  const asked = new URLSearchParams(search);
  return /** @type {Filter} */ (Object.fromEntries(FILTERS.map((name) => [name, asked.get(name) ?? ""])));
}

/** @param {Filter} filter @returns {string} its part of an address: "?state=overdue", or "" */
export function searchOf(filter) {
  const said = new URLSearchParams(FILTERS.filter((name) => filter[name]).map((name) => [name, filter[name]]));
  return said.size > 0 ? `?${said}` : "";
}

/** @param {string} state a state, a group of them, or all @returns {string[]} empty: every state */
export const statesOf = (state) => ({ ...GROUPS, open: openStates(), overdue: openStates(), all: [] })[state || "open"] ?? [state];

/** @param {Filter} filter @param {{states?: string[], mark?: boolean}} [instead] other states than the filter's own @returns {URLSearchParams} what the service is asked */
export function askedOf({ state, condition, unit, grid, street, q }, { states = statesOf(state), mark = state === "overdue" } = {}) {
  const said = { state: states.join(","), mark: mark ? "overdue" : "", condition, unit, grid, street, q };
  return new URLSearchParams(Object.entries(said).filter(([, value]) => value));
}

/**
 * How many tickets stand in each group, by how many stand in each state.
 * @param {Record<string, number>} states @returns {Record<string, number>}
 */
export function groupCounts(states) {
  const sum = (/** @type {string[]} */ of) => of.reduce((total, state) => total + (states[state] ?? 0), 0);
  const groups = Object.fromEntries(Object.entries(GROUPS).filter(([, of]) => of.length > 0).map(([group, of]) => [group, sum(of)]));
  return { ...groups, open: sum(openStates()), closed: states.closed ?? 0, all: sum(Object.keys(states)) };
}

/**
 * @param {any[]} before the rows that are shown @param {any[]} top the newest as they are now @returns {any[]} the shown ones brought up to date, new ones on top
 */
export function broughtUp(before, top) {
  const last = top.at(-1)?.id ?? "";
  return [...top, ...before.filter(({ id }) => id < last)];
}
