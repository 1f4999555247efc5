/** The inspector's page, made for a phone: photos go to an outbox that works without a network; tasks and walks beside it. */

import { catalog, conditionName } from "../catalog.js";
import { draftOf, here, photoOf } from "../field/drafts.js";
import { doing, lacksPlace, posted, renewed, whereOf } from "../field/letters.js";
import { OutboxBar, useOnline } from "../field/outboxbar.js";
import { FieldOutbox } from "../field/outbox.js";
import { followUpgrades } from "../field/upgrades.js";
import { html, useEffect, useMemo, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";
import { PlacePanel } from "../placepanel.js";
import { start } from "../shell.js";
import { ShotCard } from "../shotcard.js";
import { toast } from "../toasts.js";

/** @typedef {import("../field/letters.js").Letter} Letter */

const ACCEPTED = "image/jpeg,image/png,image/webp";

/** @param {string} login */
function useOutbox(login) {
  const [letters, setLetters] = useState(/** @type {Letter[]} */ ([]));
  const outbox = useMemo(() => new FieldOutbox(login, setLetters), [login]);
  useEffect(() => outbox.begin(), [outbox]);
  return { outbox, mine: letters.filter((letter) => letter.login === login), others: letters.filter((letter) => letter.login !== login) };
}

/** A phone without room says so, and loses nothing that it had. @param {any} error */
function noRoom(error) {
  if (error?.name !== "QuotaExceededError") throw error;
  toast(t("field.no_room"), { bad: true });
}

/** @param {FieldOutbox} outbox @param {string} login */
function handsOn(outbox, login) {
  const add = async (/** @type {File[]} */ files, /** @type {boolean} */ isTakenNow) => {
    const place = isTakenNow ? here() : null;
    for (const file of files) {
      const { letter, pictures } = await draftOf(file, login, Date.now());
      await outbox.add(letter, pictures).catch(noRoom);
      const where = letter.photos[0].place ? null : await place;
      if (where) await outbox.change(letter.id, { place: where, by_hand: false });
    }
  };
  const more = async (/** @type {Letter} */ letter, /** @type {Iterable<File>} */ files) => {
    for (const file of files) {
      const { photo, pictures } = await photoOf(file, "far");
      const latest = /** @type {Letter} */ (outbox.letters.find(({ id }) => id === letter.id));
      await outbox.add({ ...latest, photos: [...latest.photos, photo] }, pictures).catch(noRoom);
    }
  };
  const put = async (/** @type {Letter[]} */ letters, /** @type {any} */ where, /** @type {boolean} */ by_hand) => {
    for (const letter of letters) {
      if (letter.state === "draft") await outbox.change(letter.id, { place: where, by_hand });
      else if (letter.state === "needs_place") await outbox.add(posted(letter, { pin: where }));
      else await outbox.change(letter.id, { pin: where });
    }
    void outbox.flush(true);
  };
  const handsOf = (/** @type {Letter} */ letter) => ({
    onAgain: () => void outbox.post([renewed(letter)]),
    onRemove: () => void outbox.remove(letter),
    onReport: (/** @type {string} */ condition) => void outbox.post([renewed(letter)], { condition, place: whereOf(letter), by_hand: letter.answer.photo.place_source === "hand" }),
    onMore: (/** @type {Iterable<File>} */ files) => void more(letter, files),
    onRole: (/** @type {string} */ id, /** @type {string} */ role) => void outbox.change(letter.id, { photos: letter.photos.map((photo) => (photo.id === id ? { ...photo, role } : photo)) }),
  });
  return { add, put, handsOf };
}

/** @param {{session: import("../shell.js").Session}} props */
function Upload({ session }) {
  const { outbox, mine, others } = useOutbox(session.login);
  const online = useOnline();
  useEffect(followUpgrades, []);
  const { add, put, handsOf } = useMemo(() => handsOn(outbox, session.login), [outbox]);
  const drafts = mine.filter(({ state }) => state === "draft");
  const lost = mine.filter(lacksPlace);
  const shown = mine.toSorted((a, b) => b.made_at - a.made_at);
  return html`
    <div class="upload-page">
      <div class="page-head"><h1>${t("nav.upload")}</h1></div>
      <${OutboxBar} state=${doing(mine, online)} others=${others.length} onNow=${() => void outbox.flush(true)} />
      <${Picker} onFiles=${add} small=${mine.length > 0} />
      ${drafts.length > 0 && html`<${Batch} drafts=${drafts} onSend=${(/** @type {Partial<Letter>} */ told) => void outbox.post(drafts, told)} />`}
      ${lost.length > 0 && html`<${PlacePanel} letters=${lost} onPlace=${put} />`}
      <ol class="shots" aria-label=${t("upload.photos")}>
        ${shown.map((letter) => html`<${ShotCard} key=${letter.id} letter=${letter} hands=${handsOf(letter)} />`)}
      </ol>
    </div>`;
}

/** @param {{drafts: Letter[], onSend: (told: Partial<Letter>) => void}} props what is said of all drafts at once */
function Batch({ drafts, onSend }) {
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
function Picker({ onFiles, small }) {
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

void start("upload", Upload);
