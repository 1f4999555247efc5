/** The list of tickets: filters live in the address, the list keeps itself up to date. */

import { get, pictureHref } from "../api.js";
import { catalog, conditionName, openStates, stageOf, stateName } from "../catalog.js";
import { settled, watch } from "../events.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, t } from "../i18n.js";
import { start } from "../shell.js";
import { Condition, DueClock, State, marksOf, placeWords } from "../ticketbits.js";
import { toastError } from "../toasts.js";
import { unitName, useUnits } from "../units.js";

const PAGE = 40;
const FILTERS = ["state", "condition", "q"];
const MOST = 500;
const TYPING_MS = 250;
const QUIET_MS = 700;

/** Groups of states that people ask for by one word, and each state by its own. */
const GROUPS = /** @type {Record<string, string[]>} */ ({
  open: [],
  to_file: ["reported", "verifying"],
  to_dispatch: ["filed", "returned"],
  working: ["dispatched", "in_progress", "rework", "suspended"],
  to_check: ["handled", "checking"],
  overdue: [],
});

/** @typedef {{state: string, condition: string, q: string}} Filter */

/** @returns {Filter} */
function filterOfAddress() {
  const asked = new URLSearchParams(location.search);
  return /** @type {Filter} */ (Object.fromEntries(FILTERS.map((name) => [name, asked.get(name) ?? ""])));
}

/** @param {Filter} filter */
function addressOf(filter) {
  const asked = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(filter)) value ? asked.set(name, value) : asked.delete(name);
  return `${location.pathname}${asked.size ? `?${asked}` : ""}`;
}

/** @param {Filter} filter @param {{cursor?: string | null, limit?: number}} [part] which part of the list */
function queryOf({ state, condition, q }, { cursor = null, limit = PAGE } = {}) {
  const query = new URLSearchParams({ limit: String(limit) });
  const states = { ...GROUPS, open: openStates(), overdue: openStates(), all: [] }[state || "open"] ?? [state];
  if (states.length > 0) query.set("state", states.join(","));
  if (state === "overdue") query.set("mark", "overdue");
  if (condition) query.set("condition", condition);
  if (q) query.set("q", q);
  if (cursor) query.set("cursor", cursor);
  return `/api/tickets?${query}`;
}

/** @param {Filter} filter */
function useTickets(filter) {
  const [list, setList] = useState(/** @type {{items: any[], next: string | null} | null} */ (null));
  const latest = useRef({ filter, shown: 0 });
  latest.current = { filter, shown: list?.items.length ?? 0 };
  const load = async (/** @type {Filter} */ wanted, limit = PAGE) => {
    try {
      const answer = await get(queryOf(wanted, { limit }));
      if (wanted === latest.current.filter) setList(answer);
    } catch (error) {
      toastError(error);
    }
  };
  useEffect(() => void load(filter), [filter]);
  useEffect(() => watch(settled(() => load(latest.current.filter, Math.min(MOST, Math.max(PAGE, latest.current.shown))), QUIET_MS)), []);
  const more = async () => {
    const answer = await get(queryOf(filter, { cursor: list?.next })).catch(toastError);
    if (answer) setList((known) => known && { ...answer, items: [...known.items, ...answer.items] });
  };
  return { list, more };
}

