/** The filters of the tickets: by stage with counts, by words, condition, unit, street and duty grid, and single states. */

import { catalog, conditionName, stateName } from "./catalog.js";
import { html, useMemo, useRef } from "./html.js";
import { Icon } from "./icons.js";
import { inLang, number, t } from "./i18n.js";
import { kindOf, nameOf, streetMap } from "./streets.js";
import { GROUPS, groupCounts } from "./ticketfilter.js";

/** @typedef {import("./ticketfilter.js").Filter} Filter */

const TYPING_MS = 250;

/** @returns {{streets: {id: string, name: string}[], grids: {id: string, name: string}[]}} as the city's map tells them */
function placesOfCity() {
  const grids = streetMap.features.filter((feature) => kindOf(feature) === "grid" && "id" in feature);
  const streets = new Map(grids.filter(({ properties }) => properties?.street).map(({ properties }) => [properties?.street, inLang({ en: properties?.street_en, zh: properties?.street_zh }) || properties?.street]));
  const byName = (/** @type {{name: string}} */ a, /** @type {{name: string}} */ b) => a.name.localeCompare(b.name);
  return {
    streets: [...streets].map(([id, name]) => ({ id, name })).sort(byName),
    grids: grids.map((grid) => ({ id: /** @type {any} */ (grid).id, name: nameOf(grid) || /** @type {any} */ (grid).id })).sort(byName),
  };
}

/** @param {{label: string, any: string, value: string, onChange: (value: string) => void, children?: any}} props */
const Choice = ({ label, any, value, onChange, children }) => html`
  <label><span class="only-heard">${label}</span>
    <select class="input" value=${value} onChange=${(/** @type {any} */ { target }) => onChange(target.value)}><option value="">${any}</option>${children}</select></label>`;

/** @param {{id: string, name: string}[]} rows @param {string} [prefix] */
const optionsOf = (rows, prefix = "") => rows.map(({ id, name }) => html`<option key=${id} value=${prefix + id}>${name}</option>`);

/** @param {{filter: Filter, units: any[], counts: {states: Record<string, number>, overdue: number} | null, onChange: (part: Partial<Filter>, replace?: boolean) => void}} props */
export function TicketSearch({ filter, units, counts, onChange }) {
  const timer = useRef(/** @type {any} */ (null));
  const { streets, grids } = useMemo(placesOfCity, []);
  const typed = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange({ q: value.trim() }, true), TYPING_MS);
  };
  const places = (/** @type {string} */ told) => onChange({ street: told.startsWith("s:") ? told.slice(2) : "", grid: told.startsWith("g:") ? told.slice(2) : "" });
  const place = filter.grid ? `g:${filter.grid}` : filter.street ? `s:${filter.street}` : "";
  const single = filter.state && filter.state !== "all" && !GROUPS[filter.state] ? filter.state : "";
  return html`
    <form class="filters" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      ${filter.view !== "board" && html`<${Stages} filter=${filter} counts=${counts} onChange=${onChange} />`}
      <div class="filter-fields">
        <label class="search-field"><span class="only-heard">${t("tickets.search")}</span><${Icon} name="search" size=${18} />
          <input class="input" type="search" placeholder=${t("tickets.search")} value=${filter.q} onInput=${typed} /></label>
        <${Choice} label=${t("fact.condition")} any=${t("tickets.any_condition")} value=${filter.condition} onChange=${(/** @type {string} */ condition) => onChange({ condition })}>${optionsOf(catalog.conditions.map(({ id }) => ({ id, name: conditionName(id) })))}</${Choice}>
        <${Choice} label=${t("fact.unit")} any=${t("tickets.any_unit")} value=${filter.unit} onChange=${(/** @type {string} */ unit) => onChange({ unit })}>${optionsOf(units.map(({ id, name }) => ({ id, name: inLang(name) })))}</${Choice}>
        ${grids.length > 0 && html`<${Choice} label=${t("tickets.where")} any=${t("tickets.anywhere")} value=${place} onChange=${places}>
          ${streets.length > 0 && html`<optgroup label=${t("tickets.streets")}>${optionsOf(streets, "s:")}</optgroup>`}<optgroup label=${t("tickets.grids")}>${optionsOf(grids, "g:")}</optgroup></${Choice}>`}
        ${filter.view !== "board" && html`<${Choice} label=${t("fact.state")} any=${t("tickets.any_state")} value=${single} onChange=${(/** @type {string} */ state) => onChange({ state })}>${optionsOf(catalog.states.map(({ id }) => ({ id, name: stateName(id) })))}</${Choice}>`}
      </div>
    </form>`;
}

/** @param {{filter: Filter, counts: {states: Record<string, number>, overdue: number} | null, onChange: (part: Partial<Filter>) => void}} props */
function Stages({ filter, counts, onChange }) {
  const told = counts ? { ...groupCounts(counts.states), overdue: counts.overdue } : /** @type {Record<string, number>} */ ({});
  return html`
    <div class="choices groups" role="group" aria-label=${t("tickets.by_stage")}>
      ${[...Object.keys(GROUPS), "closed", "all"].map((group) => html`
        <button key=${group} type="button" class="choice ${group === "overdue" && told.overdue > 0 ? "alarm" : ""}" aria-pressed=${(filter.state || "open") === group} onClick=${() => onChange({ state: group === "open" ? "" : group })}>
          ${group === "closed" ? stateName("closed") : t(`tickets.group_${group}`)}${told[group] > 0 && html`<b>${number(told[group])}</b>`}</button>`)}
    </div>`;
}
