/** Asks where photos were taken that do not know it themselves: one pin for as many of them as belong there. */

import { round } from "./field/drafts.js";
import { useSmall } from "./field/pictures.js";
import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";
import { MapView } from "./mapview.js";
import { streetMap } from "./streets.js";
import { coordinates } from "./ticketbits.js";
import { toast } from "./toasts.js";

/** @typedef {import("./field/letters.js").Letter} Letter */
/** @typedef {{lat: number, lon: number, accuracy_m?: number}} Where */

/** @param {{letters: Letter[], onPlace: (letters: Letter[], where: Where, byHand: boolean) => Promise<void>}} props */
export function PlacePanel({ letters: shots, onPlace }) {
  const [where, setWhere] = useState(/** @type {Where | null} */ (null));
  const [left, setLeft] = useState(/** @type {string[]} */ ([]));
  const [busy, setBusy] = useState(false);
  const chosen = shots.filter(({ id }) => !left.includes(id));
  const toggle = (/** @type {string} */ id) => setLeft(left.includes(id) ? left.filter((other) => other !== id) : [...left, id]);
  const here = () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => setWhere({ lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy }),
      () => toast(t("upload.no_position"), { bad: true }),
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  const save = async () => {
    if (!where) return;
    setBusy(true);
    const { accuracy_m } = where;
    await onPlace(chosen, { lat: round(where.lat), lon: round(where.lon), ...(accuracy_m ? { accuracy_m } : {}) }, accuracy_m === undefined);
    setBusy(false);
    setWhere(null);
    setLeft([]);
  };
  return html`
    <section class="place-panel card" aria-label=${t("upload.where")}>
      <div class="place-words">
        <h2>${t("upload.where")}</h2><p class="quiet small">${t("upload.where_long", { count: shots.length })}</p>
        ${shots.length > 1 && html`<div class="place-shots" role="group" aria-label=${t("upload.which")}>${shots.map(({ id, photos: [photo] }) => html`
          <${Which} key=${id} photo=${photo} chosen=${!left.includes(id)} onToggle=${() => toggle(id)} />`)}</div>`}
      </div>
      ${streetMap.features.length > 0 ? html`<${MapView} picked=${where} onPick=${setWhere} label=${t("upload.map")} />` : html`<${Coordinates} where=${where} onWhere=${setWhere} />`}
      <div class="place-foot">
        ${"geolocation" in navigator && html`<button type="button" class="button" onClick=${here}><${Icon} name="pin" />${t("upload.here")}</button>`}
        <button type="button" class="button primary" disabled=${!where || busy || chosen.length === 0} onClick=${save}>${t("upload.set_place", { count: chosen.length })}</button>
      </div>
    </section>`;
}

/** @param {{photo: import("./field/letters.js").Photo, chosen: boolean, onToggle: () => void}} props */
const Which = ({ photo, chosen, onToggle }) => html`
  <button type="button" aria-pressed=${chosen} aria-label=${photo.name} onClick=${onToggle}><img src=${useSmall(photo.id)} alt="" /></button>`;

/** @param {{where: Where | null, onWhere: (where: Where | null) => void}} props for a city that gave no map of its streets */
const Coordinates = ({ where, onWhere }) => html`
  <label class="field coordinates"><span>${t("fact.coordinates")} <span class="hint">${t("upload.lat_lon")}</span></span>
    <input class="input" inputmode="decimal" key=${where ? "told" : "asked"} defaultValue=${where ? coordinates(where) : ""} onChange=${(/** @type {any} */ event) => onWhere(placeOf(event.target.value))} /></label>`;

/** @param {string} text "30.50, 121.42" @returns {Where | null} */
export function placeOf(text) {
  const [lat, lon] = text.split(/[,\s]+/).filter(Boolean).map(Number);
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}
