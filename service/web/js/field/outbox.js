/** The inspector's outbox: letters are on the disk before anybody says so, and go out whenever the service can be reached. */

import { ApiError, STRANGER } from "../api.js";
import * as kept from "./kept.js";
import { awakened, due, failed, foundNothing, isOver, posted } from "./letters.js";
import { deliver } from "./post.js";

/** @typedef {import("./letters.js").Letter} Letter */
/** @typedef {{id: string, blob: Blob}} Picture */

const ON_ITS_WAY = ["waiting", "sending"];
const EVERY_MS = 15_000;
const AT_ONCE = 2;
const LOCK = "streetwarden-field-outbox";

export class FieldOutbox {
  /**
   * @param {string} login whose letters go @param {(letters: Letter[]) => void} onChange
   * @param {(error: any) => unknown} onTrouble the phone could not read or keep what goes by itself
   */
  constructor(login, onChange, onTrouble) {
    this.login = login;
    this.onChange = onChange;
    this.onTrouble = onTrouble;
    /** @type {Letter[]} */
    this.letters = [];
    this.running = false;
    this.isStale = false; // another page has changed something while this one was sending
    this.channel = new BroadcastChannel(LOCK);
    this.channel.onmessage = () => (this.running ? (this.isStale = true) : void this.reload().catch(onTrouble));
  }

  /** Takes up what an earlier page left, and begins to look for the service. @returns {() => void} ends it */
  begin() {
    const hurry = () => document.visibilityState === "visible" && this.go(true);
    const timer = setInterval(() => this.go(), EVERY_MS);
    addEventListener("online", hurry);
    document.addEventListener("visibilitychange", hurry);
    void this.reload().then(() => this.flush(true)).catch(this.onTrouble);
    return () => {
      clearInterval(timer);
      removeEventListener("online", hurry);
      document.removeEventListener("visibilitychange", hurry);
      this.channel.close();
    };
  }

  async reload() {
    const found = /** @type {Letter[]} */ (await kept.all("letters"));
    const now = Date.now();
    this.isStale = false;
    this.#show(found.filter((one) => !isOver(one, now)).map(awakened));
    for (const letter of found.filter((one) => isOver(one, now))) await this.#forget(letter);
  }

  /** @param {Letter} letter a new one @param {Picture[]} [pictures] @returns {Promise<void>} once all of it is on the disk */
  async add(letter, pictures = []) {
    await kept.revise(letter.id, () => letter, pictures);
    this.#know(letter);
  }

  /**
   * @param {string} id @param {(letter: Letter) => Partial<Letter>} change of the letter as it lies on the disk, where another page of this phone may have changed it
   * @param {Picture[]} [pictures] @returns {Promise<Letter | undefined>} as it is then; undefined where it was taken away meanwhile
   */
  async change(id, change, pictures = []) {
    const now = (/** @type {Letter} */ found) => (this.running ? found : awakened(found)); // one that a killed page was sending waits
    const changed = await kept.revise(id, (/** @type {Letter | undefined} */ found) => found && { ...now(found), ...change(now(found)) }, pictures);
    if (changed) this.#know(changed);
    return changed;
  }

  /** @param {Letter[]} letters @param {Partial<Letter>} [told] what is said with all of them @param {Picture[]} [pictures] of a new one */
  async post(letters, told = {}, pictures = []) {
    for (const letter of letters) {
      const isNew = !this.letters.some(({ id }) => id === letter.id);
      const ready = (/** @type {Letter | undefined} */ found) => {
        if (found ? ON_ITS_WAY.includes(found.state) : !isNew) return undefined; // another page of this phone sent it or took it away
        return posted(found?.state === "draft" ? found : letter, told);
      };
      const ended = await kept.revise(letter.id, ready, pictures);
      if (ended) this.#know(ended);
    }
    this.go(true);
  }

  /** @param {Letter} letter */
  async remove(letter) {
    await this.#forget(letter);
    this.#show(this.letters.filter(({ id }) => id !== letter.id));
    this.channel.postMessage("changed");
  }

  /** Sends what is due, by itself. @param {boolean} [hurry] */
  go(hurry) {
    void this.flush(hurry).catch(this.onTrouble);
  }

  /** Sends what is due; two pages of one phone never do so at the same time. @param {boolean} hurry */
  async flush(hurry = false) {
    if (this.running || due(this.#mine(), Date.now(), hurry).length === 0) return;
    this.running = true;
    const run = () => this.reload().then(() => this.#run(hurry)).then(() => true);
    let isMine = false;
    try {
      isMine = await (navigator.locks ? navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => (lock ? run() : false)) : run());
    } finally {
      this.running = false;
    }
    if (this.isStale) await this.reload();
    if (isMine && due(this.#mine(), Date.now(), false).length > 0) this.go(); // another page that sends has a look itself
  }

  /** @param {boolean} hurry */
  async #run(hurry) {
    const tried = new Set();
    let isReachable = true;
    const next = () => (isReachable ? due(this.#mine(), Date.now(), hurry).find(({ id }) => !tried.has(id)) : undefined);
    const worker = async () => {
      for (let letter = next(); letter; letter = next()) {
        tried.add(letter.id);
        const error = await this.#send(letter);
        if (error && (error.status === 0 || error.status === 401 || error.code === STRANGER)) isReachable = false;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** @param {Letter} letter @returns {Promise<any>} what went wrong, undefined if nothing did */
  async #send(letter) {
    const tell = async (/** @type {Partial<Letter>} */ told) => {
      const changed = "share" in told ? this.#share(letter.id, told) : await this.change(letter.id, () => told);
      return changed ?? { ...letter, ...told }; // taken away meanwhile: what is under way ends
    };
    await tell({ state: "sending" });
    try {
      const ended = await deliver(letter, tell, this.#mine());
      const done = await tell({ ...ended, error: null, done_at: Date.now() });
      if (done.state === "sent" && !foundNothing(done)) await this.#dropOriginals(done);
      return undefined;
    } catch (/** @type {any} */ error) {
      if (!(error instanceof ApiError)) {
        this.#show(this.letters.map((one) => (one.id === letter.id ? awakened(one) : one))); // the phone could not keep it: it goes again under the same keys
        throw error;
      }
      await this.change(letter.id, (found) => failed(found, error, Date.now()));
      return error;
    }
  }

  /** How far a letter is: shown, and not worth the disk. @param {string} id @param {Partial<Letter>} told @returns {Letter | undefined} */
  #share(id, told) {
    this.#show(this.letters.map((letter) => (letter.id === id ? { ...letter, ...told } : letter)));
    return this.letters.find((letter) => letter.id === id);
  }

  #mine() {
    return this.letters.filter(({ login }) => login === this.login);
  }

  /** @param {Letter} letter as it lies on the disk now */
  #know(letter) {
    const isKnown = this.letters.some(({ id }) => id === letter.id);
    this.#show(isKnown ? this.letters.map((one) => (one.id === letter.id ? letter : one)) : [...this.letters, letter]);
    this.channel.postMessage("changed");
  }

  /** @param {Letter} letter */
  async #forget(letter) {
    await kept.forget(letter.id, letter.photos.flatMap(({ id }) => [id, `${id}-small`]));
  }

  /** @param {Letter} letter */
  async #dropOriginals(letter) {
    for (const { id } of letter.photos) await kept.drop("pictures", id);
  }

  /** @param {Letter[]} letters */
  #show(letters) {
    this.letters = letters;
    this.onChange(letters);
  }
}
