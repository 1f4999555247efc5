/** Short messages at the foot of the page, one live region for all of them. */

import { STRANGER } from "./api.js";
import { html, useEffect, useState } from "./html.js";
import { sentenceOf, t } from "./i18n.js";

/** @typedef {{id: number, text: string, bad?: boolean, action?: {label: string, act: () => void}}} Toast */

const LASTING_MS = 60_000;

/** @type {Toast[]} */
let shown = [];
let count = 0;
/** @type {(toasts: Toast[]) => void} */
let redraw = () => {};

/** @param {(toasts: Toast[]) => Toast[]} change */
function change(change) {
  shown = change(shown);
  redraw(shown);
}

/**
 * @param {string} text
 * @param {{bad?: boolean, action?: Toast["action"], for_ms?: number}} [more]
 * @returns {() => void} takes it away before its time
 */
export function toast(text, { bad = false, action, for_ms = bad ? 8000 : 5000 } = {}) {
  const id = ++count;
  const gone = () => change((toasts) => toasts.filter((toast) => toast.id !== id));
  change((toasts) => [...toasts.filter((other) => other.text !== text).slice(-2), { id, text, bad, action: action && { ...action, act: () => (gone(), action.act()) } }]);
  setTimeout(gone, for_ms);
  return gone;
}

/** @param {unknown} error what a call threw; anything but a refusal is a mistake of ours and goes on to the console */
export function toastError(error) {
  if (!(error instanceof Error && "code" in error)) throw error;
  const anew = { label: t("load_anew"), act: () => location.reload() };
  toast(sentenceOf(/** @type {any} */ (error)), { bad: true, ...(error.code === STRANGER && { action: anew, for_ms: LASTING_MS }) });
}

export function Toasts() {
  const [toasts, setToasts] = useState(shown);
  useEffect(() => {
    redraw = setToasts;
    setToasts(shown);
  }, []);
  return html`
    <div class="toasts" role="status" aria-live="polite">
      ${toasts.map(({ id, text, bad, action }) => html`
        <div key=${id} class=${bad ? "toast bad" : "toast"}>
          <span>${text}</span>${action && html`<button type="button" onClick=${action.act}>${action.label}</button>`}
        </div>`)}
    </div>`;
}
