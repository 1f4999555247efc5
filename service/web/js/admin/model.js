/** The weights that look: their card, kind by kind, and where the service tells about itself. */

import { kindName } from "../catalog.js";
import { html } from "../html.js";
import { hundredths, inLang, number, t } from "../i18n.js";
import { Panel, useAnswer } from "./bits.js";

const MEASURES = ["ap50", "precision", "recall"];
const LINKS = [["/openapi.json", "openapi"], ["/metrics", "metrics"], ["/readyz", "ready"], ["/api/moves", "moves"], ["/api/catalog", "catalog"]];

export default function Model() {
  const [card] = useAnswer("/api/model");
  const [catalog] = useAnswer("/api/catalog");
  const measure = (/** @type {string} */ kind, /** @type {string} */ name) => card.metrics?.[kind]?.[name] ?? card.metrics?.per_kind?.[kind]?.[name];
  const shown = (/** @type {any} */ value) => (typeof value === "number" ? hundredths(value) : "—");
  const condition = (/** @type {string} */ kind) => {
    const id = catalog?.kinds.find((/** @type {any} */ one) => one.id === kind)?.condition;
    return inLang(catalog?.conditions.find((/** @type {any} */ one) => one.id === id)?.name) || "—";
  };
  return html`
    <${Panel} title=${card?.name ?? t("admin.model")} answer=${card} name="model">
      <dl class="pairs"><div><dt>${t("model.version")}</dt><dd class="mono">${card?.version}</dd></div><div><dt>${t("model.licence")}</dt><dd>${card?.licence}</dd></div><div><dt>${t("model.kinds")}</dt><dd>${number(card?.kinds.length ?? 0)}</dd></div></dl>
      <div class="scroll" tabindex="0"><table>
        <thead><tr><th>${t("admin.kind")}</th><th>${t("model.condition")}</th><th>${t("admin.threshold")}</th><th>AP50</th><th>${t("admin.precision")}</th><th>${t("admin.recall")}</th></tr></thead>
        <tbody>${card?.kinds.map((/** @type {string} */ kind) => html`<tr key=${kind}><td>${kindName(kind)}</td><td>${condition(kind)}</td><td>${shown(card.thresholds?.[kind])}</td>
          ${MEASURES.map((name) => html`<td key=${name}>${shown(measure(kind, name))}</td>`)}</tr>`)}</tbody>
      </table></div>
      <p class="quiet small">${t("model.measured")}</p>
    </${Panel}>
    <${Panel} title=${t("admin.links")} name="links">
      <ul class="lines">${LINKS.map(([href, key]) => html`<li key=${href}><a href=${href}>${t(`admin.link_${key}`)}</a><span class="mono small quiet">${href}</span></li>`)}</ul>
    </${Panel}>`;
}
