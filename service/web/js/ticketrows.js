/** The rows of a list of tickets, and what may be done with the chosen ones together. */

import { pictureHref } from "./api.js";
import { stageOf } from "./catalog.js";
import { html, useRef } from "./html.js";
import { ago, dateTime, t } from "./i18n.js";
import { Condition, DueClock, State, marksOf, placeWords } from "./ticketbits.js";
import { unitName } from "./units.js";

/** After which what is told of a row's age is told anew. */
const MINUTE_MS = 60_000;

/** @param {{items: any[], units: any[], chosen: Set<string> | null, onChoose: (id: string, isChosen: boolean) => void}} props `chosen`: null where this person chooses none */
export function Rows({ items, units, chosen, onChoose }) {
  const drawn = useDrawn();
  const minute = Math.floor(Date.now() / MINUTE_MS);
  return html`<ul class=${chosen ? "rows choosing" : "rows"}>${items.map((ticket) => {
    const isChosen = chosen?.has(ticket.id);
    return drawn(ticket, [units, Boolean(chosen), isChosen, minute], () => html`<${Row} key=${ticket.id} ticket=${ticket} units=${units} isChosen=${isChosen} onChoose=${chosen && onChoose} />`);
  })}</ul>`;
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

/** @param {{ticket: any, units: any[], isChosen?: boolean, onChoose: ((id: string, isChosen: boolean) => void) | null}} props */
function Row({ ticket, units, isChosen = false, onChoose }) {
  const { id, number, picture, sightings } = ticket;
  const marks = marksOf(ticket).join(" · ");
  return html`
    <li class="ticket-row ${stageOf(ticket.state)}" data-ticket=${id}>
      ${onChoose && html`<label class="row-choice"><input type="checkbox" checked=${isChosen} aria-label=${t("tickets.choose", { number })}
        onChange=${(/** @type {any} */ { target }) => onChoose(id, target.checked)} /></label>`}
      <a href="/tickets/${id}">
        <span class="thumb">${picture && html`<img src=${pictureHref(picture)} alt="" loading="lazy" decoding="async" />`}</span>
        <span class="row-what"><${Condition} id=${ticket.condition} /><span class="quiet small mono">${number}</span></span>
        <span class="row-where">${ticket.address || placeWords(ticket.place)}<span class="quiet small">${unitName(units, ticket.unit) || t("tickets.no_unit")}</span></span>
        <span class="row-seen small quiet"><span title=${dateTime(ticket.last_seen)}>${t("tickets.seen", { ago: ago(ticket.last_seen) })}</span>
          ${sightings > 0 && html`<span>${t("tickets.sightings", { count: sightings })}</span>`}
          ${marks && html`<span>${marks}</span>`}</span>
        <span class="row-state"><${State} state=${ticket.state} resolution=${ticket.resolution} /></span>
        <span class="row-due"><${DueClock} due_at=${ticket.due_at} state=${ticket.state} /></span>
      </a>
    </li>`;
}
