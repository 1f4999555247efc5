/** Why there is a ticket: each sighting behind it with the boxes, scores, looks and times that decided. */

import { Failed, useAgain } from "./again.js";
import { get } from "./api.js";
import { kindName } from "./catalog.js";
import { html, useState } from "./html.js";
import { dateTime, has, hundredths, named, sentenceOf, span, t } from "./i18n.js";
import { Picture } from "./picture.js";

const MINUTE_S = 60;

/** Reasons of a box that stands: what was said of it stands above. */
const STANDS = ["opened", "lasted"];

/** @param {{ticketId: string, open?: boolean}} props asked for only when somebody wants to know */
export function Why({ ticketId, open = false }) {
  const [why, setWhy] = useState(/** @type {Api.WhyPage | null | undefined} */ (null));
  const failed = useAgain(() => (setWhy(null), load()));
  const load = () => get(`/api/tickets/${encodeURIComponent(ticketId)}/why?limit=20`).then(setWhy, (error) => (setWhy(undefined), failed(error)));
  const [asked, setAsked] = useState(false);
  const opened = (/** @type {any} */ event) => {
    if (!event.target.open || asked) return;
    setAsked(true);
    void load();
  };
  return html`<details class="card padded why" open=${open} onToggle=${opened}><summary><h2>${t("why.title")}</h2></summary>
    ${asked && why === null && html`<div class="skeleton"></div>`}
    ${why === undefined && html`<${Failed} what=${t("why.title")} />`}
    ${why?.held && html`<p>${t("history.held", { reason: named("reasons", why.held) })}</p>`}
    ${why?.items.length === 0 && html`<p class="quiet">${t("why.nothing")}</p>`}
    <ul class="lines">${why?.items.map((one) => html`<${Sighting} key=${one.observation_id} sighting=${one} />`)}</ul>
  </details>`;
}

/** @param {{sighting: Api.WhyAnswer}} props the picture with the boxes of that look, then what had been decided until then */
function Sighting({ sighting: { at, source, score, condition, evidence_id, decision, before } }) {
  const seen = (decision?.things ?? []).filter((thing) => typeof thing.score === "number");
  const boxes = seen.map((thing) => ({ ...thing, condition }));
  const from = source.startsWith("pho_") ? t("source.photo") : source;
  return html`<li>
    <p><strong>${dateTime(at)}</strong> <span class="quiet small">${[from, typeof score === "number" && hundredths(score)].filter(Boolean).join(" · ")}</span></p>
    <${Decision} decision=${decision} />
    ${boxes.length > 0 && html`<${Picture} evidence_id=${evidence_id} width=${0} height=${0} detections=${boxes} alt=${t("why.picture", { when: dateTime(at) })} />`}
    ${before.length > 0 && html`<h3 class="small">${t("why.before")}</h3>
      <ol class="why-steps">${before.map((earlier) => html`<li key=${earlier.first_at}><span class="quiet small">${dateTime(earlier.first_at)} · ${t("why.looks_so_far", { count: earlier.looks })}</span><${Decision} decision=${earlier} /></li>`)}</ol>`}
  </li>`;
}

/** @param {{decision: Api.WhyAnswer["decision"]}} props what was decided and about which boxes */
export function Decision({ decision }) {
  return html`<p>${decision ? reasonWords(decision.reason) : t("why.by_hand")}</p>
    ${decision && decision.things.length > 0 && html`<ul>${decision.things.map((thing, index) => html`<li key=${index} class="small">${wordsOf(thing, decision.reason)}</li>`)}</ul>`}`;
}

/** @param {string} code @returns {string} a reason for a box, or what the whole picture suffered from */
const reasonWords = (code) => (has(`errors.${code}`) ? sentenceOf({ code }) : named("decisions", code));

/** @param {Api.ThingAnswer} thing @param {string} reason what was decided about all @returns {string} one box: what it was taken for, how surely, how often, for how long */
const wordsOf = (thing, reason) => [
  kindName(thing.kind),
  typeof thing.score === "number" && t("why.score", { score: hundredths(thing.score) }),
  typeof thing.median === "number" && typeof thing.opens_at === "number" && t("why.median", { median: hundredths(thing.median), least: hundredths(thing.opens_at) }),
  thing.hits > 0 && t("why.hits", { count: thing.hits }),
  thing.lasted_s > 0 && t("why.lasted", { span: thing.lasted_s < MINUTE_S ? t("why.seconds", { count: Math.round(thing.lasted_s) }) : span(thing.lasted_s) }),
  thing.missed > 0 && t("why.missed", { count: thing.missed }),
  thing.cause && named("decisions.causes", thing.cause),
  thing.reason !== reason && !STANDS.includes(thing.reason) && named("decisions", thing.reason),
].filter(Boolean).join(" · ");
