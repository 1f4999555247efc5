/** The map page: open tickets where they are, cameras where they look. */

import { Failed } from "../again.js";
import { pictureHref } from "../api.js";
import { catalog, colourOf, conditionName, stateName } from "../catalog.js";
import { useGround } from "../groundview.js";
import { html, useMemo, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, t } from "../i18n.js";
import { MapView } from "../mapview.js";
import { start } from "../shell.js";
import { Condition, DueClock, State, dueState, placeWords, useNow } from "../ticketbits.js";

/**
 * @param {any[]} tickets @param {{hidden: string[], lateOnly: boolean, isLate: (ticket: any) => boolean}} wanted
 * @returns {import("../mapview.js").MapPin[]} those without a place have none
 */
function pinsOf(tickets, { hidden, lateOnly, isLate }) {
  return tickets.filter((ticket) => ticket.place && !hidden.includes(ticket.condition) && (!lateOnly || isLate(ticket))).map((ticket) => ({
    id: ticket.id, lat: ticket.place.lat, lon: ticket.place.lon, colour: colourOf(ticket.condition), faded: ticket.state === "candidate", late: isLate(ticket),
    label: [ticket.number, conditionName(ticket.condition), stateName(ticket.state), isLate(ticket) && t("tickets.group_overdue")].filter(Boolean).join(" · "),
  }));
}

/** Where the address asks to look first: `at=30.5,121.4`. */
const ASKED = /^(-?[\d.]+),(-?[\d.]+)$/.exec(new URLSearchParams(location.search).get("at") ?? "");
const FOCUS = ASKED && { lat: Number(ASKED[1]), lon: Number(ASKED[2]) };

/** @param {{session: import("../shell.js").Session}} props */
function CityMap({ session }) {
  const [chosen, setChosen] = useState(/** @type {string | null} */ (null));
  const [hidden, setHidden] = useState(/** @type {string[]} */ ([]));
  const [withCameras, setWithCameras] = useState(true);
  const [lateOnly, setLateOnly] = useState(new URLSearchParams(location.search).get("state") === "overdue");
  const { city, look } = useGround({ role: session.role, hidden, lateOnly });
  const read = useRef(/** @type {any} the ticket whose sheet is open: among many it stays when it moves out of sight */ (undefined));
  const now = useNow();
  const timed = useMemo(() => new Set(catalog.states.filter(({ timer }) => ["dispatch", "handling"].includes(timer)).map(({ id }) => id)), []);
  const isLate = (/** @type {any} */ { due_at, state }) => timed.has(state) && dueState(due_at, now)?.mood === "late";
  const pins = useMemo(() => pinsOf(city?.tickets ?? [], { hidden, lateOnly, isLate }), [city, hidden, lateOnly, now]);
  if (city === undefined) return html`<${Failed} what=${t("nav.map")} />`;
  if (!city) return html`<div class="map-page"><div class="map skeleton"></div></div>`;

  const cameras = city.cameras.filter(({ place }) => place).map((camera) => ({
    id: camera.id, lat: camera.place.lat, lon: camera.place.lon, heading_deg: camera.heading_deg, fov_deg: camera.fov_deg, state: camera.state, label: `${t("map.camera")} · ${camera.name || camera.id}`,
  }));
  const bunches = city.bunches.map((bunch) => ({ ...bunch, colour: "var(--accent)", late: bunch.late > 0, label: "" }));
  const late = city.isMany ? city.kinds.reduce((sum, kind) => sum + kind.late, 0) : city.tickets.filter(isLate).length;
  const toggle = (/** @type {string} */ id) => setHidden(hidden.includes(id) ? hidden.filter((other) => other !== id) : [...hidden, id]);
  const ticket = city.tickets.find(({ id }) => id === chosen) ?? (city.isMany && read.current?.id === chosen ? read.current : undefined);
  read.current = ticket;
  return html`
    <div class="map-page">
      <h1 class="only-heard">${t("nav.map")}</h1>
      <${MapView} pins=${[...bunches, ...pins]} extent=${city.extent} onLook=${look} cameras=${withCameras ? cameras : []} chosen=${chosen} onChoose=${setChosen} focus=${FOCUS} label=${t("map.label")} />
      <${Legend} kinds=${city.kinds} hidden=${hidden} onToggle=${toggle} withCameras=${withCameras} onCameras=${() => setWithCameras(!withCameras)} cameras=${cameras.length}
        late=${late} lateOnly=${lateOnly} onLate=${() => setLateOnly(!lateOnly)} />
      ${ticket && html`<${Sheet} ticket=${ticket} onClose=${() => setChosen(null)} />`}
    </div>`;
}

/** @param {any} props */
const Legend = ({ kinds, hidden, onToggle, withCameras, onCameras, cameras, late, lateOnly, onLate }) => html`
  <div class="legend" role="group" aria-label=${t("map.legend")}>
    ${catalog.conditions.filter(({ id }) => kinds.some((/** @type {any} */ { condition }) => condition === id)).map(({ id }) => html`
      <button key=${id} type="button" class="choice" aria-pressed=${!hidden.includes(id)} style=${{ "--c": colourOf(id) }} onClick=${() => onToggle(id)}>
        <i class="dot"></i>${conditionName(id)}<b>${kinds.find((/** @type {any} */ { condition }) => condition === id).count}</b></button>`)}
    ${(late > 0 || lateOnly) && html`<button type="button" class="choice alarm" aria-pressed=${lateOnly} onClick=${onLate}><${Icon} name="clock" size=${16} />${t("tickets.group_overdue")}<b>${late}</b></button>`}
    ${cameras > 0 && html`<button type="button" class="choice" aria-pressed=${withCameras} onClick=${onCameras}><${Icon} name="camera" size=${16} />${t("map.cameras")}<b>${cameras}</b></button>`}
  </div>`;

/** @param {{ticket: any, onClose: () => void}} props */
const Sheet = ({ ticket, onClose }) => html`
  <section class="sheet card" aria-label=${ticket.number}>
    <button type="button" class="icon-button sheet-close" aria-label=${t("close")} onClick=${onClose}><${Icon} name="cross" /></button>
    <a class="sheet-picture" href="/tickets/${ticket.id}" tabindex="-1" aria-hidden="true"><img src=${pictureHref(ticket.picture)} alt="" /></a>
    <div class="sheet-words">
      <${Condition} id=${ticket.condition} />
      <a class="sheet-number" href="/tickets/${ticket.id}">${ticket.number}</a>
      <div class="choices"><${State} state=${ticket.state} resolution=${ticket.resolution} /><${DueClock} due_at=${ticket.due_at} state=${ticket.state} /></div>
      <p class="quiet small">${placeWords(ticket.place)} · ${ago(ticket.last_seen)}</p>
      <a class="button primary" href="/tickets/${ticket.id}">${t("map.to_ticket")}</a>
    </div>
  </section>`;

void start("map", CityMap);
