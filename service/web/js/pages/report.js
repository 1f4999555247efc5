/** What citizens see: report a street problem without an account, and follow it by its number. Over the same routes as any GeoReport app. */

import { ApiError, upload } from "../api.js";
import { here } from "../field/drafts.js";
import { newKey } from "../field/letters.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { Icon, Mark } from "../icons.js";
import { dateTime, has, lang, sentenceOf, t } from "../i18n.js";
import { LangSwitch, startOutside } from "../shell.js";
import { toast } from "../toasts.js";

/** @typedef {{lat: number, lon: number}} Where */

const DOOR = "/open311/v2";
const ACCEPTED = "image/jpeg,image/png,image/webp";

/** @param {string} path @returns {Promise<any>} */
async function ask(path) {
  const answer = await fetch(`${DOOR}/${path}${path.includes("?") ? "&" : "?"}lang=${lang}`).catch(() => {
    throw new ApiError(0, "network");
  });
  if (!answer.ok) throw new ApiError(answer.status, answer.status === 404 ? "citizen.unknown" : `http.${answer.status}`);
  return answer.json();
}

/** @param {any} error @returns {string} what a citizen reads */
const words = (error) => (has(`errors.${error.code}`) ? sentenceOf(error) : t("citizen.refused"));

function Report() {
  const [number, setNumber] = useState(new URLSearchParams(location.search).get("number") ?? "");
  const follow = (/** @type {string} */ wanted) => {
    history.replaceState(null, "", wanted ? `?number=${encodeURIComponent(wanted)}` : location.pathname);
    setNumber(wanted);
  };
  return html`
    <div class="citizen-page">
      <header class="citizen-head"><${Mark} /><h1>${t("citizen.title")}</h1><span class="gap"></span><${LangSwitch} /></header>
      <main id="main">
        ${number ? html`<${Follow} number=${number} onBack=${() => follow("")} />` : html`<${Form} onSent=${follow} />`}
        ${!number && html`<${Find} onFind=${follow} />`}
        <p class="quiet small">${t("citizen.privacy")}</p>
      </main>
    </div>`;
}

/** @param {FormData} form @returns {string} what is in it: the same words and the same photo are the same report */
const contentOf = (form) => JSON.stringify([...form].map(([name, value]) => [name, value instanceof File ? [value.name, value.size, value.lastModified] : value]));

/** @param {{onSent: (number: string) => void}} props */
function Form({ onSent }) {
  const [services, setServices] = useState(/** @type {any[]} */ ([]));
  const [place, setPlace] = useState(/** @type {Where | null} */ (null));
  const [busy, setBusy] = useState(false);
  const tried = useRef({ content: "", key: "" });
  const [refused, setRefused] = useState("");
  useEffect(() => void ask("services.json").then(setServices, (error) => setRefused(words(error))), []);
  const locate = async () => {
    const found = await here();
    if (!found) return void toast(t("citizen.no_position"), { bad: true });
    setPlace(found);
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    if (!(/** @type {File} */ (form.get("media")).size)) form.delete("media");
    for (const name of ["address_string", "description", "phone"]) if (!String(form.get(name)).trim()) form.delete(name);
    if (place) for (const [name, value] of [["lat", place.lat], ["long", place.lon]]) form.set(String(name), String(value));
    if (!place && !form.has("media") && !form.has("address_string")) return setRefused(t("citizen.needs_place"));
    setBusy(true);
    setRefused("");
    const content = contentOf(form);
    if (tried.current.content !== content) tried.current = { content, key: newKey() };
    try {
      const [receipt] = await upload(`${DOOR}/requests.json?lang=${lang}`, form, { key: tried.current.key });
      onSent(receipt.service_request_id ?? `token:${receipt.token}`);
    } catch (/** @type {any} */ error) {
      if (!("code" in error)) throw error;
      setRefused(words(error));
      setBusy(false);
    }
  };
  return html`
    <form class="card padded citizen" onSubmit=${submit}>
      <h2>${t("citizen.report")}</h2>
      ${refused && html`<p class="notice bad" role="alert"><${Icon} name="warn" />${refused}</p>`}
      <label class="field"><span>${t("upload.condition")}</span><select class="input" name="service_code" required>
        <option value="">${t("upload.pick_condition")}</option>${services.map(({ service_code, service_name }) => html`<option key=${service_code} value=${service_code}>${service_name}</option>`)}</select></label>
      <label class="field"><span>${t("citizen.photo")} <span class="hint">${t("optional")}</span></span><input class="input" type="file" name="media" accept=${ACCEPTED} /></label>
      <label class="field"><span>${t("citizen.address")}</span><input class="input" name="address_string" maxlength="300" autocomplete="street-address" /></label>
      <button type="button" class="button" onClick=${locate}><${Icon} name=${place ? "check" : "pin"} />${place ? t("citizen.located") : t("upload.here")}</button>
      <label class="field"><span>${t("citizen.description")} <span class="hint">${t("optional")}</span></span><textarea class="input" name="description" maxlength="2000"></textarea></label>
      <label class="field"><span>${t("citizen.phone")} <span class="hint">${t("optional")}</span></span><input class="input" name="phone" type="tel" maxlength="50" autocomplete="tel" /></label>
      <button type="submit" class="button primary wide" disabled=${busy}>${busy ? t("upload.sending") : t("citizen.send")}</button>
    </form>`;
}

