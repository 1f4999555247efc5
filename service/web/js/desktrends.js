/** Trends on the desk: day by day by whose they are, at which hours of the week, and where they lie thick. */

import { colourOf } from "./catalog.js";
import { Chart, counts, names, PALETTE } from "./charts.js";
import { useFresh } from "./deskdata.js";
import { HeatMap } from "./heatmap.js";
import { html } from "./html.js";
import { dayOf, inLang, number, t, weekdays } from "./i18n.js";

const MOST_GROUPS = 9;

/** @param {{days: number, by: string}} props */
export function Trends({ days, by }) {
  const answer = useFresh(() => `/api/trends?days=${Math.max(days, 7)}&by=${by}`, [days, by]);
  const instead = () => (answer === undefined ? html`<p class="quiet">${t("desk.untold")}</p>` : html`<div class="chart-wait"></div>`);
  return html`
    <section class="card panel" data-panel="trends"><h2>${t("desk.trends")}</h2>${answer ? html`<${Daily} answer=${answer} by=${by} />` : instead()}</section>
    <div class="desk-pair">
      <section class="card panel" data-panel="hours"><h2>${t("desk.hours")}</h2>${answer ? html`<${Hours} hours=${answer.hours} />` : instead()}</section>
      <section class="card panel" data-panel="heat"><h2>${t("desk.heat")}</h2>${answer ? html`<${HeatMap} spots=${answer.spots} />` : instead()}</section>
    </div>`;
}

/** @param {{answer: any, by: string}} props what was reported, a bar a day, and how much was closed */
function Daily({ answer, by }) {
  const groups = /** @type {any[]} */ (answer.items.slice(0, MOST_GROUPS));
  const days = /** @type {string[]} */ (answer.days.map(dayOf));
  const nameOf = (/** @type {any} */ group) => inLang(group.name) || t("desk.none_of_these");
  const closed = days.map((_, day) => answer.items.reduce((/** @type {number} */ sum, /** @type {any} */ group) => sum + group.closed[day], 0));
  const reported = answer.items.reduce((/** @type {number} */ sum, /** @type {any} */ group) => sum + group.reported.reduce((/** @type {number} */ one, /** @type {number} */ other) => one + other, 0), 0);
  const colour = (/** @type {any} */ group, /** @type {number} */ at) => (by === "condition" ? colourOf(group.id) : PALETTE[at % PALETTE.length]);
  const option = (/** @type {any} */ colours) => ({
    grid: { left: 8, right: 12, top: 12, bottom: 36, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: { type: "scroll", bottom: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: colours.ink }, pageTextStyle: { color: colours.quiet } },
    tooltip: { renderMode: "richText", confine: true, trigger: "axis", backgroundColor: colours.surface, borderColor: colours.line, textStyle: { color: colours.ink, fontSize: 13 } },
    xAxis: names(colours, days),
    yAxis: counts(colours),
    series: [
      ...groups.map((group, at) => ({ name: nameOf(group), type: "bar", stack: "reported", barMaxWidth: 36, itemStyle: { color: colour(group, at) }, data: group.reported })),
      { name: t("desk.closed"), type: "line", symbolSize: 6, lineStyle: { width: 2, color: colours.ink }, itemStyle: { color: colours.ink }, data: closed },
    ],
  });
  const rows = days.map((day, at) => [day, ...groups.map((group) => number(group.reported[at])), number(closed[at])]);
  return html`<${Chart} tall label=${t("desk.trends_said", { count: reported, closed: closed.reduce((one, other) => one + other, 0), first: answer.period.first, last: answer.period.last })}
    option=${option} head=${[t("desk.day"), ...groups.map(nameOf), t("desk.closed")]} rows=${rows} />`;
}

/** @param {{hours: number[][]}} props a square an hour of the week, Monday first */
function Hours({ hours }) {
  const days = weekdays();
  const clock = hours[0].map((_, hour) => String(hour));
  const most = Math.max(1, ...hours.flat());
  const cells = hours.flatMap((row, day) => row.map((count, hour) => [hour, day, count]));
  const peak = cells.reduce((one, other) => (other[2] > one[2] ? other : one));
  const option = (/** @type {any} */ colours) => ({
    grid: { left: 8, right: 8, top: 8, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: names(colours, clock, { axisLabel: { color: colours.quiet, interval: 2 } }),
    yAxis: names(colours, days, { inverse: true }),
    visualMap: { show: false, min: 0, max: most, inRange: { color: [colours.line, colours.accent] } },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: colours.surface, borderWidth: 2, borderRadius: 3 } }],
  });
  const rows = days.map((day, at) => [day, ...hours[at].map(number)]);
  return html`<${Chart} label=${peak[2] > 0 ? t("desk.hours_said", { day: days[peak[1]], hour: String(peak[0]), count: peak[2] }) : t("desk.nothing")} option=${option} head=${[t("desk.day"), ...clock]} rows=${rows} />`;
}
