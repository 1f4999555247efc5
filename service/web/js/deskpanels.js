/** What stands at the side of the desk: clocks about to break, cameras that see nothing, campaigns, chronic spots. */

import { CampaignForm } from "./campaignform.js";
import { useFresh } from "./deskdata.js";
import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import { ago, named, number, percent, sentenceOf, t } from "./i18n.js";
import { Condition, DueClock, placeWords } from "./ticketbits.js";
import { unitName, useUnits } from "./units.js";

const AHEAD_MS = 24 * 3_600_000;
const MOST_CLOCKS = 12;
const BLIND = ["trouble", "silent", "off"];

/** @param {{name: string, answer: any, count?: number, children?: any}} props */
const Panel = ({ name, answer, count, children }) => html`
  <section class="card panel" data-panel=${name}><h2>${t(`desk.${name}`)}${typeof count === "number" && html` <span class="quiet">${number(count)}</span>`}</h2>
    ${answer === undefined && html`<p class="quiet">${t("desk.untold")}</p>`}${answer === null && html`<div class="skeleton"></div>`}${answer && children}</section>`;

export function Clocks() {
  const answer = useFresh(() => `/api/clocks?limit=200&due_before=${new Date(Date.now() + AHEAD_MS).toISOString()}`);
  const units = useUnits();
  const soonest = [...(answer?.items ?? [])].sort((one, other) => Date.parse(one.due_at) - Date.parse(other.due_at));
  return html`<${Panel} name="clocks" answer=${answer} count=${answer && !answer.next ? soonest.length : undefined}>
    ${soonest.length === 0 && html`<p class="quiet">${t("desk.no_clocks")}</p>`}
    <ul class="lines">${soonest.slice(0, MOST_CLOCKS).map((one) => html`<li key=${one.ticket}>
      <a class="line-main" href="/tickets/${one.ticket}"><span><${Condition} id=${one.condition} /><span class="quiet small">${one.number} · ${unitName(units, one.unit) || t("tickets.no_unit")}</span></span></a>
      <span class="line-side"><${DueClock} due_at=${one.due_at} state=${one.state} />
        ${one.forecast?.will_miss && html`<span class="small bad">${t("desk.will_miss", { chance: percent(one.forecast.chance) })}</span>`}</span></li>`)}</ul>
    ${(soonest.length > MOST_CLOCKS || answer?.next) && html`<p><a href="/tickets">${t("desk.all_tickets")}</a></p>`}
  </${Panel}>`;
}

export function Cameras() {
  const answer = useFresh(() => "/api/cameras?limit=200", [], true);
  const cameras = answer?.items ?? [];
  const blind = cameras.filter((/** @type {any} */ camera) => BLIND.includes(camera.state));
  return html`<${Panel} name="cameras" answer=${answer}>
    <p class=${blind.length > 0 ? "bad" : "quiet"}>${t("desk.seeing", { seeing: cameras.length - blind.length, all: cameras.length })}</p>
    <ul class="lines">${blind.map((/** @type {any} */ camera) => html`<li key=${camera.id}><span class="line-main"><span><b>${camera.name || camera.id}</b>
      <span class="quiet small">${camera.trouble ? sentenceOf({ code: camera.trouble }) : ""}</span></span></span>
      <span class="line-side"><span class="state ${camera.state}">${named("camera_states", camera.state)}</span><span class="quiet small">${camera.last_frame_at ? ago(camera.last_frame_at) : t("admin.no_frame")}</span></span></li>`)}</ul>
  </${Panel}>`;
}

/** @param {{mayPlan?: boolean}} props */
export function Campaigns({ mayPlan = false }) {
  const [planned, setPlanned] = useState(0);
  const [isPlanning, setPlanning] = useState(false);
  const answer = useFresh(() => "/api/campaigns?limit=20", [planned]);
  const running = (answer?.items ?? []).filter((/** @type {any} */ one) => one.phase === "running");
  return html`<${Panel} name="campaigns" answer=${answer}>
    ${running.length === 0 && html`<p class="quiet">${t("desk.no_campaigns")}</p>`}
    ${mayPlan && html`<div><button type="button" class="button" onClick=${() => setPlanning(true)}><${Icon} name="plus" size=${18} />${t("campaigns.add")}</button></div>`}
    ${isPlanning && html`<${CampaignForm} onClose=${() => setPlanning(false)} onDone=${() => (setPlanning(false), setPlanned(planned + 1))} />`}
    <ul class="lines">${running.map((/** @type {any} */ one) => html`<${Campaign} key=${one.id} campaign=${one} />`)}</ul>
  </${Panel}>`;
}

/** @param {{campaign: any}} props */
function Campaign({ campaign }) {
  const counts = useFresh(() => `/api/campaigns/${encodeURIComponent(campaign.id)}`);
  const goal = campaign.target ?? counts?.tickets ?? 0;
  return html`<li><span class="line-main"><span><b>${campaign.name}</b><span class="quiet small">${t("desk.until", { last: campaign.last })}</span></span></span>
    <span class="line-side">${counts && html`<span>${t("desk.done", { closed: counts.closed, goal })}</span><progress max=${Math.max(1, goal)} value=${counts.closed} aria-label=${campaign.name}></progress>`}</span></li>`;
}

export function Chronic() {
  const answer = useFresh(() => "/api/chronic");
  return html`<${Panel} name="chronic" answer=${answer} count=${answer?.items.length}>
    ${answer?.items.length === 0 && html`<p class="quiet">${t("desk.no_chronic")}</p>`}
    <ul class="lines">${answer?.items.map((/** @type {any} */ spot) => html`<li key=${spot.first}>
      <a class="line-main" href="/tickets?state=all&q=${encodeURIComponent(spot.first)}"><span><${Condition} id=${spot.condition} /><span class="quiet small">${placeWords(spot.place)}</span></span></a>
      <span class="line-side"><span>${t("desk.came_back", { count: spot.rebounds.length })}</span><span class="quiet small">${ago(spot.last_at)}</span></span></li>`)}</ul>
  </${Panel}>`;
}
