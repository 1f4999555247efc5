/** A map of duty grids that was edited elsewhere: taken whole or not at all. */

import { html } from "../html.js";
import { Icon } from "../icons.js";
import { named, t } from "../i18n.js";
import { toast } from "../toasts.js";
import { Field } from "./bits.js";
import { LookThenTake } from "./lookthentake.js";

const CHANGES = ["added", "changed", "ended"];

/** @param {{onDone: () => Promise<any>}} props */
export const GridImport = ({ onDone }) => html`
  <${LookThenTake} to="/api/grid-map" words="places" accept=".geojson,.json,application/geo+json" Found=${Found} isFit=${(/** @type {any} */ found) => found.good} fields=${html`
    <${Field} label=${t("places.missing")}><select class="input" name="ends_missing"><option value="0">${t("places.missing_stay")}</option><option value="1">${t("places.missing_end")}</option></select></${Field}>`}
    onTaken=${() => (toast(t("places.taken")), onDone())} />`;

/** @param {{found: any}} props what the map would change, or what is wrong with it */
const Found = ({ found }) => html`
  <p class="notice ${found.good ? "" : "bad"}"><${Icon} name=${found.good ? "check" : "warn"} /><span>${t(found.good ? "places.import_good" : "places.import_bad", { count: found.faults.length })}</span></p>
  <ul class="lines small">${found.faults.map((/** @type {any} */ one) => html`<li key=${one.feature + one.problem}><span>${t("places.feature", { at: one.feature + 1, grid: one.grid ?? "" })}</span><span class="bad">${named("places.fault", one.problem)} ${one.value}</span></li>`)}
    ${CHANGES.map((kind) => found[kind].length > 0 && html`<li key=${kind}><span>${t(`places.are_${kind}`, { count: found[kind].length })}</span><span class="mono break">${found[kind].join(", ")}</span></li>`)}
    <li><span>${t("places.are_same", { count: found.same })}</span></li>
    ${found.stale.length > 0 && html`<li class="bad"><span>${t("places.are_stale")}</span><span class="mono">${found.stale.join(", ")}</span></li>`}
    <li><span>${t("places.coverage_then", { holes: found.holes.length, overlaps: found.overlaps.length })}</span></li></ul>`;