function Tickets() {
  const [filter, setFilter] = useState(filterOfAddress);
  const { list, more } = useTickets(filter);
  const units = useUnits();
  const change = (/** @type {Partial<Filter>} */ part, replace = false) => {
    const wanted = { ...filter, ...part };
    history[replace ? "replaceState" : "pushState"](null, "", addressOf(wanted));
    setFilter(wanted);
  };
  useEffect(() => {
    const back = () => setFilter(filterOfAddress());
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  return html`
    <div class="page-head"><h1>${t("nav.tickets")}</h1>
      ${list && html`<p class="quiet" aria-live="polite">${t("tickets.count", { count: list.items.length })}${list.next ? "+" : ""}</p>`}
    </div>
    <${Filters} filter=${filter} onChange=${change} />
    ${!list && html`<div class="rows">${[1, 2, 3, 4, 5, 6].map(() => html`<div class="ticket-row waiting"><div class="skeleton"></div></div>`)}</div>`}
    ${list?.items.length === 0 && html`<div class="card empty"><${Icon} name="tickets" size=${40} /><h2>${t("tickets.empty")}</h2><p>${t("tickets.empty_long")}</p>
      <button type="button" class="button" onClick=${() => change({ state: "all", condition: "", q: "" })}>${t("tickets.show_all")}</button></div>`}
    ${list && list.items.length > 0 && html`<ul class="rows">${list.items.map((ticket) => html`<${Row} key=${ticket.id} ticket=${ticket} units=${units} />`)}</ul>`}
    ${list?.next && html`<p class="more"><button type="button" class="button" onClick=${more}>${t("tickets.more")}</button></p>`}`;
}

/** @param {{filter: Filter, onChange: (part: Partial<Filter>, replace?: boolean) => void}} props */
function Filters({ filter, onChange }) {
  const timer = useRef(/** @type {any} */ (null));
  const typed = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange({ q: value.trim() }, true), TYPING_MS);
  };
  const single = filter.state && filter.state !== "all" && !GROUPS[filter.state] ? filter.state : "";
  return html`
    <form class="filters" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <div class="choices groups" role="group" aria-label=${t("tickets.by_stage")}>
        ${[...Object.keys(GROUPS), "closed", "all"].map((group) => html`
          <button key=${group} type="button" class="choice" aria-pressed=${(filter.state || "open") === group} onClick=${() => onChange({ state: group === "open" ? "" : group })}>
            ${group === "closed" ? stateName("closed") : t(`tickets.group_${group}`)}</button>`)}
      </div>
      <div class="filter-fields">
        <label class="search-field"><span class="only-heard">${t("tickets.search")}</span><${Icon} name="search" size=${18} />
          <input class="input" type="search" placeholder=${t("tickets.search")} value=${filter.q} onInput=${typed} /></label>
        <label><span class="only-heard">${t("fact.condition")}</span>
          <select class="input" value=${filter.condition} onChange=${(/** @type {any} */ event) => onChange({ condition: event.target.value })}>
            <option value="">${t("tickets.any_condition")}</option>
            ${catalog.conditions.map(({ id }) => html`<option key=${id} value=${id}>${conditionName(id)}</option>`)}
          </select></label>
        <label><span class="only-heard">${t("fact.state")}</span>
          <select class="input" value=${single} onChange=${(/** @type {any} */ event) => onChange({ state: event.target.value })}>
            <option value="">${t("tickets.any_state")}</option>
            ${catalog.states.map(({ id }) => html`<option key=${id} value=${id}>${stateName(id)}</option>`)}
          </select></label>
      </div>
    </form>`;
}

/** @param {{ticket: any, units: any[]}} props */
function Row({ ticket, units }) {
  const picture = ticket.picture;
  const { sightings } = ticket;
  const marks = marksOf(ticket).join(" · ");
  return html`
    <li class="ticket-row ${stageOf(ticket.state)}" data-ticket=${ticket.id}>
      <a href="/tickets/${ticket.id}">
        <span class="thumb">${picture && html`<img src=${pictureHref(picture)} alt="" loading="lazy" decoding="async" />`}</span>
        <span class="row-what"><${Condition} id=${ticket.condition} /><span class="quiet small mono">${ticket.number}</span></span>
        <span class="row-where">${placeWords(ticket.place)}<span class="quiet small">${unitName(units, ticket.unit) || t("tickets.no_unit")}</span></span>
        <span class="row-seen small quiet"><span title=${dateTime(ticket.last_seen)}>${t("tickets.seen", { ago: ago(ticket.last_seen) })}</span>
          ${sightings > 0 && html`<span>${t("tickets.sightings", { count: sightings })}</span>`}
          ${marks && html`<span>${marks}</span>`}</span>
        <span class="row-state"><${State} state=${ticket.state} resolution=${ticket.resolution} /></span>
        <span class="row-due"><${DueClock} due_at=${ticket.due_at} state=${ticket.state} /></span>
      </a>
    </li>`;
}

void start("tickets", Tickets);
