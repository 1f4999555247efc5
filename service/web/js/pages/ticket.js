/** One ticket: what was seen, what was done, what may be done next. */

import { Failed, useAgain } from "../again.js";
import { get } from "../api.js";
import { colourOf, conditionOf, stageOf } from "../catalog.js";
import { settled, watch } from "../events.js";
import { html, useEffect, useMemo, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, inLang, t } from "../i18n.js";
import { MapView } from "../mapview.js";
import { MoveDialog, Moves } from "../moves.js";
import { Neighbours, Nudge, TicketPapers } from "../neighbours.js";
import { Helping, NoteDialog, Notes } from "../notes.js";
import { sourceWords } from "../reviewfacts.js";
import { entitle, start } from "../shell.js";
import { gridAt } from "../streets.js";
import { Condition, DueClock, State, marksOf, placeWords } from "../ticketbits.js";
import { TicketClock } from "../ticketclock.js";
import { History } from "../tickethistory.js";
import { picturesOf } from "../ticketpictures.js";
import { Gallery } from "../gallery.js";
import { unitName, useUnits } from "../units.js";
import { Why } from "../why.js";

/** Stages in which a picture of the work that was done belongs to a ticket. */
const AT_WORK = ["handling", "feedback", "check"];

const ID = decodeURIComponent(location.pathname.split("/").pop() ?? "");

function useTicket() {
  const [ticket, setTicket] = useState(/** @type {any} */ (null));
  const [missing, setMissing] = useState(false);
  const failed = useAgain(() => (setTicket((/** @type {any} */ known) => known ?? null), load()));
  const load = () => get(`/api/tickets/${encodeURIComponent(ID)}`).then(setTicket, (error) => {
    if (error.status === 404) return setMissing(true);
    setTicket((/** @type {any} */ known) => known ?? undefined);
    failed(error);
  });
  useEffect(() => {
    void load();
    return watch(settled(load, 600));
  }, []);
  return { ticket, missing, setTicket, load };
}

/** @param {{session: import("../shell.js").Session}} props */
function TicketPage({ session }) {
  const { ticket, missing, setTicket, load } = useTicket();
  const units = useUnits();
  const [moving, setMoving] = useState(/** @type {{to: string, needs: string[]} | null} */ (null));
  const [noting, setNoting] = useState(/** @type {import("../notes.js").Note | null} */ (null));
  const pictures = useMemo(() => (ticket ? picturesOf(ticket) : []), [ticket]);
  useEffect(() => ticket && entitle(ticket.number), [ticket?.number]);
  if (missing) return html`<div class="card empty"><${Icon} name="search" size=${40} /><h2>${t("ticket.missing")}</h2><a class="button" href="/tickets">${t("ticket.back")}</a></div>`;
  if (ticket === undefined) return html`<${Failed} what=${t("nav.tickets")} />`;
  if (!ticket) return html`<div key="waiting" class="ticket-page"><div class="skeleton tall"></div><div class="skeleton tall"></div></div>`;
  const mayAdd = session.role !== "viewer" && AT_WORK.includes(stageOf(ticket.state));
  return html`
    <a class="back" href="/tickets"><${Icon} name="back" size=${18} />${t("ticket.back")}</a>
    <header class="ticket-head">
      <h1><${Condition} id=${ticket.condition} /></h1>
      <span class="mono quiet">${ticket.number}</span>
      <${State} state=${ticket.state} resolution=${ticket.resolution} /><${DueClock} due_at=${ticket.due_at} state=${ticket.state} />
    </header>
    <div class="ticket-page">
      <div class="ticket-main">
        <${Gallery} ticket=${ticket} pictures=${pictures} mayAdd=${mayAdd} onAdded=${load} />
        <section class="card padded"><h2>${t("ticket.history")}</h2><${History} ticket=${ticket} units=${units} /></section>
        <${Why} ticketId=${ticket.id} />
      </div>
      <aside class="ticket-side">
        <${Moves} ticket=${ticket} onMove=${setMoving} />
        <${Notes} ticket=${ticket} onNote=${setNoting} />
        <${Helping} ticket=${ticket} units=${units} />
        <${TicketClock} ticket=${ticket} />
        <${Nudge} ticket=${ticket} role=${session.role} />
        <${Facts} ticket=${ticket} units=${units} />
        <${Where} ticket=${ticket} />
        <${Neighbours} ticket=${ticket} />
        <${TicketPapers} ticket=${ticket} role=${session.role} onWritten=${load} />
      </aside>
    </div>
    ${moving && html`<${MoveDialog} ticket=${ticket} move=${moving} role=${session.role} units=${units} pictures=${pictures} onClose=${() => setMoving(null)}
      onMoved=${(/** @type {any} */ moved) => (setMoving(null), moved?.moves ? setTicket(moved) : load())} onStale=${load} />`}
    ${noting && html`<${NoteDialog} ticket=${ticket} note=${noting} units=${units} onClose=${() => setNoting(null)} onNoted=${(/** @type {any} */ noted) => (setNoting(null), setTicket(noted))} onStale=${load} />`}`;
}

