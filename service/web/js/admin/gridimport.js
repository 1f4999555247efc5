/** A map of duty grids that was edited elsewhere: looked at first, with all that it would change, then taken whole. */

import { upload } from "../api.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { named, t } from "../i18n.js";
import { toast } from "../toasts.js";
import { Field, useSending } from "./bits.js";

const CHANGES = ["added", "changed", "ended"];

/** @param {{onDone: () => Promise<any>}} props */
export function GridImport({ onDone }) {
  const [form, setForm] = useState(/** @type {FormData | null} */ (null));
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [sending, run] = useSending();
  const look = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = new FormData(/** @type {HTMLFormElement} */ (event.target));
    if (!body.get("reason")) body.delete("reason");
    setForm(body);
    void run(async () => setFound(await upload("/api/grid-map/check", body)));
  };
  const take = () => void run(async () => {
    await upload("/api/grid-map", /** @type {FormData} */ (form));
    toast(t("places.taken"));
    setFound(null);
    await onDone();
  });
  return html`<details class="bring"><summary>${t("places.bring")}</summary><form class="stack" onSubmit=${look}>
      <p class="quiet small">${t("places.import_long")}</p>
      <div class="fields"><${Field} label=${t("places.file")}><input class="input" type="file" name="file" required accept=".geojson,.json,application/geo+json" onChange=${() => setFound(null)} /></${Field}>
        <${Field} label=${t("recordings.coordinates")}><select class="input" name="coordinates"><option value="wgs84">WGS-84</option><option value="gcj02">GCJ-02</option></select></${Field}>
        <${Field} label=${t("places.missing")}><select class="input" name="ends_missing"><option value="0">${t("places.missing_stay")}</option><option value="1">${t("places.missing_end")}</option></select></${Field}>
        <${Field} label=${t("admin.reason")}><input class="input" name="reason" maxlength="2000" /></${Field}></div>
      <div><button class="button" disabled=${sending}>${t("places.look")}</button></div></form>
    ${found && html`<div class="stack" role="status">
      <p class="notice ${found.good ? "" : "bad"}"><${Icon} name=${found.good ? "check" : "warn"} /><span>${t(found.good ? "places.import_good" : "places.import_bad", { count: found.faults.length })}</span></p>
      <ul class="lines small">${found.faults.map((/** @type {any} */ one) => html`<li key=${one.feature + one.problem}><span>${t("places.feature", { at: one.feature + 1, grid: one.grid ?? "" })}</span><span class="bad">${named("places.fault", one.problem)} ${one.value}</span></li>`)}
        ${CHANGES.map((kind) => found[kind].length > 0 && html`<li key=${kind}><span>${t(`places.are_${kind}`, { count: found[kind].length })}</span><span class="mono break">${found[kind].join(", ")}</span></li>`)}
        <li><span>${t("places.are_same", { count: found.same })}</span></li>
        ${found.stale.length > 0 && html`<li class="bad"><span>${t("places.are_stale")}</span><span class="mono">${found.stale.join(", ")}</span></li>`}
        <li><span>${t("places.coverage_then", { holes: found.holes.length, overlaps: found.overlaps.length })}</span></li></ul>
      <div><button type="button" class="button primary" disabled=${!found.good || sending} onClick=${take}>${t("places.take")}</button></div></div>`}</details>`;
}
