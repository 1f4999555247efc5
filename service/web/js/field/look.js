/** The answer to a task: what was seen, with photos; after handling, the photo from before lies over the camera as a ghost. */

import { Dialog } from "../dialog.js";
import { html, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { named, t } from "../i18n.js";
import { here, photoOf } from "./drafts.js";
import { GhostCamera } from "./ghost.js";
import { letterOf } from "./letters.js";
import { useHref } from "./pictures.js";

/** @typedef {import("./letters.js").Letter} Letter */

const RESULTS = ["there", "gone", "unclear"];
const READING_MS = 10_000;
const ACCEPTED = "image/jpeg,image/png,image/webp";

/** @typedef {Awaited<ReturnType<typeof photoOf>>} Shot */

/** @param {{task: any, login: string, onClose: () => void, onDone: (letter: Letter, pictures: {id: string, blob: Blob}[]) => Promise<unknown>}} props */
export function LookDialog({ task, login, onClose, onDone }) {
  const isCheck = task.kind === "field_check";
  const [shots, setShots] = useState(/** @type {Shot[]} */ ([])); // on the disk only with the answer: who gives none leaves nothing there
  const [ghost, setGhost] = useState(false);
  const [place] = useState(here);
  const [busy, setBusy] = useState(false);
  const close = () => {
    if (!busy) onClose(); // else it is on its way into the outbox with its photos
  };
  const taken = useRef(/** @type {Shot[]} */ ([]));
  const reading = useRef(/** @type {Promise<unknown>} */ (Promise.resolve()));
  const add = async (/** @type {Iterable<File>} */ files) => {
    const read = reading.current.then(async () => {
      for (const file of files) {
        const shot = await photoOf(file, isCheck ? "after" : "near");
        setShots((taken.current = [...taken.current, shot]));
      }
    });
    reading.current = read.catch(() => {}); // told here
    await read;
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (busy) return; // it waits for the place: a second tap is the same answer
    setBusy(true);
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    await Promise.race([reading.current, new Promise((done) => setTimeout(done, READING_MS))]); // a photo that is still being read goes along
    const shots = taken.current;
    const ticket = { id: task.ticket_id, number: task.number, condition: task.condition };
    const told = { ticket, task: task.kind, photos: shots.map(({ photo }) => photo), result: String(form.get("result")), note: String(form.get("note")).trim() };
    const letter = letterOf("look", login, Date.now(), told);
    const where = shots.length > 0 ? await Promise.race([place, new Promise((done) => setTimeout(done, 3000, null))]) : null;
    await onDone({ ...letter, place: where, taken_at: new Date().toISOString() }, shots.flatMap(({ pictures }) => pictures));
    setBusy(false);
  };
  return html`
    <${Dialog} title=${t(`field.${task.kind}_long`, { number: task.number })} onClose=${close}>
      <form class="move-form look" onSubmit=${submit}>
        <fieldset class="look-results"><legend class="only-heard">${t("field.what_seen")}</legend>
          ${RESULTS.map((result) => html`<label key=${result} class="look-result"><input type="radio" name="result" value=${result} required /><span>${isCheck ? t(`field.check_${result}`) : named("answers", result)}</span></label>`)}</fieldset>
        <div class="look-photos">
          ${shots.map((shot) => html`<${Small} key=${shot.photo.id} shot=${shot} />`)}
          ${isCheck && task.picture && navigator.mediaDevices && html`<button type="button" class="button" onClick=${() => setGhost(true)}><${Icon} name="layers" size=${18} />${t("field.with_ghost")}</button>`}
          <label class="button"><input class="only-heard" type="file" accept=${ACCEPTED} capture="environment" onChange=${(/** @type {any} */ { target }) => void add([...target.files]).then(() => (target.value = ""))} /><${Icon} name="upload" size=${18} />${t("field.add_photo")}</label>
        </div>
        <label class="field"><span>${t("upload.note")} <span class="hint">${t("optional")}</span></span><textarea class="input" name="note" maxlength="500"></textarea></label>
        <footer class="dialog-foot"><button type="button" class="button" onClick=${close}>${t("cancel")}</button>
          <button type="submit" class="button primary" disabled=${busy}>${t("field.answer")}</button></footer>
      </form>
    </${Dialog}>
    ${ghost && html`<${GhostCamera} before=${task.picture} onClose=${() => setGhost(false)} onShot=${(/** @type {File} */ file) => (setGhost(false), void add([file]))} />`}`;
}

/** @param {{shot: Shot}} props */
const Small = ({ shot: { photo, pictures } }) => html`<img src=${useHref(pictures[1].blob)} alt=${photo.name} />`;
