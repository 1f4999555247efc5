/** What the pages of the administration share: an answer that stays fresh, a panel, a field, a form that is sent once. */

import { Failed, useAgain } from "../again.js";
import { all, get, page } from "../api.js";
import { settled, watch } from "../events.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { number } from "../i18n.js";
import { toastError } from "../toasts.js";

/**
 * @param {string | null} path null: nothing is asked
 * @param {(path: string, known: any) => Promise<any>} fetched by what is known of it already
 * @param {boolean} live asked anew when something happens
 * @returns {[any, () => Promise<void>, (fetched: (path: string, known: any) => Promise<any>) => Promise<void>]} the answer: null until it is here, undefined where it could not be loaded; a way to ask anew, and one to ask for something else
 */
function useAsked(path, fetched, live) {
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const wanted = useRef(path);
  const known = useRef(answer);
  known.current = answer;
  const failed = useAgain(() => (setAnswer((/** @type {any} */ shown) => shown ?? null), load()));
  const ask = async (/** @type {typeof fetched} */ how) => {
    if (!path) return;
    try {
      const found = await how(path, known.current);
      if (path === wanted.current) setAnswer(found);
    } catch (error) {
      if (path === wanted.current) setAnswer((/** @type {any} */ shown) => shown ?? undefined);
      failed(error);
    }
  };
  const load = () => ask(fetched);
  useEffect(() => {
    wanted.current = path;
    known.current = null;
    setAnswer(null);
    void load();
    return live ? watch(settled(load, 1000)) : undefined;
  }, [path]);
  return [answer, load, ask];
}

/**
 * @param {string | null} path null: nothing is asked
 * @param {{live?: boolean, whole?: boolean}} [more] live: asked anew when something happens; whole: a list to its end
 * @returns {[any, () => Promise<void>]} the answer: null until it is here, undefined where it could not be loaded; and a way to ask anew
 */
export function useAnswer(path, { live = false, whole = false } = {}) {
  const [answer, load] = useAsked(path, whole ? (asked) => all(asked) : get, live);
  return [answer, load];
}

/** @param {string} path of a list, with its limit @returns {[any, () => Promise<void>, () => Promise<void>]} the same of a list; asked anew it is as long as it was, and it can be made longer by a page */
export function usePages(path) {
  const [answer, load, ask] = useAsked(path, (asked, known) => all(asked, known?.items.length ?? 0), false);
  const more = () => ask(async (asked, { items, next }) => {
    const later = await page(asked, next);
    return { items: [...items, ...later.items], next: later.next };
  });
  return [answer, load, more];
}

/** @param {{title: string, answer?: any, count?: number | null, name?: string, action?: any, children?: any}} props */
export const Panel = ({ title, count, name, action, children, ...more }) => html`
  <section class="card panel" data-panel=${name}>
    <div class="panel-head"><h2>${title}${typeof count === "number" && html` <span class="quiet">${number(count)}</span>`}</h2>${action}</div>
    ${!("answer" in more) || more.answer ? children : more.answer === null ? html`<div class="skeleton"></div>` : html`<${Failed} what=${title} />`}</section>`;

/** @param {{label: string, hint?: string, children?: any}} props */
export const Field = ({ label, hint, children }) => html`
  <label class="field"><span>${label}${hint && html` <span class="hint">${hint}</span>`}</span>${children}</label>`;

/** @returns {[boolean, (act: () => Promise<void>) => Promise<boolean>]} whether something is on its way; runs it, and says whether it went well */
export function useSending() {
  const [sending, setSending] = useState(false);
  const run = async (/** @type {() => Promise<void>} */ act) => {
    setSending(true);
    try {
      await act();
      return true;
    } catch (error) {
      toastError(error);
      return false;
    } finally {
      setSending(false);
    }
  };
  return [sending, run];
}

/** @param {SubmitEvent} event @returns {Record<string, string>} the fields of a form that hold something */
export function told(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const pairs = [...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim() !== "");
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value).trim()]));
}

/** @param {Record<string, string | null>} changes shown in the address without a new page; null takes a name away */
export function keepInAddress(changes) {
  const kept = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) value === null ? kept.delete(name) : kept.set(name, value);
  history.replaceState(null, "", `${location.pathname}${kept.size ? `?${kept}` : ""}`);
}

/** @param {string} name @returns {string | null} what the address says */
export const inAddress = (name) => new URLSearchParams(location.search).get(name);
