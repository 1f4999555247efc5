/** What a reviewer must know beside the picture. */

import { colourOf, conditionName, conditionOf } from "./catalog.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { ago, dateTime, inLang, percent, t } from "./i18n.js";
import { MapView } from "./mapview.js";
import { Condition, State, placeWords } from "./ticketbits.js";

/** @param {any} source @returns {string} */
export function sourceWords(source) {
  if (!source) return t("source.unknown");
  return t(source.type === "camera" ? "source.camera" : "source.photo", { id: source.name ?? source.id });
}

/** @param {any} observation @returns {import("./mapview.js").MapPin} */
const pinOf = ({ id, place, condition }) => ({ id, lat: place.lat, lon: place.lon, colour: colourOf(condition), label: conditionName(condition) });

/** @param {{item: Api.ReviewItem, bare?: boolean, children?: any}} props `bare`: without the map */
export function ReviewFacts({ item: { observation, ticket }, bare = false, children }) {
  const closed_when = conditionOf(observation.condition)?.closed_when;
  return html`
    <div class="verdict-facts">
      <div class="verdict-title"><h2><${Condition} id=${observation.condition} /></h2>
        ${typeof observation.score === "number" && html`<span class="score" title=${t("review.score")}>${percent(observation.score)}</span>`}</div>
      <dl class="facts">
        <div><dt><${Icon} name="clock" size=${18} /><span class="only-heard">${t("fact.taken_at")}</span></dt><dd title=${dateTime(observation.taken_at)}>${dateTime(observation.taken_at)} <span class="quiet">${ago(observation.taken_at)}</span></dd></div>
        <div><dt><${Icon} name="pin" size=${18} /><span class="only-heard">${t("fact.place")}</span></dt><dd>${placeWords(observation.place)}</dd></div>
        <div><dt><${Icon} name="camera" size=${18} /><span class="only-heard">${t("fact.source")}</span></dt><dd>${sourceWords(observation.source)}</dd></div>
        ${ticket && html`<div><dt><${Icon} name="tickets" size=${18} /><span class="only-heard">${t("fact.ticket")}</span></dt>
          <dd><a href="/tickets/${ticket.id}">${ticket.number}</a> <${State} state=${ticket.state} /></dd></div>`}
      </dl>
      ${children}
      ${observation.place && !bare && html`<div class="review-map" key=${observation.id}><${MapView} pins=${[pinOf(observation)]} focus=${observation.place} label=${t("map.label")} /></div>`}
      ${closed_when && html`<p class="quiet small">${t("review.closed_when", { what: inLang(closed_when) })}</p>`}
    </div>`;
}
