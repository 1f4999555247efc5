/** Tickets as cards in columns of states; a card goes where the table of moves allows, by hand or by its menu. */

import { Failed, useAgain } from "./again.js";
import { get, pictureHref, post } from "./api.js";
import { catalog, stageOf, stateName } from "./catalog.js";
import { Dialog } from "./dialog.js";
import { settled, watch } from "./events.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { Icon } from "./icons.js";
import { number, t } from "./i18n.js";
import { MoveDialog, deed } from "./moves.js";
import { Condition, DueClock, placeWords } from "./ticketbits.js";
import { askedOf } from "./ticketfilter.js";
import { picturesOf } from "./ticketpictures.js";
import { toast, toastError } from "./toasts.js";
import { unitName } from "./units.js";

/** The states of the work, from left to right. */
export const COLUMNS = ["reported", "verifying", "filed", "returned", "dispatched", "in_progress", "suspended", "rework", "handled", "checking", "closed"];
const A_COLUMN = 30;
const QUIET_MS = 900;

/** @param {string} was @param {string} role @param {typeof catalog.moves} [moves] @returns {string[]} where a card of that state may be dropped */
export const targetsOf = (was, role, moves = catalog.moves) => moves.filter((move) => move.was === was && move.roles.includes(role)).map(({ to }) => to);

/** @param {import("./ticketfilter.js").Filter} filter @returns {Record<string, any[]> | null | undefined} the newest tickets of each column; null until they are here, undefined where they could not be loaded */
function useColumns(filter) {
  const [columns, setColumns] = useState(/** @type {Record<string, any[]> | null | undefined} */ (null));
  const failed = useAgain(() => (setColumns((known) => known ?? null), load()));
  const latest = useRef(filter);
  latest.current = filter;
  const load = async () => {
    const wanted = latest.current;
    const ask = (/** @type {string} */ state) => get(`/api/tickets?${askedOf(wanted, { states: [state] })}&limit=${A_COLUMN}`).then(({ items }) => [state, items]);
    const found = await Promise.all(COLUMNS.map(ask)).catch(failed);
    if (wanted === latest.current) setColumns((known) => (found ? Object.fromEntries(found) : (known ?? undefined)));
  };
  useEffect(() => void load(), [filter]);
  useEffect(() => watch(settled(load, QUIET_MS)), []);
  return columns;
}

/** @param {{filter: import("./ticketfilter.js").Filter, counts: Record<string, number>, role: string, units: any[]}} props */
export function Board({ filter, counts, role, units }) {
  const columns = useColumns(filter);
  const [held, setHeld] = useState(/** @type {any} */ (null));
  const [asked, setAsked] = useState(/** @type {{ticket: any, move: any} | null} */ (null));
  const open = async (/** @type {any} */ { id }, /** @type {string | null} */ to) => {
    const ticket = await get(`/api/tickets/${id}`).catch(toastError);
    if (!ticket) return;
    const move = ticket.moves.find((/** @type {any} */ one) => one.to === to) ?? null;
    if (to && !move) return void toast(t("board.not_now"), { bad: true });
    if (!move || move.needs.length > 0 || move.to === "handled") return setAsked({ ticket, move });
    await post(`/api/tickets/${id}/moves`, { to, version: ticket.version }).then(() => toast(t("ticket.moved", { state: stateName(move.to) })), toastError);
  };
  if (columns === undefined) return html`<${Failed} what=${t("tickets.view_board")} />`;
  if (!columns) return html`<div class="board">${COLUMNS.map((state) => html`<section class="column"><h2>${stateName(state)}</h2><div class="skeleton"></div></section>`)}</div>`;
  const targets = held ? targetsOf(held.state, role) : [];
  return html`
    <div class="board" role="group" aria-label=${t("board.label")}>
      ${COLUMNS.map((state) => html`
        <${Column} key=${state} state=${state} items=${columns[state] ?? []} count=${counts[state] ?? 0} units=${units} role=${role} onHold=${setHeld} onMenu=${(/** @type {any} */ ticket) => open(ticket, null)}
          drop=${held ? (targets.includes(state) ? "may" : "not") : ""} onDrop=${() => held && targets.includes(state) && open(held, state)} />`)}
    </div>
    ${asked && !asked.move && html`<${Steps} ticket=${asked.ticket} onClose=${() => setAsked(null)} onStep=${(/** @type {any} */ move) => setAsked({ ...asked, move })} />`}
    ${asked?.move && html`<${MoveDialog} ticket=${asked.ticket} move=${asked.move} role=${role} units=${units} pictures=${picturesOf(asked.ticket)} onClose=${() => setAsked(null)} onMoved=${() => setAsked(null)} onStale=${() => setAsked(null)} />`}`;
}

/** @param {{state: string, items: any[], count: number, units: any[], role: string, drop: string, onHold: (ticket: any) => void, onDrop: () => void, onMenu: (ticket: any) => void}} props */
function Column({ state, items, count, units, role, drop, onHold, onDrop, onMenu }) {
  const over = (/** @type {DragEvent} */ event) => drop === "may" && event.preventDefault();
  const dropped = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    onDrop();
  };
  return html`
    <section class="column ${drop}" data-column=${state} aria-label=${stateName(state)} onDragOver=${over} onDrop=${dropped}>
      <h2><span class="state ${stageOf(state)}">${stateName(state)}</span><b>${number(count)}</b></h2>
      <ol>${items.map((ticket) => html`
        <li key=${ticket.id} class="card board-card" data-ticket=${ticket.id} draggable=${targetsOf(state, role).length > 0} onDragStart=${() => onHold(ticket)} onDragEnd=${() => onHold(null)}>
          ${ticket.picture && html`<img src=${pictureHref(ticket.picture)} alt="" loading="lazy" draggable="false" />`}
          <div><${Condition} id=${ticket.condition} /><a class="mono small" href="/tickets/${ticket.id}" draggable="false">${ticket.number}</a>
            <span class="small">${ticket.address || placeWords(ticket.place)}</span>${ticket.unit && html`<span class="quiet small">${unitName(units, ticket.unit)}</span>`}
            <${DueClock} due_at=${ticket.due_at} state=${state} /></div>
          ${targetsOf(state, role).length > 0 && html`<button type="button" class="icon-button" aria-label=${t("board.move", { number: ticket.number })} onClick=${() => onMenu(ticket)}><${Icon} name="next" size=${18} /></button>`}
        </li>`)}</ol>
      ${count > items.length && html`<a class="button plain wide" href=${`/tickets?state=${state}`}>${t("board.all", { count })}</a>`}
    </section>`;
}

/** @param {{ticket: any, onClose: () => void, onStep: (move: any) => void}} props */
const Steps = ({ ticket, onClose, onStep }) => html`
  <${Dialog} title=${ticket.number} onClose=${onClose}>
    <div class="steps">${ticket.moves.map((/** @type {any} */ move) => html`<button key=${move.to} type="button" class="button wide" data-to=${move.to} onClick=${() => onStep(move)}>${deed(move.to)}</button>`)}
      ${ticket.moves.length === 0 && html`<p class="quiet">${t("ticket.no_moves")}</p>`}</div>
  </${Dialog}>`;
