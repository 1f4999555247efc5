/** A campaign as somebody plans it: its name and days, what it is about, where, and how many are to be closed. */

import { post } from "./api.js";
import { catalog, conditionName } from "./catalog.js";
import { Dialog } from "./dialog.js";
import { html, useState } from "./html.js";
import { t } from "./i18n.js";
import { toastError } from "./toasts.js";
import { unitName, useUnits } from "./units.js";

const FIELDS = /** @type {const} */ (["first", "last"]);

/** @param {{onDone: () => void, onClose: () => void}} props */
export function CampaignForm({ onDone, onClose }) {
  const [conditions, setConditions] = useState(/** @type {string[]} */ ([]));
  const [sending, setSending] = useState(false);
  const units = useUnits();
  const flip = (/** @type {string} */ id) => setConditions(conditions.includes(id) ? conditions.filter((one) => one !== id) : [...conditions, id]);
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const said = (/** @type {string} */ name) => String(form.get(name) ?? "").trim();
    setSending(true);
    try {
      await post("/api/campaigns", { name: said("name"), first: said("first"), last: said("last"), purpose: said("purpose") || null, conditions, units: said("unit") ? [said("unit")] : [], target: said("target") ? Number(said("target")) : null });
      onDone();
    } catch (error) {
      toastError(error);
    } finally {
      setSending(false);
    }
  };
  return html`<${Dialog} title=${t("campaigns.add")} onClose=${onClose}><form class="campaign-form" onSubmit=${send}>
    <label class="field"><span>${t("campaigns.name")}</span><input class="input" name="name" required maxlength="200" /></label>
    <div class="paper-form">${FIELDS.map((name) => html`<label key=${name} class="field"><span>${t(`papers.${name}`)}</span><input class="input" type="date" name=${name} required /></label>`)}
      <label class="field"><span>${t("campaigns.target")} <span class="hint">${t("optional")}</span></span><input class="input" type="number" name="target" min="1" /></label>
      <label class="field"><span>${t("desk.by_unit")}</span><select class="input" name="unit"><option value="">${t("campaigns.all")}</option>${units.map((unit) => html`<option key=${unit.id} value=${unit.id}>${unitName(units, unit)}</option>`)}</select></label></div>
    <fieldset><legend class="small">${t("campaigns.conditions")}</legend><div class="choices">${catalog.conditions.map(({ id }) => html`<button key=${id} type="button" class="choice" aria-pressed=${conditions.includes(id)} onClick=${() => flip(id)}>${conditionName(id)}</button>`)}</div></fieldset>
    <label class="field"><span>${t("campaigns.purpose")} <span class="hint">${t("optional")}</span></span><textarea class="input" name="purpose" maxlength="4000"></textarea></label>
    <div class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${sending}>${t("campaigns.create")}</button></div>
  </form></${Dialog}>`;
}
