/** The city's ground and who answers for it: units, duty grids with their streets, shops and yards, permits. */

import { conditionName } from "../catalog.js";
import { html } from "../html.js";
import { inLang, t } from "../i18n.js";
import { Panel, useAnswer } from "./bits.js";
import { GridImport } from "./gridimport.js";
import { GridMap } from "./gridmap.js";
import { Permits } from "./permits.js";
import { Premises } from "./premises.js";

/** @param {{session: any}} props */
export default function Places({ session }) {
  const [grids, reload] = useAnswer("/api/grids?limit=200", { whole: true });
  const [coverage, recount] = useAnswer("/api/grid-map/coverage");
  const [streets, rename] = useAnswer("/api/grid-streets");
  const [answering] = useAnswer("/api/units");
  const units = answering?.items ?? [];
  const changed = () => Promise.all([reload(), recount(), rename()]);
  return html`
    <${Panel} title=${t("places.grids")} answer=${grids && streets && answering} count=${grids?.items.length} name="grids" action=${html`<a class="button" href="/api/grid-map" download="grids.geojson">${t("places.take_away")}</a>`}>
      ${grids && html`<${GridMap} grids=${grids.items} coverage=${coverage} />`}
      ${coverage && html`<${Coverage} coverage=${coverage} />`}
      <div class="scroll" tabindex="0"><table class="words stacked"><thead><tr><th>${t("places.grid")}</th><th>${t("places.street")}</th><th>${t("places.answers")}</th></tr></thead>
        <tbody>${grids?.items.map((/** @type {any} */ grid) => html`<tr key=${grid.id}><td><b>${inLang(grid.name)}</b> <span class="mono quiet small">${grid.id}</span></td><td>${inLang(streets?.items.find((/** @type {any} */ one) => one.id === grid.street)?.name) || "—"}</td>
          <td class="break small"><${Answers} grid=${grid} units=${units} /></td></tr>`)}</tbody></table></div>
      <${GridImport} onDone=${changed} />
    </${Panel}>
    <${Premises} units=${units} />
    <${Permits} grids=${grids?.items ?? []} mayWrite=${session.role === "admin"} />
    <${Panel} title=${t("places.units")} answer=${answering} count=${answering?.items.length} name="units">
      <p class="quiet small">${t("places.units_long")} <a href="/admin/policy">${t("admin.parts.policy")}</a></p>
      <ul class="lines">${units.map((/** @type {any} */ unit) => html`<li key=${unit.id}><b>${inLang(unit.name)}</b><span class="mono quiet small">${unit.id}</span></li>`)}</ul>
    </${Panel}>`;
}

/** Who answers for what in a grid, each unit once. @param {{grid: any, units: any[]}} props */
function Answers({ grid, units }) {
  const pairs = /** @type {[string, string][]} */ (Object.entries(grid.units));
  const ids = [...new Set(pairs.map(([, unit]) => unit))];
  return ids.map((id) => html`<div key=${id}>${inLang(units.find((unit) => unit.id === id)?.name) || id}<span class="quiet">: ${pairs.filter(([, unit]) => unit === id).map(([condition]) => conditionName(condition)).join(" · ")}</span></div>`);
}

/** @param {{coverage: any}} props */
const Coverage = ({ coverage }) => (coverage.holes.length + coverage.overlaps.length === 0
  ? html`<p class="good small">${t("places.covered")}</p>`
  : html`<p class="bad small">${t("places.not_covered", { holes: coverage.holes.length, overlaps: coverage.overlaps.length })}</p>`);
