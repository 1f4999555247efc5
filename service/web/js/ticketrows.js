/** The rows of a list of tickets, and what may be done with the chosen ones together. */

import { pictureHref } from "./api.js";
import { stageOf } from "./catalog.js";
import { html, useRef } from "./html.js";
import { t } from "./i18n.js";
import { formerOf, leavesOf } from "./leaves.js";
import { useRest } from "./resting.js";
import { Condition, DueClock, Seen, State, marksOf, placeWords } from "./ticketbits.js";
import { unitName } from "./units.js";

/** @param {{items: any[], units: any[], chosen: Set<string> | null, onChoose: (id: string, isChosen: boolean) => void}} props `chosen`: null where this person chooses none */
export function Rows({ items, units, chosen, onChoose }) {
  const drawn = useDrawn();
  const inLeaves = useLeaves();
  return html`<div role="list" class=${chosen ? "rows choosing" : "rows"}>${inLeaves(items, (ticket) => {
    const isChosen = chosen?.has(ticket.id);
    return drawn(ticket, [units, Boolean(chosen), isChosen], () => html`<${Row} key=${ticket.id} ticket=${ticket} units=${units} isChosen=${isChosen} onChoose=${chosen && onChoose} />`);
  })}</div>`;
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

/**
 * The same of whole leaves: one keeps its rows in place when its last one leaves it, and what is gone is held no longer.
 * @returns {(items: any[], row: (ticket: any) => any) => any[]}
 */
function useLeaves() {
  const kept = useRef(/** @type {{key: number, end: string, rows: any[], leaf: any}[]} */ ([]));
  const count = useRef(0);
  return (items, row) => {
    const before = kept.current;
    const ends = before.map(({ end }) => end);
    const leaves = leavesOf(items, ends);
    const former = formerOf(leaves, ends);
    kept.current = leaves.map((tickets, at) => {
      const was = before[former[at]];
      const rows = tickets.map(row);
      if (was?.rows.length === rows.length && rows.every((one, place) => one === was.rows[place])) return was;
      const key = was?.key ?? (count.current += 1);
      const leaf = html`<div key=${key} class="leaf" style=${{ "--rows": rows.length }}>${rows}</div>`;
      return { key, end: tickets[tickets.length - 1].id, rows, leaf };
    });
    return kept.current.map(({ leaf }) => leaf);
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