/** @param {{onFind: (number: string) => void}} props */
const Find = ({ onFind }) => html`
  <form class="card padded citizen" onSubmit=${(/** @type {any} */ event) => (event.preventDefault(), onFind(String(new FormData(event.target).get("number")).trim()))}>
    <h2>${t("citizen.follow")}</h2>
    <div class="citizen-find"><input class="input" name="number" required maxlength="80" aria-label=${t("citizen.number")} placeholder=${t("citizen.number")} /><button type="submit" class="button">${t("citizen.look")}</button></div>
  </form>`;

/** @param {string} number a ticket's number, or a token while the city looks for the place @returns {Promise<any>} */
async function requestOf(number) {
  if (!number.startsWith("token:")) return (await ask(`requests/${encodeURIComponent(number)}.json`))[0];
  const [{ service_request_id }] = await ask(`tokens/${encodeURIComponent(number.slice(6))}.json`);
  return service_request_id ? requestOf(service_request_id) : null;
}

/** @param {{number: string, onBack: () => void}} props */
function Follow({ number, onBack }) {
  const [found, setFound] = useState(/** @type {any} */ (undefined));
  const [refused, setRefused] = useState("");
  useEffect(() => void requestOf(number).then(setFound, (error) => setRefused(words(error))), [number]);
  return html`
    <section class="card padded citizen" aria-live="polite">
      <h2>${found?.service_name ?? t("citizen.follow")}</h2>
      <p class="mono">${found?.service_request_id ?? number}</p>
      ${refused && html`<p class="notice warn" role="alert"><${Icon} name="info" />${refused}</p>`}
      ${found === null && html`<p class="notice"><${Icon} name="info" />${t("citizen.no_place_yet")}</p>`}
      ${found && html`
        <p class="citizen-status ${found.status}"><${Icon} name=${found.status === "closed" ? "check" : "clock"} />${found.status_notes}</p>
        ${found.media_url && html`<img src=${new URL(found.media_url, location.href).pathname} alt="" />`}
        <dl class="pairs">
          ${[["fact.opened_at", dateTime(found.requested_datetime)], ["citizen.changed", dateTime(found.updated_datetime)], ["fact.due_at", found.status === "open" && dateTime(found.expected_datetime)], ["fact.unit", found.agency_responsible], ["citizen.address", found.address]]
            .filter(([, value]) => value).map(([key, value]) => html`<div key=${key}><dt>${t(String(key))}</dt><dd>${value}</dd></div>`)}
        </dl>
        <p class="quiet small">${t("citizen.keep", { number: found.service_request_id })}</p>`}
      <button type="button" class="button" onClick=${onBack}><${Icon} name="back" />${t("citizen.another")}</button>
    </section>`;
}

void startOutside("citizen.title", Report);
