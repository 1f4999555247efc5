/** The inspector's page, made for a phone: photos go to an outbox that works without a network; tasks and walks beside it. */

import { draftOf, here, photoOf } from "../field/drafts.js";
import { doing, lacksPlace, posted, renewed, resumed, whereOf } from "../field/letters.js";
import { OutboxBar, useOnline } from "../field/outboxbar.js";
import { FieldOutbox } from "../field/outbox.js";
import { noRoom } from "../field/pictures.js";
import { Batch, Picker } from "../field/taking.js";
import { Tasks, useTasks } from "../field/tasks.js";
import { followUpgrades } from "../field/upgrades.js";
import { Walk, useWalk } from "../field/walk.js";
import { html, useEffect, useMemo, useState } from "../html.js";
import { t } from "../i18n.js";
import { PlacePanel } from "../placepanel.js";
import { start } from "../shell.js";
import { ShotCard } from "../shotcard.js";

/** @typedef {import("../field/letters.js").Letter} Letter */

const READING_MS = 10_000;

/** @param {string} login */
function useOutbox(login) {
  const [letters, setLetters] = useState(/** @type {Letter[]} */ ([]));
  const outbox = useMemo(() => new FieldOutbox(login, setLetters, noRoom), [login]);
  useEffect(() => outbox.begin(), [outbox]);
  return { outbox, mine: letters.filter((letter) => letter.login === login), others: letters.filter((letter) => letter.login !== login) };
}

/** @param {FieldOutbox} outbox @param {string} login */
function handsOn(outbox, login) {
  const add = async (/** @type {File[]} */ files, /** @type {boolean} */ isTakenNow) => {
    const place = isTakenNow ? here() : null;
    for (const file of files) {
      const { letter, pictures } = await draftOf(file, login, Date.now());
      const isKept = await outbox.add(letter, pictures).then(() => true, noRoom);
      const where = !isKept || letter.photos[0].place ? null : await place;
      const latest = where && outbox.letters.find(({ id, state }) => id === letter.id && state !== "sent");
      if (latest) await put([latest], where, false); // it may have gone already
    }
  };
  const beside = async (/** @type {Letter} */ letter, /** @type {Iterable<File>} */ files) => {
    for (const file of files) {
      const { photo, pictures } = await photoOf(file, "far");
      await outbox.change(letter.id, ({ photos }) => ({ photos: [...photos, photo] }), pictures).catch(noRoom);
    }
  };
  let reading = Promise.resolve();
  const more = async (/** @type {Letter} */ letter, /** @type {Iterable<File>} */ files) => {
    const read = reading.then(() => beside(letter, files));
    reading = read.catch(() => {}); // told here
    await read;
  };
  const send = async (/** @type {Letter[]} */ drafts, /** @type {Partial<Letter>} */ told) => {
    await Promise.race([reading, new Promise((done) => setTimeout(done, READING_MS))]); // a further photo that is still being read goes with its letter
    await outbox.post(drafts.filter(({ id }) => outbox.letters.some((letter) => letter.id === id)), told);
  };
  const put = async (/** @type {Letter[]} */ letters, /** @type {any} */ where, /** @type {boolean} */ by_hand) => {
    for (const letter of letters) {
      await outbox.change(letter.id, (latest) => {
        if (latest.state === "draft") return { place: where, by_hand };
        return latest.state === "needs_place" ? posted(latest, { pin: where }) : { pin: where };
      });
    }
    outbox.go(true);
  };
  const handsOf = (/** @type {Letter} */ letter) => ({
    onAgain: () => void outbox.post([resumed(letter)]).catch(noRoom),
    onRemove: () => void outbox.remove(letter).catch(noRoom),
    onReport: (/** @type {string} */ condition) => void outbox.post([renewed(letter)], { condition, place: whereOf(letter), by_hand: letter.answer.photo.place_source === "hand" }).catch(noRoom),
    onMore: (/** @type {Iterable<File>} */ files) => void more(letter, files),
    onRole: (/** @type {string} */ id, /** @type {string} */ role) => void outbox.change(letter.id, ({ photos }) => ({ photos: photos.map((photo) => (photo.id === id ? { ...photo, role } : photo)) })).catch(noRoom),
  });
  return { add, put, send, handsOf };
}

/** What the page is open at; it lives in the address. */
const VIEWS = /** @type {const} */ (["report", "tasks", "walk"]);

/** @returns {[string, (view: string) => void]} */
function useView() {
  const [view, setView] = useState(new URLSearchParams(location.search).get("view") ?? "report");
  const go = (/** @type {string} */ wanted) => {
    history.replaceState(null, "", wanted === "report" ? location.pathname : `?view=${wanted}`);
    setView(wanted);
  };
  return [view, go];
}

/** @param {{session: import("../shell.js").Session}} props */
function Upload({ session: { login } }) {
  const { outbox, mine, others } = useOutbox(login);
  const [view, setView] = useView();
  const { tasks, load } = useTasks();
  const walking = useWalk(login);
  const online = useOnline();
  useEffect(followUpgrades, []);
  const { add, put, send, handsOf } = useMemo(() => handsOn(outbox, login), [outbox]);
  const drafts = mine.filter(({ state }) => state === "draft");
  const lost = mine.filter(lacksPlace);
  const post = (/** @type {Letter} */ letter, /** @type {import("../field/outbox.js").Picture[]} */ pictures = []) => outbox.post([letter], {}, pictures).then(() => true, noRoom);
  return html`
    <div class="upload-page">
      <div class="page-head"><h1>${t("nav.upload")}</h1></div>
      <div class="views" role="group" aria-label=${t("field.views")}>
        ${VIEWS.map((name) => html`<button key=${name} type="button" aria-pressed=${view === name} onClick=${() => setView(name)}>${t(`field.view_${name}`)}
          ${name === "tasks" && tasks && tasks.own.length > 0 && html`<b>${tasks.own.length}</b>`}${name === "walk" && walking.walk && html`<i class="under-way"></i>`}</button>`)}
      </div>
      <${OutboxBar} state=${doing(mine, online)} others=${others.length} onNow=${() => outbox.go(true)} />
      ${view === "tasks" && html`<${Tasks} tasks=${tasks} load=${load} letters=${mine} login=${login} onAnswer=${post} />`}
      ${view === "walk" && html`<${Walk} ...${walking} login=${login} letters=${mine} onEnded=${post} />`}
      ${view === "report" && html`
        <${Picker} onFiles=${add} small=${mine.length > 0} />
        ${drafts.length > 0 && html`<${Batch} drafts=${drafts} onSend=${(/** @type {Partial<Letter>} */ told) => void send(drafts, told)} />`}
        ${lost.length > 0 && html`<${PlacePanel} letters=${lost} onPlace=${put} />`}`}
      <ol class="shots" aria-label=${t("upload.photos")}>
        ${mine.filter(({ kind }) => (KINDS[view] ?? KINDS.report).includes(kind)).toSorted((a, b) => b.made_at - a.made_at).map((letter) => html`
          <${ShotCard} key=${letter.id} letter=${letter} hands=${handsOf(letter)} />`)}
      </ol>
    </div>`;
}

/** Which letters lie under which view. */
const KINDS = /** @type {Record<string, string[]>} */ ({ report: ["report"], tasks: ["look"], walk: ["walk"] });

void start("upload", Upload);
