/** What a vehicle recorded: sent with its track, read beside the day's work, a line for every file. */

import { upload } from "../api.js";
import { html, useState } from "../html.js";
import { dateTime, number, percent, sentenceOf, t } from "../i18n.js";
import { toast, toastError } from "../toasts.js";
import { Field, Panel, useAnswer } from "./bits.js";

const KINDS = ".zip,.mp4,.mov,.mkv,.avi,.ts,video/*,application/zip";
const TRACKS = ".gpx,.nmea,.txt,.log";

/** @param {{camera: any}} props */
export function Recordings({ camera }) {
  const [answer, reload] = useAnswer(`/api/uploads?limit=20&camera=${encodeURIComponent(camera.id)}`, { live: true });
  return html`
    <${Panel} title=${t("recordings.title")} answer=${answer} count=${answer?.items.length} name="recordings">
      <${SendForm} camera=${camera} onSent=${reload} />
      <ul class="lines">${answer?.items.map((/** @type {any} */ one) => html`<${Recording} key=${one.id} recording=${one} />`)}</ul>
    </${Panel}>`;
}

/** @param {{camera: any, onSent: () => Promise<void>}} props */
function SendForm({ camera, onSent }) {
  const [share, setShare] = useState(/** @type {number | null} */ (null));
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const body = new FormData();
    for (const [name, value] of new FormData(form)) if (value instanceof File ? value.size > 0 : value !== "") body.append(name, value);
    const file = /** @type {File} */ (body.get("file"));
    setShare(0);
    try {
      await upload(`/api/cameras/${encodeURIComponent(camera.id)}/uploads`, body, { key: `${file.name} ${file.size} ${file.lastModified}`.replace(/[^\x21-\x7e ]/g, "_").slice(0, 255), onProgress: setShare });
      toast(t("recordings.sent"));
      form.reset();
      await onSent();
    } catch (error) {
      toastError(error);
    } finally {
      setShare(null);
    }
  };
  return html`<form class="stack" onSubmit=${send}>
    <div class="fields">
      <${Field} label=${t("recordings.file")} hint=${t("recordings.file_hint")}><input class="input" type="file" name="file" required accept=${KINDS} /></${Field}>
      <${Field} label=${t("recordings.track")} hint=${t("recordings.track_hint")}><input class="input" type="file" name="track" accept=${TRACKS} /></${Field}>
      <${Field} label=${t("recordings.coordinates")}><select class="input" name="coordinates"><option value="wgs84">WGS-84</option><option value="gcj02">GCJ-02</option></select></${Field}>
      <${Field} label=${t("recordings.offset_s")}><input class="input" type="number" step="any" name="offset_s" placeholder="0" /></${Field}>
    </div>
    <div class="choices"><button class="button primary" disabled=${share !== null}>${t("recordings.send")}</button>
      ${share !== null && html`<label class="sending"><progress max="1" value=${share}></progress><span>${share < 1 ? percent(share) : t("recordings.checking")}</span></label>`}</div>
  </form>`;
}

/** @param {{recording: any}} props */
function Recording({ recording }) {
  const [isOpen, setOpen] = useState(false);
  const [files] = useAnswer(isOpen ? `/api/uploads/${recording.id}/files?limit=200` : null, { live: true });
  return html`<li class="recording"><details onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}><summary>
      <span class="line-main"><span><b class="break">${recording.name}</b><span class="quiet small">${dateTime(recording.created_at)} · ${recording.by} · ${t("recordings.megabytes", { size: number(recording.bytes / 1e6) })}</span></span></span>
      <span class="line-side"><span class="state ${recording.state}">${t(`recordings.state_${recording.state}`)}</span>
        <span class="quiet small">${recording.code ? sentenceOf(recording) : t("recordings.so_far", { done: recording.done, files: recording.files ?? "?", seen: recording.seen })}</span></span></summary>
    ${isOpen && (files ? html`<div class="scroll" tabindex="0"><table><thead><tr><th>${t("recordings.one_file")}</th>${["frames", "placed", "looked", "seen"].map((name) => html`<th key=${name}>${t(`recordings.${name}`)}</th>`)}</tr></thead>
      <tbody>${files.items.map((/** @type {any} */ one) => html`<tr key=${one.file}><td class="break">${one.file}${one.code && html` <span class="bad small">${sentenceOf(one)}</span>`}
        ${Object.entries(one.without).map(([why, count]) => html` <span key=${why} class="quiet small" data-without=${why}>${t(`recordings.without.${why}`, { count })}</span>`)}
        ${typeof one.offset_hint_s === "number" && html` <span class="quiet small">${t("recordings.hint", { seconds: number(one.offset_hint_s) })}</span>`}</td><td>${number(one.frames)}</td><td>${number(one.placed)}</td><td>${number(one.looked)}</td><td>${number(one.seen)}</td></tr>`)}</tbody></table></div>` : html`<div class="skeleton"></div>`)}
  </details></li>`;
}
