/** Verdicts on their way: each waits a moment in which it can be taken back, then goes out; a failed one tries again, also after the page was closed. */

/**
 * @template T
 * @typedef {{key: string, body: T, state: "waiting" | "going"}} Letter
 */

/**
 * What survives the page: one list of letters, of one person in this browser.
 * @template T
 * @param {string} name @param {Storage} [storage]
 * @returns {{load: () => {key: string, body: T}[], save: (letters: {key: string, body: T}[]) => void}}
 */
export const drawer = (name, storage = localStorage) => ({
  load: () => JSON.parse(storage.getItem(name) ?? "[]"),
  save: (letters) => (letters.length ? storage.setItem(name, JSON.stringify(letters)) : storage.removeItem(name)),
});

/** @template T */
export class Outbox {
  /**
   * @param {object} how
   * @param {(key: string, body: T, leaving: boolean) => Promise<unknown>} how.send `leaving`: the page is about to go
   * @param {number} how.window_ms how long a letter can be taken back
   * @param {number} how.retry_ms how long to wait after a failure that may pass
   * @param {() => void} how.onChange
   * @param {(letter: Letter<T>, error: any) => void} how.onRefused the service said no for good
   * @param {ReturnType<typeof drawer<T>>} [how.drawer] where letters are kept that have not arrived; what was left there goes out at once
   */
  constructor({ send, window_ms, retry_ms, onChange, onRefused, drawer }) {
    /** @type {Letter<T>[]} */
    this.letters = (drawer?.load() ?? []).map(({ key, body }) => ({ key, body, state: "waiting" }));
    this.drawer = drawer;
    this.send = send;
    this.window_ms = window_ms;
    this.retry_ms = retry_ms;
    this.onChange = onChange;
    this.onRefused = onRefused;
    for (const letter of this.letters) queueMicrotask(() => this.#post(letter));
  }

  /** @param {string} key @param {T} body */
  add(key, body) {
    const letter = /** @type {Letter<T>} */ ({ key, body, state: "waiting" });
    this.letters.push(letter);
    setTimeout(() => this.#post(letter), this.window_ms);
    this.#changed();
  }

  /** @returns {Letter<T> | undefined} the youngest letter that has not gone yet, taken back */
  undo() {
    const letter = this.letters.findLast(({ state }) => state === "waiting");
    if (letter) this.#drop(letter);
    return letter;
  }

  /** Sends all that still wait, now: the page is going away. */
  leave() {
    for (const letter of this.letters.filter(({ state }) => state === "waiting")) void this.#post(letter, true);
  }

  /** @param {string} key */
  holds(key) {
    return this.letters.some((letter) => letter.key === key);
  }

  /** @param {Letter<T>} letter @param {boolean} leaving */
  async #post(letter, leaving = false) {
    if (letter.state !== "waiting" || !this.letters.includes(letter)) return;
    letter.state = "going";
    try {
      await this.send(letter.key, letter.body, leaving);
      this.#drop(letter);
    } catch (error) {
      this.#failed(letter, error);
    }
  }

  /** @param {Letter<T>} letter @param {any} error */
  #failed(letter, error) {
    if (error.passing || error.status === 401) {
      letter.state = "waiting";
      setTimeout(() => this.#post(letter), this.retry_ms);
      this.#changed();
      return;
    }
    this.#drop(letter);
    this.onRefused(letter, error);
  }

  /** @param {Letter<T>} letter */
  #drop(letter) {
    this.letters = this.letters.filter((other) => other !== letter);
    this.#changed();
  }

  #changed() {
    this.drawer?.save(this.letters.map(({ key, body }) => ({ key, body })));
    this.onChange();
  }
}
