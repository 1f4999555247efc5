/** A modal question: the browser's own dialog, so that focus, Escape and the backdrop are right. */

import { html, useEffect, useRef } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";

/**
 * @param {{title: string, onClose: () => void, large?: boolean, children?: any}} props it is open as long as it is drawn
 */
export function Dialog({ title, onClose, large = false, children }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const onBackdrop = (/** @type {MouseEvent} */ event) => event.target === dialog.current && onClose();
  const onCancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  return html`
    <dialog ref=${dialog} class=${large ? "large" : ""} aria-label=${title} onCancel=${onCancel} onClick=${onBackdrop}>
      <div class="dialog-body">
        <header class="dialog-head">
          <h2>${title}</h2>
          <button type="button" class="icon-button" aria-label=${t("close")} onClick=${onClose}><${Icon} name="cross" /></button>
        </header>
        ${children}
      </div>
    </dialog>`;
}
