/** One letter of the outbox as a card: a draft, on its way, refused, or with what was found on it. */

import { STRANGER } from "./api.js";
import { catalog, conditionName } from "./catalog.js";
import { useSmall } from "./field/pictures.js";
import { foundNothing, lacksPlace, whereOf } from "./field/letters.js";
import { Nearby } from "./field/nearby.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { dateTime, has, named, sentenceOf, t } from "./i18n.js";
import { Picture } from "./picture.js";
import { Condition, State, placeWords } from "./ticketbits.js";

/** @typedef {import("./field/letters.js").Letter} Letter */

const ACCEPTED = "image/jpeg,image/png,image/webp";

/** Roles that a further photo of a report may have. */
const BESIDE = ["near", "far", "reference"];

/**
 * @typedef {{onAgain: () => void, onRemove: () => void, onReport: (condition: string) => void, onMore: (files: Iterable<File>) => void,
 *   onRole: (photo_id: string, role: string) => void}} Hands
 */

/** @param {{letter: Letter, hands: Hands}} props */
export function ShotCard({ letter, hands }) {
  const { answer, state } = letter;
  const href = useSmall(letter.photos[0]?.id);
  const waits = lacksPlace(letter) && ["needs_place", "draft"].includes(state);
  return html`
    <li class="shot card ${state}" data-state=${state} data-kind=${letter.kind}>
      ${letter.photos.length > 0 && html`<${Picture} href=${href ?? ""} width=${answer?.photo?.width} height=${answer?.photo?.height} detections=${answer?.detections} alt=${letter.photos[0].name} eager />`}
      <div class="shot-words">
        ${letter.kind === "look" && html`<p><b>${t("field.look_of", { number: letter.ticket?.number })}</b><br /><span class="quiet small">${named("answers", letter.result)}</span></p>`}
        ${letter.kind === "walk" && html`<p><b>${t("field.walk_of", { route: letter.walk.route })}</b></p>`}
        ${state === "draft" && html`<${Draft} letter=${letter} hands=${hands} />`}
        ${state === "waiting" && html`<p class="shot-line quiet small"><${Icon} name="clock" size=${16} />${waitingWords(letter)}</p>`}
        ${state === "waiting" && letter.tries === 0 && html`<button type="button" class="button plain take-back" onClick=${hands.onRemove}>${t("field.take_back")}</button>`}
        ${state === "sending" && html`<p class="quiet small" aria-live="polite">${letter.share < 1 ? t("upload.sending") : t("upload.looking")}</p><progress value=${letter.share} max="1" aria-label=${t("upload.sending")}></progress>`}
        ${state === "refused" && html`<${Refused} letter=${letter} hands=${hands} />`}
        ${waits && html`<p class="shot-line wait"><${Icon} name="pin" size=${18} />${t(state === "draft" ? "field.no_place_in_it" : "upload.waits_for_place")}</p>`}
        ${state === "sent" && html`<${Sent} letter=${letter} hands=${hands} />`}
      </div>
    </li>`;
}

/** @param {Letter} letter @returns {string} what it waits for */
function waitingWords({ error, next_at }) {
  if (!error) return t("field.waits");
  if (error.code === "network") return t("field.waits_network");
  if (error.code.startsWith("auth.") || error.code === STRANGER) return t("field.waits_login");
  const why = has(`errors.${error.code}`) ? sentenceOf(error) : t("field.waits_service");
  return `${why} ${t("field.next_try", { at: dateTime(new Date(next_at).toISOString()) })}`;
}

/** @param {{letter: Letter, hands: Hands}} props */
function Draft({ letter, hands }) {
  const [{ name }, ...others] = letter.photos;
  const place = whereOf(letter);
  const from = letter.photos[0].place ? "exif" : letter.by_hand ? "hand" : "form";
  const more = (/** @type {any} */ { target }) => (hands.onMore([...target.files]), (target.value = ""));
  return html`
    <div class="shot-line head"><span class="quiet small file-name">${name}</span>
      <button type="button" class="icon-button" aria-label=${t("upload.remove", { name })} onClick=${hands.onRemove}><${Icon} name="cross" /></button></div>
    ${place && html`<p class="small shot-line"><${Icon} name="pin" size=${16} />${placeWords(place)} <span class="quiet">${t(`place_source.${from}`)}</span></p><${Nearby} place=${place} />`}
    ${others.length > 0 && html`<ul class="beside">${others.map((photo) => html`<${Beside} key=${photo.id} photo=${photo} onRole=${hands.onRole} />`)}</ul>`}
    <label class="button plain more-photos"><input class="only-heard" type="file" accept=${ACCEPTED} multiple onChange=${more} /><${Icon} name="plus" size=${16} />${t("field.more_of_it")}</label>`;
}

/** @param {{photo: import("./field/letters.js").Photo, onRole: Hands["onRole"]}} props */
function Beside({ photo, onRole }) {
  const href = useSmall(photo.id);
  return html`
    <li><img src=${href} alt=${photo.name} />
      <label><span class="only-heard">${t("field.role")}</span>
        <select class="input small" value=${photo.role} onChange=${(/** @type {any} */ { target }) => onRole(photo.id, target.value)}>
          ${BESIDE.map((role) => html`<option key=${role} value=${role}>${t(`evidence.${role}`)}</option>`)}</select></label></li>`;
}

/** @param {{letter: Letter, hands: Hands}} props */
const Refused = ({ letter, hands }) => html`
  <p class="notice bad" role="alert"><${Icon} name="warn" />${sentenceOf(/** @type {any} */ (letter.error))}</p>
  <div class="shot-line"><button type="button" class="button" onClick=${hands.onAgain}><${Icon} name="repeat" />${t("upload.again")}</button>
    <button type="button" class="button plain" onClick=${hands.onRemove}>${t("upload.drop")}</button></div>`;

/** @param {{letter: Letter, hands: Hands}} props */
function Sent({ letter, hands }) {
  const { answer, kind, photos } = letter;
  const beside = photos.filter(({ sent }) => sent).length;
  if (kind !== "report") return html`<p class="shot-line good small"><${Icon} name="check" size=${16} />${t(kind === "walk" ? "field.walk_sent" : "field.look_sent")}</p>`;
  return html`
    ${answer.photo.place && html`<p class="quiet small">${placeWords(answer.photo.place)} · ${t(`place_source.${answer.photo.place_source ?? "exif"}`)}</p>`}
    <ul class="found">
      ${answer.tickets.map((/** @type {any} */ ticket) => html`
        <li key=${ticket.id}><a href="/tickets/${ticket.id}"><${Condition} id=${ticket.condition} /><span class="mono small">${ticket.number}</span></a>
          <span class="shot-line"><span class="outcome ${ticket.outcome}">${t(`upload.${ticket.outcome}`)}</span><${State} state=${ticket.state} /></span></li>`)}
    </ul>
    ${beside > 0 && html`<p class="quiet small">${t(answer.tickets.length > 0 ? "field.beside" : "field.beside_seen", { count: beside })}</p>`}
    ${foundNothing(letter) && html`<${ReportYourself} onReport=${hands.onReport} />`}`;
}

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
