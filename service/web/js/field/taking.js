/** Photos in: taken, chosen or dropped; and what is said of all drafts at once before they go. */

import { catalog, conditionName } from "../catalog.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";

/** @typedef {import("./letters.js").Letter} Letter */

const ACCEPTED = "image/jpeg,image/png,image/webp";

/** @param {{drafts: Letter[], onSend: (told: Partial<Letter>) => void}} props what is said of all drafts at once */
export function Batch({ drafts, onSend }) {
  const [condition, setCondition] = useState("");
  const [note, setNote] = useState("");
  const send = () => {
    onSend({ condition, note: note.trim() });
    setNote("");
  };
  return html`
    <section class="card padded batch">
      <label class="field"><span>${t("upload.condition")} <span class="hint">${t("optional")}</span></span>
        <select class="input" value=${condition} onChange=${(/** @type {any} */ event) => setCondition(event.target.value)}>
          <option value="">${t("upload.detector_looks")}</option>
          ${catalog.conditions.map(({ id }) => html`<option key=${id} value=${id}>${conditionName(id)}</option>`)}
        </select></label>
      <label class="field"><span>${t("upload.note")} <span class="hint">${t("optional")}</span></span>
        <input class="input" maxlength="500" value=${note} onInput=${(/** @type {any} */ event) => setNote(event.target.value)} /></label>
      <button type="button" class="button primary wide send" onClick=${send}><${Icon} name="upload" />${t("upload.send", { count: drafts.length })}</button>
    </section>`;
}

/** @param {{onFiles: (files: File[], isTakenNow: boolean) => void, small: boolean}} props */
export function Picker({ onFiles, small }) {
  const [over, setOver] = useState(false);
  const chosen = (/** @type {boolean} */ isTakenNow) => (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    onFiles([...(input.files ?? [])], isTakenNow);
    input.value = "";
  };
  const drop = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    setOver(false);
    onFiles([...(event.dataTransfer?.files ?? [])].filter(({ type }) => ACCEPTED.includes(type)), false);
  };
  const drag = (/** @type {boolean} */ inside) => (/** @type {Event} */ event) => {
    event.preventDefault();
    setOver(inside);
  };
  return html`
    <div class=${`picker card${small ? " small-one" : ""}${over ? " over" : ""}`} onDragOver=${drag(true)} onDragLeave=${drag(false)} onDrop=${drop}>
      ${!small && html`<${Icon} name="upload" size=${36} /><p>${t("upload.invite")}</p>`}
      <div class="picker-buttons">
        <label class="button primary take"><input class="only-heard" type="file" accept=${ACCEPTED} capture="environment" onChange=${chosen(true)} /><${Icon} name="upload" />${t("upload.take")}</label>
        <label class="button"><input class="only-heard" type="file" accept=${ACCEPTED} multiple onChange=${chosen(false)} /><${Icon} name="plus" />${t("upload.choose")}</label>
      </div>
    </div>`;
}
