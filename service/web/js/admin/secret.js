/** A secret that is shown this once: to be copied now, since nobody can show it again. */

import { Dialog } from "../dialog.js";
import { html, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";

/** @param {{title: string, value: string, onClose: () => void}} props */
export function Secret({ title, value, onClose }) {
  const [told, setTold] = useState("");
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const byHand = () => {
    field.current?.select();
    setTold(t("secret.by_hand"));
  };
  const copy = () => void navigator.clipboard.writeText(value).then(() => setTold(t("secret.copied")), byHand);
  return html`<${Dialog} title=${title} onClose=${onClose}><div class="stack">
    <p class="notice warn"><${Icon} name="warn" /><span>${t("secret.once")}</span></p>
    <input class="input mono" ref=${field} readonly aria-label=${title} value=${value} onFocus=${(/** @type {any} */ event) => event.target.select()} />
    <div class="dialog-foot"><span class="quiet small" role="status">${told}</span><span class="gap"></span>
      ${navigator.clipboard && html`<button type="button" class="button" onClick=${copy}>${t("secret.copy")}</button>`}<button type="button" class="button primary" onClick=${onClose}>${t("secret.done")}</button></div>
  </div></${Dialog}>`;
}
