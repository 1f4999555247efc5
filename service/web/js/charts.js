/** Charts in the page's own colours, drawn as SVG; the library is loaded only where one is shown, after the page stands. */

import { html, useEffect, useRef, useState } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";

/** @typedef {{ink: string, quiet: string, line: string, surface: string, accent: string, good: string, font: string}} Colours */

const DARK = matchMedia("(prefers-color-scheme: dark)");
const NAMES = /** @type {Record<string, string>} */ ({ ink: "--ink", quiet: "--ink-2", line: "--line", surface: "--surface", accent: "--accent", good: "--good", font: "--sans" });

/** Colours of groups that have none of their own; apart from each other also for who sees few colours. */
export const PALETTE = ["#2563eb", "#d97706", "#059669", "#a855f7", "#dc2626", "#0891b2", "#65a30d", "#db2777", "#78716c"];

/** @returns {Colours} as the style sheet has them now */
function coloursNow() {
  const style = getComputedStyle(document.documentElement);
  return /** @type {any} */ (Object.fromEntries(Object.entries(NAMES).map(([name, token]) => [name, style.getPropertyValue(token).trim()])));
}

/** @returns {Colours} those of the page, anew when it gets dark */
function useColours() {
  const [colours, setColours] = useState(coloursNow);
  useEffect(() => {
    const renew = () => setColours(coloursNow());
    DARK.addEventListener("change", renew);
    return () => DARK.removeEventListener("change", renew);
  }, []);
  return colours;
}

/**
 * A chart, its numbers as a table for who does not see it, and what it says in a sentence.
 * @param {{label: string, option: (colours: Colours) => any, head: string[], rows: (string | number)[][], tall?: boolean}} props
 */
export function Chart({ label, option, head, rows, tall = false }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const chart = useRef(/** @type {any} */ (null));
  const colours = useColours();
  const [isMissing, setMissing] = useState(false);
  const drawn = { animation: false, textStyle: { fontFamily: colours.font, color: colours.ink }, tooltip: tooltip(colours), ...option(colours) };
  const latest = useRef(drawn);
  latest.current = drawn;
  useEffect(() => {
    let gone = false;
    const sizes = new ResizeObserver(() => chart.current?.resize());
    const missing = () => !gone && setMissing(true);
    import("../vendor/echarts.js").then((echarts) => {
      if (gone || !box.current) return;
      chart.current = echarts.init(box.current, null, { renderer: "svg" });
      chart.current.setOption(latest.current);
      sizes.observe(box.current);
      box.current.dataset.drawn = "true";
    }, missing);
    return () => {
      gone = true;
      sizes.disconnect();
      chart.current?.dispose();
    };
  }, []);
  useEffect(() => chart.current?.setOption(drawn, { notMerge: true }), [JSON.stringify(drawn)]);
  return html`<figure class="chart ${tall ? "tall" : ""}">${isMissing ? html`<p class="notice bad" role="alert"><${Icon} name="warn" /><span>${t("failed.load", { what: label })}</span></p>` : html`<div class="chart-box" role="img" aria-label=${label} ref=${box}></div>`}
    <details class="chart-numbers" open=${isMissing}><summary class="small quiet">${t("charts.numbers")}</summary><div class="scroll" tabindex="0"><table><caption class="only-heard">${label}</caption>
      <thead><tr>${head.map((name) => html`<th key=${name} scope="col">${name}</th>`)}</tr></thead>
      <tbody>${rows.map(([name, ...cells]) => html`<tr key=${name}><th scope="row">${name}</th>${cells.map((cell, at) => html`<td key=${at}>${cell}</td>`)}</tr>`)}</tbody></table></div></details></figure>`;
}

/** Drawn as part of the chart: one made of HTML would need styles that the page's policy does not let in. @param {Colours} colours */
const tooltip = (colours) => ({ renderMode: "richText", confine: true, backgroundColor: colours.surface, borderColor: colours.line, textStyle: { color: colours.ink, fontSize: 13 } });

/** @param {Colours} colours @param {string[]} data @param {object} [more] an axis of names */
export const names = (colours, data, more = {}) => ({ type: "category", data, axisTick: { show: false }, axisLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.quiet }, ...more });

/** @param {Colours} colours an axis of whole numbers */
export const counts = (colours) => ({ type: "value", minInterval: 1, splitLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.quiet } });
