/** The desk: the numbers of some days, their trends and whose they are, what is about to be late, what sees nothing, papers; and all of it on a wall. */

import { useFresh } from "../deskdata.js";
import { Cameras, Campaigns, Chronic, Clocks } from "../deskpanels.js";
import { Trends } from "../desktrends.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { hundredths, inLang, number, percent, span, t } from "../i18n.js";
import { Papers } from "../papers.js";
import { start } from "../shell.js";
import { useWall, WallHead } from "../wall.js";

const DAYS = [1, 7, 30];
const DIVISIONS = ["condition", "street", "unit", "grid"];
const TILES = ["reported", "filed", "on_time_closing_rate", "overdue", "rework_rate", "rebound_rate", "self_correction_rate", "mean_handling_time"];
const PLANNERS = ["admin", "ops", "chief"];
const COLUMNS = ["filed", "closed", "on_time_closing_rate", "overdue"];

/** @typedef {{id: string, unit: string, name: any, definition: any, more_is_better: boolean | null}} Definition */
/** @typedef {{id: string, value: number | null, part: number, base: number | null}} Measure */
/** @typedef {{id: string | null, name: any, values: Measure[]}} Group */

/** @param {Measure | undefined} measure @param {string} unit @returns {string} a value as it is read; a dash where its base is empty */
function shown(measure, unit) {
  if (!measure || measure.value === null) return "–";
  if (unit === "share") return percent(measure.value);
  if (unit === "hours") return span(measure.value * 3600);
  return unit === "count" ? number(measure.value) : hundredths(measure.value);
}

/** @param {{session: any}} props */
function Desk({ session }) {
  const asked = new URLSearchParams(location.search);
  const [days, setDays] = useState(DAYS.find((one) => String(one) === asked.get("days")) ?? 7);
  const [by, setBy] = useState(DIVISIONS.find((one) => one === asked.get("by")) ?? "condition");
  const [isWall, setWall] = useWall();
  const answer = useFresh(() => `/api/indicators?days=${days}&by=${by}`, [days, by]);
  useEffect(() => {
    const kept = new URLSearchParams(location.search);
    kept.set("days", String(days));
    kept.set("by", by);
    isWall ? kept.set("wall", "1") : kept.delete("wall");
    history.replaceState(null, "", `${location.pathname}?${kept}`);
  }, [days, by, isWall]);
  if (isWall) return html`<${WallHead} onLeave=${() => setWall(false)} /><${Tiles} answer=${answer} />
    <div class="wall-grid"><div><${Trends} days=${days} by=${by} /></div><div><${Clocks} /><${Cameras} /></div><div><${Division} answer=${answer} by=${by} onBy=${setBy} /><${Campaigns} /><${Chronic} /></div></div>`;
  return html`
    <div class="page-head"><h1>${t("nav.desk")}</h1>
      <p class="quiet">${answer ? t("desk.period", answer.period) : "\u00a0"}</p><div class="gap"></div>
      <button type="button" class="button plain to-wall" onClick=${() => setWall(true)}><${Icon} name="fit" size=${18} />${t("desk.wall")}</button>
      <div class="choices" role="group" aria-label=${t("desk.days")}>${DAYS.map((one) => html`
        <button key=${one} type="button" class="choice" aria-pressed=${days === one} onClick=${() => setDays(one)}>${t(`desk.days_${one}`)}</button>`)}</div>
    </div>
    <${Tiles} answer=${answer} />
    <div class="desk">
      <div class="desk-main"><${Trends} days=${days} by=${by} /><${Division} answer=${answer} by=${by} onBy=${setBy} /><${Papers} period=${answer?.period} role=${session.role} /></div>
      <div class="desk-side"><${Clocks} /><${Cameras} /><${Campaigns} mayPlan=${PLANNERS.includes(session.role)} /><${Chronic} /></div>
    </div>`;
}

/** @param {{answer: any}} props */
function Tiles({ answer }) {
  const all = /** @type {Group | undefined} */ (answer?.items[0]);
  return html`<ul class="tiles">${TILES.map((id) => {
    const definition = answer?.definitions.find((/** @type {Definition} */ one) => one.id === id);
    const measure = all?.values.find((one) => one.id === id);
    if (!definition) return html`<li key=${id} class="card tile">${answer === undefined ? html`<b>–</b>` : html`<div class="skeleton"></div>`}</li>`;
    return html`<li key=${id} class="card tile" data-indicator=${id}><details><summary><span class="small quiet">${inLang(definition.name)}</span>
      <b class=${moodOf(definition, measure)}>${shown(measure, definition.unit)}</b>
      <span class="small quiet">${definition.unit === "share" && measure?.base ? t("desk.of", { part: measure.part, base: measure.base }) : ""}</span></summary>
      <p class="small quiet">${inLang(definition.definition)}</p></details></li>`;
  })}</ul>`;
}

/** @param {Definition} definition @param {Measure | undefined} measure @returns {string} the class of a number that ought to be none and is some */
const moodOf = ({ id }, measure) => (id === "overdue" && measure?.value ? "bad" : "");

/** @param {{answer: any, by: string, onBy: (by: string) => void}} props */
function Division({ answer, by, onBy }) {
  const groups = /** @type {Group[]} */ (answer?.items.slice(1) ?? []);
  const value = (/** @type {Group} */ group, /** @type {string} */ id) => group.values.find((one) => one.id === id);
  const unitOf = (/** @type {string} */ id) => answer.definitions.find((/** @type {Definition} */ one) => one.id === id);
  const most = Math.max(1, ...groups.map((group) => value(group, "reported")?.value ?? 0));
  return html`<section class="card panel"><div class="panel-head"><h2>${t("desk.division")}</h2>
      <div class="choices" role="group" aria-label=${t("desk.divide_by")}>${DIVISIONS.map((one) => html`
        <button key=${one} type="button" class="choice" aria-pressed=${by === one} onClick=${() => onBy(one)}>${t(`desk.by_${one}`)}</button>`)}</div></div>
    ${answer === null && html`<div class="skeleton"></div>`}${answer === undefined && html`<p class="quiet">${t("desk.untold")}</p>`}
    ${answer && groups.length === 0 && html`<p class="quiet">${t("desk.nothing")}</p>`}
    ${groups.length > 0 && html`<div class="scroll" tabindex="0"><table><thead><tr><th>${t(`desk.by_${by}`)}</th><th class="wide">${inLang(unitOf("reported").name)}</th>
      ${COLUMNS.map((id) => html`<th key=${id}>${inLang(unitOf(id).name)}</th>`)}</tr></thead>
      <tbody>${groups.map((group) => html`<tr key=${group.id}><td>${inLang(group.name) || t("desk.none_of_these")}</td>
        <td class="wide"><meter min="0" max=${most} value=${value(group, "reported")?.value ?? 0}></meter> ${shown(value(group, "reported"), "count")}</td>
        ${COLUMNS.map((id) => html`<td key=${id} class=${moodOf(unitOf(id), value(group, id))}>${shown(value(group, id), unitOf(id).unit)}</td>`)}</tr>`)}</tbody></table></div>`}
  </section>`;
}

void start("desk", Desk);