/** @param {{ticket: any, units: any[]}} props */
function Facts({ ticket, units }) {
  const condition = /** @type {any} */ (conditionOf(ticket.condition));
  const codes = [...new Set(Object.values(ticket.code ? { kept: ticket.code } : (condition?.codes ?? {})))].join(" · ");
  const { sightings } = ticket;
  const sources = [...new Set(ticket.observations.map((/** @type {any} */ { source }) => sourceWords(source)))].slice(0, 3).join(", ");
  const rows = [
    ["fact.place", placeWords(ticket.place)],
    ["fact.place_source", ticket.place_source && t(`place_source.${ticket.place_source}`)],
    ["fact.grid", ticket.place && gridAt(ticket.place)],
    ["fact.unit", unitName(units, ticket.unit)],
    ["fact.opened_at", dateTime(ticket.opened_at)],
    ["fact.due_at", dateTime(ticket.due_at)],
    ["fact.last_seen", `${dateTime(ticket.last_seen)} (${ago(ticket.last_seen)})`],
    ["fact.sightings", sightings > 0 && t("tickets.sightings", { count: sightings })],
    ["fact.source", sources],
    ["fact.closed_when", inLang(condition?.closed_when)],
    ["fact.code", codes],
    ["fact.recurrence_of", ticket.recurrence_of && html`<a href="/tickets/${ticket.recurrence_of}">${t("fact.earlier")}</a>`],
    ["fact.merged_into", ticket.merged_into && html`<a href="/tickets/${ticket.merged_into}">${t("fact.earlier")}</a>`],
    ["fact.merged", ticket.merged.length > 0 && linksTo(ticket.merged)],
    ["fact.rebounds", ticket.rebounds.length > 0 && linksTo(ticket.rebounds)],
    ["fact.marks", marksOf(ticket).join(", ")],
  ];
  return html`<section class="card padded"><h2>${t("ticket.facts")}</h2>
    <dl class="pairs">${rows.filter(([, value]) => value).map(([key, value]) => html`<div key=${key}><dt>${t(String(key))}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

/** @param {{id: string, number: string}[]} tickets */
const linksTo = (tickets) => tickets.map(({ id, number }) => html`<a key=${id} class="mono" href="/tickets/${id}">${number}</a> `);

/** @param {{ticket: any}} props */
function Where({ ticket: { place, number, condition, id } }) {
  if (!place) return null;
  const pin = { id, lat: place.lat, lon: place.lon, colour: colourOf(condition), label: number };
  return html`<section class="card small-map"><${MapView} pins=${[pin]} focus=${place} label=${t("map.label")} /></section>`;
}

void start("tickets", TicketPage);
