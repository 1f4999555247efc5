/** The tickets as a list or a board: what is asked for lives in the address, and the page keeps itself up to date. */

import { Failed } from "../again.js";
import { Board } from "../board.js";
import { BulkBar } from "../bulk.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";
import { SavedViews } from "../savedviews.js";
import { start } from "../shell.js";
import { NOTHING, filterOf, searchOf, statesOf } from "../ticketfilter.js";
import { useCounts, useNearEnd, useTickets } from "../ticketlist.js";
import { Rows } from "../ticketrows.js";
import { TicketSearch } from "../ticketsearch.js";
import { useUnits } from "../units.js";

/** @typedef {import("../ticketfilter.js").Filter} Filter */

/** Roles that take steps with many tickets at once. */
const MANY_AT_ONCE = ["admin", "ops", "chief", "unit"];

/** @returns {[Filter, (wanted: Filter, replace?: boolean) => void]} */
function useFilter() {
  const [filter, setFilter] = useState(() => filterOf(location.search));
  useEffect(() => {
    const back = () => setFilter(filterOf(location.search));
    addEventListener("popstate", back);
    return () => removeEventListener("popstate", back);
  }, []);
  const go = (/** @type {Filter} */ wanted, replace = false) => {
    history[replace ? "replaceState" : "pushState"](null, "", location.pathname + searchOf(wanted));
    setFilter(wanted);
  };
  return [filter, go];
}

/** @param {{session: import("../shell.js").Session}} props */
function Tickets({ session: { login, role } }) {
  const [filter, go] = useFilter();
  const units = useUnits();
  const counts = useCounts(filter);
  const isBoard = filter.view === "board";
  const change = (/** @type {Partial<Filter>} */ part, replace = false) => go({ ...filter, ...part }, replace);
  return html`
    <div class="page-head"><h1>${t("nav.tickets")}</h1>
      ${counts && !isBoard && html`<p class="quiet" aria-live="polite">${t("tickets.count", { count: totalOf(filter, counts) })}</p>`}
      <span class="gap"></span>
      <${SavedViews} login=${login} search=${searchOf(filter)} onOpen=${(/** @type {string} */ search) => go(filterOf(search))} />
      <div class="switch" role="group" aria-label=${t("tickets.view")}>
        <button type="button" aria-pressed=${!isBoard} onClick=${() => change({ view: "" })}><${Icon} name="tickets" size=${18} />${t("tickets.view_list")}</button>
        <button type="button" aria-pressed=${isBoard} onClick=${() => change({ view: "board" })}><${Icon} name="boxes" size=${18} />${t("tickets.view_board")}</button>
      </div>
    </div>
    <${TicketSearch} filter=${filter} units=${units} counts=${counts} onChange=${change} />
    ${isBoard ? html`<${Board} filter=${filter} counts=${counts?.states ?? {}} role=${role} units=${units} />`
      : html`<${List} filter=${filter} units=${units} role=${role} onAll=${() => go({ ...NOTHING, state: "all" })} />`}`;
}

/** @param {Filter} filter @param {{states: Record<string, number>, overdue: number}} counts */
function totalOf({ state }, { states, overdue }) {
  if (state === "overdue") return overdue;
  const wanted = statesOf(state);
  return Object.entries(states).reduce((sum, [id, count]) => sum + (wanted.length === 0 || wanted.includes(id) ? count : 0), 0);
}

/** @param {{filter: Filter, units: any[], role: string, onAll: () => void}} props */
function List({ filter, units, role, onAll }) {
  const { list, more, renew } = useTickets(filter);
  const [chosen, setChosen] = useState(/** @type {Set<string>} */ (new Set()));
  const end = useNearEnd(more);
  useEffect(() => setChosen(new Set()), [filter]);
  const choose = (/** @type {string} */ id, /** @type {boolean} */ isChosen) => setChosen((known) => new Set(isChosen ? [...known, id] : [...known].filter((other) => other !== id)));
  if (list === undefined) return html`<${Failed} what=${t("nav.tickets")} />`;
  if (!list) return html`<div class="rows">${[1, 2, 3, 4, 5, 6].map(() => html`<div class="ticket-row waiting"><div class="skeleton"></div></div>`)}</div>`;
  if (list.items.length === 0) {
    return html`<div class="card empty"><${Icon} name="tickets" size=${40} /><h2>${t("tickets.empty")}</h2><p>${t("tickets.empty_long")}</p>
      <button type="button" class="button" onClick=${onAll}>${t("tickets.show_all")}</button></div>`;
  }
  const together = list.items.filter(({ id }) => chosen.has(id));
  return html`
    <${Rows} items=${list.items} units=${units} chosen=${MANY_AT_ONCE.includes(role) ? chosen : null} onChoose=${choose} />
    ${list.next && html`<p class="more" ref=${end}><button type="button" class="button" onClick=${more}>${t("tickets.more")}</button></p>`}
    ${together.length > 0 && html`<${BulkBar} tickets=${together} all=${list.items.length} role=${role} units=${units}
      onAll=${() => setChosen(new Set(list.items.map(({ id }) => id)))} onClear=${() => setChosen(new Set())} onDone=${() => (setChosen(new Set()), void renew())} />`}`;
}

void start("tickets", Tickets);
