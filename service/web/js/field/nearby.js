/** What is open around a place already, told before another photo of it goes: it becomes another sighting, not another ticket. */

import { call } from "../api.js";
import { openStates } from "../catalog.js";
import { toMetres } from "../geo.js";
import { html, useEffect, useState } from "../html.js";
import { t } from "../i18n.js";
import { Condition } from "../ticketbits.js";

const AROUND_M = 60;
const MOST = 4;
const METRES_PER_DEGREE = 111_320;

/** @typedef {import("./letters.js").Where} Where */

/** @param {Where} place @returns {string} west, south, east, north */
export function boxAround({ lat, lon }) {
  const [high, wide] = [AROUND_M / METRES_PER_DEGREE, AROUND_M / METRES_PER_DEGREE / Math.cos((lat * Math.PI) / 180)];
  return [lon - wide, lat - high, lon + wide, lat + high].map((degrees) => degrees.toFixed(6)).join(",");
}

/** @param {any[]} tickets @param {Where} place @returns {{ticket: any, metres: number}[]} the nearest first */
export function nearest(tickets, place) {
  const far = (/** @type {any} */ ticket) => Math.hypot(...Object.values(toMetres(ticket.place, place)));
  return tickets.filter((ticket) => ticket.place).map((ticket) => ({ ticket, metres: far(ticket) })).sort((a, b) => a.metres - b.metres).slice(0, MOST);
}

/** @param {{place: Where}} props nothing where the service cannot be asked */
export function Nearby({ place }) {
  const [known, setKnown] = useState(/** @type {{ticket: any, metres: number}[]} */ ([]));
  useEffect(() => {
    const path = `/api/tickets?limit=20&state=${openStates().join(",")}&bbox=${boxAround(place)}`;
    call("GET", path, { stay: true }).then(({ items }) => setKnown(nearest(items, place)), () => setKnown([]));
  }, [place.lat, place.lon]);
  if (known.length === 0) return null;
  return html`
    <div class="nearby" role="note"><p class="small">${t("field.nearby")}</p>
      <ul>${known.map(({ ticket, metres }) => html`
        <li key=${ticket.id}><a href="/tickets/${ticket.id}"><${Condition} id=${ticket.condition} /><span class="mono small">${ticket.number}</span></a>
          <span class="quiet small">${t("field.metres", { count: Math.round(metres) })}</span></li>`)}</ul></div>`;
}
