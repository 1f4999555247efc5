/** The weights that look: their card, kind by kind, and where the service tells about itself. */

import { kindName } from "../catalog.js";
import { html } from "../html.js";
import { ago, dateTime, hundredths, inLang, named, number, t } from "../i18n.js";
import { Panel, useAnswer } from "./bits.js";

const SHARES = ["precision", "recall"];
const HASHES = ["card", "recipe", "manifest"];
const MOST_JOBS = 12;
const LINKS = [["/openapi.json", "openapi"], ["/metrics", "metrics"], ["/readyz", "ready"], ["/api/moves", "moves"], ["/api/catalog", "catalog"]];

/** @param {any} measured @returns {string} where a measure lies with 95 in 100 */
const between = ({ ap50_low, ap50_high }) => (typeof ap50_low === "number" ? `${hundredths(ap50_low)}–${hundredths(ap50_high)}` : "");

/** @param {any} value a share @returns {any} as a number, and as a bar beside those of the other kinds */
const bar = (value) => (typeof value === "number" ? html`<meter min="0" max="1" value=${value}></meter> ${hundredths(value)}` : "—");

/** By which hash each part is known: who has the same ones has the same model. @param {{card: Api.ModelAnswer}} props */
const Hashes = ({ card }) => html`
  <details class="bring"><summary>${t("model.card")}</summary><ul class="lines small">
    ${HASHES.map((name) => html`<li key=${name}><span>${t(`model.sha_${name}`)}</span><span class="mono break quiet">${name === "card" ? card.sha256 : name === "recipe" ? card.recipe_sha256 : card.manifest_sha256}</span></li>`)}
    ${card.files.map(({ name, engine, sha256 }) => html`<li key=${name}><span><b class="mono break">${name}</b> <span class="quiet">${engine}</span></span><span class="mono break quiet">${sha256}</span></li>`)}</ul></details>`;

/** What a job is about: a ticket, or a store of the service. @param {{of: string}} props */
const Subject = ({ of }) => (of.startsWith("tic_") ? html`<a class="mono" href="/tickets/${of}" title=${of}>${t("model.ticket", { end: of.slice(-6) })}</a>` : html`<span class="quiet">${named("model.subjects", of)}</span>`);

/** @param {{session: any}} props */
export default function Model({ session }) {
  const [card] = useAnswer("/api/model");
  const [catalog] = useAnswer("/api/catalog");
  const [jobs] = useAnswer(session.role === "admin" ? "/api/jobs?limit=50" : null);
  const told = (/** @type {string} */ kind) => card.metrics?.[kind] ?? card.metrics?.per_kind?.[kind] ?? {};
  const shown = (/** @type {any} */ value) => (typeof value === "number" ? hundredths(value) : "—");
  const condition = (/** @type {string} */ kind) => {
    const id = catalog?.kinds.find((/** @type {any} */ one) => one.id === kind)?.condition;
    return inLang(catalog?.conditions.find((/** @type {any} */ one) => one.id === id)?.name) || "—";
  };
  return html`
    <${Panel} title=${card?.name ?? t("admin.model")} answer=${card} name="model">
      <dl class="pairs"><div><dt>${t("model.version")}</dt><dd class="mono">${card?.version}</dd></div><div><dt>${t("model.licence")}</dt><dd>${card?.licence}</dd></div><div><dt>${t("model.kinds")}</dt><dd>${number(card?.kinds.length ?? 0)}</dd></div><div><dt>${t("model.input")}</dt><dd>${card?.input.join(" × ")}</dd></div></dl>
      <div class="scroll" tabindex="0"><table class="labelled" role="table">
        <thead role="rowgroup"><tr role="row">${[t("admin.kind"), t("model.condition"), t("admin.threshold"), t("model.boxes"), "AP50", t("admin.precision"), t("admin.recall"), t("model.false_alarms")].map((head) => html`<th key=${head} role="columnheader">${head}</th>`)}</tr></thead>
        <tbody role="rowgroup">${card?.kinds.map((/** @type {string} */ kind) => html`<tr role="row" key=${kind}><th scope="row" role="rowheader">${kindName(kind)}</th><td role="cell" data-label=${t("model.condition")}>${condition(kind)}</td><td role="cell" data-label=${t("admin.threshold")}>${shown(card.thresholds?.[kind])}</td><td role="cell" data-label=${t("model.boxes")}>${told(kind).boxes ?? "—"}</td>
          <td role="cell" data-label="AP50">${told(kind).measurable === false ? "—" : html`${bar(told(kind).ap50)} <span class="quiet small">${between(told(kind))}</span>`}</td>
          ${SHARES.map((name) => html`<td role="cell" key=${name} data-label=${t(`admin.${name}`)}>${told(kind).measurable === false ? "—" : bar(told(kind)[name])}</td>`)}
          <td role="cell" data-label=${t("model.false_alarms")}>${told(kind).measurable === false ? "—" : shown(told(kind).false_alarms_per_100)}</td></tr>`)}</tbody>
      </table></div>
      <p class="quiet small">${t("model.measured")}</p>
      ${card && html`<${Hashes} card=${card} />`}
    </${Panel}>
    <${Panel} title=${t("model.taught")} name="taught"><p class="quiet">${t("model.taught_long")}</p>
      <div><a class="button" href="/api/exports/reviewed.zip?limit=2000" download>${t("review.take_away")}</a></div></${Panel}>
    ${session.role === "admin" && html`<${Panel} title=${t("model.jobs")} answer=${jobs} count=${jobs?.items.length} name="jobs"><p class="quiet small">${t("model.jobs_long")}</p>
      <ul class="lines small">${jobs?.items.slice(0, MOST_JOBS).map((/** @type {any} */ job) => html`<li key=${job.key}><span class="line-main"><span><b>${t(`model.job_${job.kind}`)}</b><${Subject} of=${job.subject} /></span></span>
        <span class="line-side"><span>${ago(job.at)}</span><span class="quiet">${dateTime(job.at)}</span></span></li>`)}</ul></${Panel}>`}
    <${Panel} title=${t("admin.links")} name="links">
      <ul class="lines">${LINKS.map(([href, key]) => html`<li key=${href}><a href=${href}>${t(`admin.link_${key}`)}</a><span class="mono small quiet">${href}</span></li>`)}</ul>
    </${Panel}>`;
}
