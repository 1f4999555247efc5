/** Verdicts on their way: each waits a moment in which it can be taken back, then goes out; a failed one tries again, also after the page was closed. */

/**
 * @template T
 * @typedef {{key: string, body: T, until: number, state: "waiting" | "going", isOpen?: boolean, isFound?: boolean}} Letter
 *   `until`: when it goes, and cannot be taken back any more, in milliseconds; `isOpen`: a try may have arrived without an answer; `isFound`: another page wrote it
 */

/**
 * @template T
 * @typedef {{key: string, body: T, until?: number}} Kept a letter as it lies in the drawer
 */

/**
 * What survives the page: one list of letters, of one person in this browser; other tabs put theirs into it too.
 * @template T
 * @param {string} name @param {Storage} [storage]
 * @returns {{load: () => Kept<T>[], keep: (letter: Kept<T>) => void, drop: (key: string) => void}}
 */
export function drawer(name, storage = localStorage) {
  const load = () => /** @type {Kept<T>[]} */ (lettersIn(storage.getItem(name)));
  const others = (/** @type {string} */ key) => load().filter((letter) => letter.key !== key);
  const save = (/** @type {Kept<T>[]} */ letters) => (letters.length ? storage.setItem(name, JSON.stringify(letters)) : storage.removeItem(name));
  return { load, keep: ({ key, body, until }) => save([...others(key), { key, body, until }]), drop: (key) => save(others(key)) };
}

/** @param {string | null} text @returns {Kept<any>[]} the letters in what a browser kept; what is none of ours, or was cut off, holds none */
function lettersIn(text) {
  try {
    const kept = JSON.parse(text ?? "[]");
    return Array.isArray(kept) ? kept.filter((letter) => typeof letter?.key === "string" && letter.body && typeof letter.body === "object") : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** @template T */
export class Outbox {
  /**
   * @param {object} how
   * @param {(key: string, body: T, leaving: boolean) => Promise<unknown>} how.send `leaving`: the page is about to go
   * @param {number} how.window_ms how long a letter can be taken back
   * @param {number} how.retry_ms how long to wait after a failure that may pass
   * @param {() => void} how.onChange
   * @param {(letter: Letter<T>, error: any) => void} how.onRefused the service said no for good
   * @param {(error: any) => void} [how.onDelayed] the service did not take it, and it is tried again
   * @param {ReturnType<typeof drawer<T>>} [how.drawer] where letters are kept that have not arrived; what was left there goes out once nobody can take it back
   * @param {() => number} [how.now] milliseconds
   */
  constructor({ send, window_ms, retry_ms, onChange, onRefused, onDelayed = () => {}, drawer, now = Date.now }) {
    /** @type {Letter<T>[]} */
    this.letters = (drawer?.load() ?? []).map(({ key, body, until = 0 }) => ({ key, body, until, state: "waiting", isOpen: true, isFound: true }));
    this.drawer = drawer;
    this.send = send;
    this.window_ms = window_ms;
    this.retry_ms = retry_ms;
    this.onChange = onChange;
    this.onRefused = onRefused;
    this.onDelayed = onDelayed;
    this.now = now;
    for (const letter of this.letters) setTimeout(() => this.#post(letter), Math.min(window_ms, letter.until - now()));
  }

  /** @param {string} key @param {T} body */
  add(key, body) {
    const letter = /** @type {Letter<T>} */ ({ key, body, until: this.now() + this.window_ms, state: "waiting" });
    this.letters.push(letter);
    this.drawer?.keep(letter);
    setTimeout(() => this.#post(letter), this.window_ms);
    this.onChange();
  }

  /** @returns {Letter<T> | undefined} the youngest letter that surely has not arrived, also from no other page, taken back */
  undo() {
    const letter = this.letters.findLast((letter) => letter.state === "waiting" && !letter.isOpen && this.#isKept(letter));
    if (letter) this.#drop(letter);
    return letter;
  }

  /** Sends all that still wait, now: the page is going away. What another page may still take back stays with that one. */
  leave() {
    const now = this.now();
    for (const letter of this.letters.filter(({ state, isFound, until }) => state === "waiting" && !(isFound && until > now))) void this.#post(letter, true);
  }

  /** @param {string} key */
  holds(key) {
    return this.letters.some((letter) => letter.key === key);
  }

  /** @param {Letter<T>} letter @param {boolean} leaving */
  async #post(letter, leaving = false) {
    if (letter.state !== "waiting" || !this.letters.includes(letter)) return;
    if (letter.isFound && !this.#isKept(letter)) return this.#forget(letter);
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
      letter.isOpen ||= error.isOpen;
      setTimeout(() => this.#post(letter), this.retry_ms);
      this.onChange();
      this.onDelayed(error);
      return;
    }
    this.#drop(letter);
    this.onRefused(letter, error);
  }

  /** @param {Letter<T>} letter @returns {boolean} whether no page has sent it or taken it back, as far as the drawer tells */
  #isKept({ key, until }) {
    return !this.drawer || this.drawer.load().some((kept) => kept.key === key && (kept.until ?? 0) === until);
  }

  /** @param {Letter<T>} letter */
  #drop(letter) {
    this.drawer?.drop(letter.key);
    this.#forget(letter);
  }

  /** @param {Letter<T>} letter */
  #forget(letter) {
    this.letters = this.letters.filter((other) => other !== letter);
    this.onChange();
  }
}
