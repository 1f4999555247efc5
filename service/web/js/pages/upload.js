/** The inspector's page, made for a phone: photos in, boxes and tickets out, a pin where a photo does not know its place. */

import { call, upload } from "../api.js";
import { catalog, conditionName } from "../catalog.js";
import { html, useReducer, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";
import { PlacePanel } from "../placepanel.js";
import { start } from "../shell.js";
import { ShotCard } from "../shotcard.js";
import { formOf, foundNothing, needsPlace, newKey, shotOf, shotsAfter } from "../shots.js";
import { toastError } from "../toasts.js";

/** @typedef {import("../shots.js").Shot} Shot */

const AT_ONCE = 2;
const ACCEPTED = "image/jpeg,image/png,image/webp";

/** @param {(act: any) => void} act */
function senderOf(act) {
  const change = (/** @type {Shot} */ { id }, /** @type {Partial<Shot>} */ change) => act({ type: "changed", id, change });
  const send = async (/** @type {Shot} */ shot) => {
    change(shot, { state: "sending", share: 0, error: null, key: shot.key, condition: shot.condition, note: shot.note });
    try {
      const answer = await upload("/api/photos", formOf(shot), { key: shot.key, onProgress: (share) => change(shot, { share }) });
      change(shot, { state: "sent", answer });
    } catch (/** @type {any} */ error) {
      if (!("code" in error)) throw error;
      change(shot, { state: "failed", error });
    }
  };
  const sendAll = async (/** @type {Shot[]} */ shots) => {
    const waiting = [...shots];
    const worker = async () => {
      for (let shot = waiting.shift(); shot; shot = waiting.shift()) await send(shot);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };
  const put = async (/** @type {Shot} */ shot, /** @type {{lat: number, lon: number, accuracy_m?: number}} */ place) => {
    const answer = await call("PATCH", `/api/photos/${shot.answer.photo.id}`, { json: place });
    change(shot, { place, answer: { ...shot.answer, ...answer, photo: { ...shot.answer.photo, ...answer.photo }, needs: answer.needs ?? [] } });
  };
  return { send, sendAll, put };
}

function Upload() {
  const [shots, act] = useReducer(shotsAfter, /** @type {Shot[]} */ ([]));
  const [condition, setCondition] = useState("");
  const [note, setNote] = useState("");
  const { send, sendAll, put } = senderOf(act);

  const add = (/** @type {Iterable<File>} */ files) => act({ type: "added", shots: [...files].map(shotOf) });
  const ready = shots.filter(({ state }) => state === "ready");
  const lost = shots.filter(needsPlace);
  const go = () => {
    void sendAll(ready.map((shot) => ({ ...shot, condition, note })));
    setNote("");
  };
  const reportAs = (/** @type {Shot} */ shot, /** @type {string} */ named) => send({ ...shot, key: newKey(), condition: named, place: shot.answer.photo.place ?? shot.place });
  const place = async (/** @type {Shot[]} */ chosen, /** @type {any} */ where) => {
    for (const shot of chosen) await put(shot, where).catch(toastError);
  };
  return html`
    <div class="upload-page">
      <div class="page-head"><h1>${t("nav.upload")}</h1></div>
      <${Picker} onFiles=${add} small=${shots.length > 0} />
      ${ready.length > 0 && html`
        <section class="card padded batch">
          <label class="field"><span>${t("upload.condition")} <span class="hint">${t("optional")}</span></span>
            <select class="input" value=${condition} onChange=${(/** @type {any} */ event) => setCondition(event.target.value)}>
              <option value="">${t("upload.detector_looks")}</option>
              ${catalog.conditions.map(({ id }) => html`<option key=${id} value=${id}>${conditionName(id)}</option>`)}
            </select></label>
          <label class="field"><span>${t("upload.note")} <span class="hint">${t("optional")}</span></span>
            <input class="input" maxlength="500" value=${note} onInput=${(/** @type {any} */ event) => setNote(event.target.value)} /></label>
          <button type="button" class="button primary wide send" onClick=${go}><${Icon} name="upload" />${t("upload.send", { count: ready.length })}</button>
        </section>`}
      ${lost.length > 0 && html`<${PlacePanel} shots=${lost} onPlace=${place} />`}
      <ol class="shots" aria-label=${t("upload.photos")}>
        ${shots.toReversed().map((shot) => html`
          <${ShotCard} key=${shot.id} shot=${shot} nothing=${foundNothing(shot)} waitsForPlace=${needsPlace(shot)} onAgain=${() => send(shot)}
            onRemove=${() => act({ type: "removed", id: shot.id })} onReport=${(/** @type {string} */ named) => reportAs(shot, named)} />`)}
      </ol>
    </div>`;
}

/** @param {{onFiles: (files: Iterable<File>) => void, small: boolean}} props */
function Picker({ onFiles, small }) {
  const [over, setOver] = useState(false);
  const chosen = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    onFiles(input.files ?? []);
    input.value = "";
  };
  const drop = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    setOver(false);
    onFiles([...(event.dataTransfer?.files ?? [])].filter(({ type }) => ACCEPTED.includes(type)));
  };
  const drag = (/** @type {boolean} */ inside) => (/** @type {Event} */ event) => {
    event.preventDefault();
    setOver(inside);
  };
  return html`
    <div class=${`picker card${small ? " small-one" : ""}${over ? " over" : ""}`} onDragOver=${drag(true)} onDragLeave=${drag(false)} onDrop=${drop}>
      ${!small && html`<${Icon} name="upload" size=${36} /><p>${t("upload.invite")}</p>`}
      <div class="picker-buttons">
        <label class="button primary take"><input class="only-heard" type="file" accept=${ACCEPTED} capture="environment" onChange=${chosen} /><${Icon} name="upload" />${t("upload.take")}</label>
        <label class="button"><input class="only-heard" type="file" accept=${ACCEPTED} multiple onChange=${chosen} /><${Icon} name="plus" />${t("upload.choose")}</label>
      </div>
    </div>`;
}

void start("upload", Upload);
