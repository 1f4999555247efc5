/** Verdicts on their way: each waits a moment in which it can be taken back, then goes out; a failed one tries again. */

/**
 * @template T
 * @typedef {{key: string, body: T, state: "waiting" | "going"}} Letter
 */

/** @template T */
export class Outbox {
  /**
   * @param {object} how
   * @param {(key: string, body: T, leaving: boolean) => Promise<unknown>} how.send `leaving`: the page is about to go
   * @param {number} how.window_ms how long a letter can be taken back
   * @param {number} how.retry_ms how long to wait after a failure that may pass
   * @param {() => void} how.onChange
   * @param {(letter: Letter<T>, error: any) => void} how.onRefused the service said no for good
   */
  constructor({ send, window_ms, retry_ms, onChange, onRefused }) {
    /** @type {Letter<T>[]} */
    this.letters = [];
    this.send = send;
    this.window_ms = window_ms;
    this.retry_ms = retry_ms;
    this.onChange = onChange;
    this.onRefused = onRefused;
  }

  /** @param {string} key @param {T} body */
  add(key, body) {
    const letter = /** @type {Letter<T>} */ ({ key, body, state: "waiting" });
    this.letters.push(letter);
    setTimeout(() => this.#post(letter), this.window_ms);
    this.onChange();
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
    if (error.passing) {
      letter.state = "waiting";
      setTimeout(() => this.#post(letter), this.retry_ms);
      this.onChange();
      return;
    }
    this.#drop(letter);
    this.onRefused(letter, error);
  }

  /** @param {Letter<T>} letter */
  #drop(letter) {
    this.letters = this.letters.filter((other) => other !== letter);
    this.onChange();
  }
}
