/** The pictures of a ticket: before and after side by side, all others below, and a place to add one. */

import { pictureHref, upload } from "./api.js";
import { Dialog } from "./dialog.js";
import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import { dateTime, t } from "./i18n.js";
import { Picture } from "./picture.js";
import { afterPhoto } from "./ticketpictures.js";
import { toast, toastError } from "./toasts.js";

/** @typedef {import("./ticketpictures.js").TicketPicture} TicketPicture */

/** @param {string} ticket_id @param {File} file @param {string} role @param {(share: number) => void} [onProgress] */
export function addEvidence(ticket_id, file, role, onProgress) {
  const form = new FormData();
  form.set("role", role);
  form.set("file", file);
  return upload(`/api/tickets/${encodeURIComponent(ticket_id)}/evidence`, form, { onProgress });
}

/** @param {{ticket: any, pictures: TicketPicture[], mayAdd: boolean, onAdded: () => void}} props */
export function Gallery({ ticket, pictures, mayAdd, onAdded }) {
  const [opened, setOpened] = useState(/** @type {TicketPicture | null} */ (null));
  const before = pictures.find(({ role }) => role !== "after");
  const after = afterPhoto(ticket, pictures);
  const others = pictures.filter((picture) => picture !== before && picture !== after);
  return html`
    <section class="card gallery" aria-label=${t("ticket.pictures")}>
      <div class=${after || mayAdd ? "pair" : "pair single"}>
        ${before && html`<${Side} picture=${before} onOpen=${setOpened} />`}
        ${after && html`<${Side} picture=${after} onOpen=${setOpened} />`}
        ${!after && mayAdd && html`<${AddAfter} ticket=${ticket} onAdded=${onAdded} />`}
      </div>
      ${(others.length > 0 || (after && mayAdd)) && html`
        <ul class="film">
          ${others.map((picture) => html`
            <li key=${picture.id}><button type="button" onClick=${() => setOpened(picture)} aria-label=${caption(picture)}>
              <img src=${pictureHref(picture.id)} alt="" loading="lazy" /></button><span class="small">${t(`evidence.${picture.role}`)}<br /><span class="quiet">${dateTime(picture.at)}</span></span></li>`)}
          ${after && mayAdd && html`<li><${AddAfter} ticket=${ticket} onAdded=${onAdded} small /></li>`}
        </ul>`}
      ${opened && html`<${Dialog} title=${caption(opened)} onClose=${() => setOpened(null)} large><${Picture} evidence_id=${opened.id} width=${opened.width} height=${opened.height} detections=${opened.detections} alt=${caption(opened)} eager /></${Dialog}>`}
    </section>`;
}

/** @param {TicketPicture} picture */
const caption = ({ role, at }) => [t(`evidence.${role}`), dateTime(at)].filter(Boolean).join(" · ");

/** @param {{picture: TicketPicture, onOpen: (picture: TicketPicture) => void}} props */
const Side = ({ picture, onOpen }) => html`
  <figure class="side" data-role=${picture.role}>
    <button type="button" class="side-open" onClick=${() => onOpen(picture)}>
      <span class="only-heard">${t("ticket.enlarge", { what: t(`evidence.${picture.role}`) })}</span>
      <${Picture} evidence_id=${picture.id} width=${picture.width} height=${picture.height} detections=${picture.detections} alt=${caption(picture)} eager />
    </button>
    <figcaption><b>${t(`evidence.${picture.role}`)}</b>${picture.place_check === "elsewhere" && html`<span class="elsewhere small"><${Icon} name="pin" size=${16} />${t("ticket.elsewhere", { count: Math.round(picture.distance_m ?? 0) })}</span>`}<span class="quiet small">${dateTime(picture.at)}</span></figcaption>
  </figure>`;

/** @param {{ticket: any, onAdded: () => void, small?: boolean}} props */
function AddAfter({ ticket, onAdded, small = false }) {
  const [share, setShare] = useState(/** @type {number | null} */ (null));
  const chosen = async (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const [file] = input.files ?? [];
    if (!file) return;
    setShare(0);
    try {
      await addEvidence(ticket.id, file, "after", setShare);
      toast(t("ticket.added"));
      onAdded();
    } catch (error) {
      toastError(error);
    } finally {
      input.value = "";
      setShare(null);
    }
  };
  return html`
    <label class=${small ? "add-after small-one" : "add-after"}>
      <input class="only-heard" type="file" accept="image/jpeg,image/png,image/webp" capture="environment" onChange=${chosen} disabled=${share !== null} />
      <${Icon} name=${small ? "plus" : "upload"} size=${small ? 20 : 28} />
      <span>${share === null ? t("ticket.add_after") : t("upload.sending")}</span>
      ${share !== null && html`<progress value=${share} max="1"></progress>`}
    </label>`;
}
