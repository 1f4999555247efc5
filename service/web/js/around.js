/** What is known around a sighting: open tickets nearby, and its place in earlier pictures. */

import { get, pictureHref } from "./api.js";
import { html, useEffect, useState } from "./html.js";
import { dateTime, t } from "./i18n.js";
import { Picture } from "./picture.js";
import { State } from "./ticketbits.js";

/** @typedef {Api.PassAnswer} Pass */
/** @typedef {Api.NeighbourAnswer} Neighbour */
/** @typedef {Api.AroundAnswer} Around */

const PAUSE_MS = 120;

/** @type {Map<string, Around>} */
const known = new Map();

/** @type {Around} */
export const NOTHING = { neighbours: [], earlier: [] };

/** @param {string | undefined} id of a sighting, undefined where nothing may be told @returns {Around} asked for once the eye rests on it */
export function useAround(id) {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!id || known.has(id)) return;
    const timer = setTimeout(async () => {
      const around = await get(`/api/observations/${encodeURIComponent(id)}/around`).catch(() => NOTHING);
      known.set(id, around);
      for (const { picture } of around.neighbours.slice(0, 1)) new Image().src = pictureHref(picture.evidence_id) ?? "";
      redraw((count) => count + 1);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return (id && known.get(id)) || NOTHING;
}

/** @param {Neighbour} neighbour */
const wordsOf = ({ ticket, metres }) => t("around.near", { number: ticket.number, metres: Math.round(metres) });

/** @param {{neighbour: Neighbour, onAsk: () => void}} props the hint beside the facts */
export const Suggestion = ({ neighbour, onAsk }) => html`
  <button type="button" class="suggestion" aria-keyshortcuts="M" onClick=${onAsk}>
    <img src=${pictureHref(neighbour.picture.evidence_id)} alt="" loading="lazy" decoding="async" />
    <span><b>${t("around.maybe_same")}</b><br /><span class="quiet small">${wordsOf(neighbour)}</span></span><kbd>M</kbd>
  </button>`;

/** @param {{observation: Api.ObservationAnswer, neighbours: Neighbour[], onMerge: (neighbour: Neighbour) => void}} props this picture beside those of open tickets nearby */
export const Neighbours = ({ observation, neighbours, onMerge }) => html`
  <section class="stage beside" aria-label=${t("around.title")}>
    <figure>
      <${Picture} ...${observation} alt=${t("around.this")} eager bare />
      <figcaption><b>${t("around.this")}</b> <span>${dateTime(observation.taken_at)}</span></figcaption>
    </figure>
    ${neighbours.map((neighbour, index) => html`
      <figure key=${neighbour.ticket.id}>
        <${Picture} ...${neighbour.picture} alt=${wordsOf(neighbour)} eager bare />
        <figcaption><b>${wordsOf(neighbour)}</b> <span>${dateTime(neighbour.picture.at)}</span> <${State} state=${neighbour.ticket.state} />
          <button type="button" class="button primary" aria-keyshortcuts=${index === 0 ? "M 1" : index + 1} onClick=${() => onMerge(neighbour)}>${t("around.merge")}<kbd>${index === 0 ? "M" : index + 1}</kbd></button>
        </figcaption>
      </figure>`)}
  </section>`;
