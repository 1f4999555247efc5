/** The rows of a list of tickets, and what may be done with the chosen ones together. */

import { pictureHref } from "./api.js";
import { stageOf } from "./catalog.js";
import { html, useRef } from "./html.js";
import { t } from "./i18n.js";
import { leavesOf } from "./leaves.js";
import { useRest } from "./resting.js";
import { Condition, DueClock, Seen, State, marksOf, placeWords } from "./ticketbits.js";
import { unitName } from "./units.js";

/** @param {{items: any[], units: any[], chosen: Set<string> | null, onChoose: (id: string, isChosen: boolean) => void}} props `chosen`: null where this person chooses none */
export function Rows({ items, units, chosen, onChoose }) {
  const drawn = useDrawn();
  const leaf = useLeaf();
  const ends = useRef(/** @type {string[]} */ ([]));
  const leaves = leavesOf(items, ends.current);
  ends.current = leaves.map((rows) => rows[rows.length - 1].id);
  return html`<div role="list" class=${chosen ? "rows choosing" : "rows"}>${leaves.map((tickets, at) => leaf(ends.current[at], tickets.map((ticket) => {
    const isChosen = chosen?.has(ticket.id);
    return drawn(ticket, [units, Boolean(chosen), isChosen], () => html`<${Row} key=${ticket.id} ticket=${ticket} units=${units} isChosen=${isChosen} onChoose=${chosen && onChoose} />`);
  })))}</div>`;
}

/**
 * A row that says what it said is not drawn again: of thousands only those are gone through that came or changed.
 * @returns {(ticket: any, saying: unknown[], draw: () => any) => any}
 */
function useDrawn() {
  const kept = useRef(/** @type {WeakMap<object, {saying: unknown[], row: any}>} */ (new WeakMap()));
  return (ticket, saying, draw) => {
    const before = kept.current.get(ticket);
    if (before && saying.every((word, at) => word === before.saying[at])) return before.row;
    const row = draw();
    kept.current.set(ticket, { saying, row });
    return row;
  };
}

/** @returns {(end: string, rows: any[]) => any} the same of a whole leaf, whose last ticket is `end` */
function useLeaf() {
  const kept = useRef(/** @type {Map<string, {rows: any[], leaf: any}>} */ (new Map()));
  return (end, rows) => {
    const before = kept.current.get(end);
    if (before?.rows.length === rows.length && rows.every((row, at) => row === before.rows[at])) return before.leaf;
    const leaf = html`<div key=${end} class="leaf" style=${{ "--rows": rows.length }}>${rows}</div>`;
    kept.current.set(end, { rows, leaf });
    return leaf;
  };
}

/** @param {{picture: string | null}} props */
function Thumb({ picture }) {
  const [place, isWanted] = useRest();
  return html`<span class="thumb" ref=${place}>${picture && isWanted && html`<img src=${pictureHref(picture)} alt="" decoding="async" />`}</span>`;
}

/** @param {{ticket: any, units: any[], isChosen?: boolean, onChoose: ((id: string, isChosen: boolean) => void) | null}} props */
function Row({ ticket, units, isChosen = false, onChoose }) {
  const { id, number, picture, sightings } = ticket;
  const marks = marksOf(ticket).join(" · ");
  return html`
    <div role="listitem" class="ticket-row ${stageOf(ticket.state)}" data-ticket=${id}>
      ${onChoose && html`<label class="row-choice"><input type="checkbox" checked=${isChosen} aria-label=${t("tickets.choose", { number })}
        onChange=${(/** @type {any} */ { target }) => onChoose(id, target.checked)} /></label>`}
      <a href="/tickets/${id}">
        <${Thumb} picture=${picture} />
        <span class="row-what"><${Condition} id=${ticket.condition} /><span class="quiet small mono">${number}</span></span>
        <span class="row-where">${ticket.address || placeWords(ticket.place)}<span class="quiet small">${unitName(units, ticket.unit) || t("tickets.no_unit")}</span></span>
        <span class="row-seen small quiet"><${Seen} at=${ticket.last_seen} />
          ${sightings > 0 && html`<span>${t("tickets.sightings", { count: sightings })}</span>`}
          ${marks && html`<span>${marks}</span>`}</span>
        <span class="row-state"><${State} state=${ticket.state} resolution=${ticket.resolution} /></span>
        <span class="row-due"><${DueClock} due_at=${ticket.due_at} state=${ticket.state} /></span>
      </a>
    </div>`;
}
