/** One photo of the upload page: on its way, refused, or with what was found on it. */

import { catalog, conditionName } from "./catalog.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { sentenceOf, t } from "./i18n.js";
import { Picture } from "./picture.js";
import { Condition, State, placeWords } from "./ticketbits.js";

/**
 * @param {{shot: import("./shots.js").Shot, nothing: boolean, waitsForPlace: boolean, onAgain: () => void, onRemove: () => void, onReport: (condition: string) => void}} props
 */
export function ShotCard({ shot, nothing, waitsForPlace, onAgain, onRemove, onReport }) {
  const { answer } = shot;
  return html`
    <li class="shot card ${shot.state}" data-state=${waitsForPlace ? "needs_place" : shot.state}>
      <${Picture} href=${shot.href} width=${answer?.photo.width} height=${answer?.photo.height} detections=${answer?.detections} alt=${shot.file.name} eager />
      <div class="shot-words">
        ${shot.state === "ready" && html`<div class="shot-line"><span class="quiet small file-name">${shot.file.name}</span>
          <button type="button" class="icon-button" aria-label=${t("upload.remove", { name: shot.file.name })} onClick=${onRemove}><${Icon} name="cross" /></button></div>`}
        ${shot.state === "sending" && html`<p class="quiet small" aria-live="polite">${shot.share < 1 ? t("upload.sending") : t("upload.looking")}</p><progress value=${shot.share} max="1" aria-label=${t("upload.sending")}></progress>`}
        ${shot.state === "failed" && html`<p class="notice bad" role="alert"><${Icon} name="warn" />${sentenceOf(shot.error)}</p>
          <div class="shot-line"><button type="button" class="button" onClick=${onAgain}><${Icon} name="repeat" />${t("upload.again")}</button>
            <button type="button" class="button plain" onClick=${onRemove}>${t("upload.drop")}</button></div>`}
        ${waitsForPlace && html`<p class="shot-line wait"><${Icon} name="pin" size=${18} />${t("upload.waits_for_place")}</p>`}
        ${shot.state === "sent" && html`<${Found} answer=${answer} />`}
        ${nothing && html`<${ReportYourself} onReport=${onReport} />`}
      </div>
    </li>`;
}

/** @param {{answer: any}} props */
const Found = ({ answer }) => html`
  ${answer.photo.place && html`<p class="quiet small">${placeWords(answer.photo.place)} · ${t(`place_source.${answer.photo.place_source ?? "exif"}`)}</p>`}
  <ul class="found">
    ${answer.tickets.map((/** @type {any} */ ticket) => html`
      <li key=${ticket.id}><a href="/tickets/${ticket.id}"><${Condition} id=${ticket.condition} /><span class="mono small">${ticket.number}</span></a>
        <span class="shot-line"><span class="outcome ${ticket.outcome}">${t(`upload.${ticket.outcome}`)}</span><${State} state=${ticket.state} /></span></li>`)}
  </ul>`;

/** @param {{onReport: (condition: string) => void}} props the model is never a gate for a person */
const ReportYourself = ({ onReport }) => html`
  <div class="nothing">
    <p><b>${t("upload.nothing")}</b></p>
    <label class="field"><span class="hint">${t("upload.report_yourself")}</span>
      <select class="input" value="" onChange=${(/** @type {any} */ event) => event.target.value && onReport(event.target.value)}>
        <option value="">${t("upload.pick_condition")}</option>
        ${catalog.conditions.map(({ id }) => html`<option key=${id} value=${id}>${conditionName(id)}</option>`)}
      </select></label>
  </div>`;
