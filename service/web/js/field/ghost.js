/** The camera with a picture from before lying over it, so that before and after show the same view. */

import { pictureHref } from "../api.js";
import { Dialog } from "../dialog.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";

const QUALITY = 0.92;
const WANTED = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 2560 }, height: { ideal: 1440 } } };

/** @param {{before: string, onShot: (file: File) => void, onClose: () => void}} props `before`: the id of a picture */
export function GhostCamera({ before, onShot, onClose }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const [share, setShare] = useState(40);
  const [state, setState] = useState(/** @type {"waiting" | "ready" | "refused"} */ ("waiting"));
  useEffect(() => {
    const asked = navigator.mediaDevices.getUserMedia(WANTED);
    asked.then((stream) => video.current && Object.assign(video.current, { srcObject: stream }), () => setState("refused"));
    return () => void asked.then((stream) => stream.getTracks().forEach((track) => track.stop()), () => undefined);
  }, []);
  const shoot = () => {
    const { videoWidth: width, videoHeight: height } = /** @type {HTMLVideoElement} */ (video.current);
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d")?.drawImage(/** @type {HTMLVideoElement} */ (video.current), 0, 0);
    canvas.toBlob((blob) => blob && onShot(new File([blob], "after.jpg", { type: "image/jpeg" })), "image/jpeg", QUALITY);
  };
  return html`
    <${Dialog} title=${t("field.with_ghost")} onClose=${onClose} large>
      ${state === "refused" ? html`<p class="notice warn" role="alert"><${Icon} name="warn" />${t("field.no_camera")}</p>` : html`
      <div class="ghost">
        <video ref=${video} autoplay playsinline muted onPlaying=${() => setState("ready")}></video>
        <img src=${pictureHref(before)} alt=${t("evidence.before")} style=${{ opacity: share / 100 }} />
      </div>
      <div class="ghost-foot">
        <label class="ghost-share"><span class="small">${t("field.ghost_share")}</span><input type="range" min="0" max="100" value=${share} onInput=${(/** @type {any} */ { target }) => setShare(Number(target.value))} /></label>
        <button type="button" class="button primary" disabled=${state !== "ready"} onClick=${shoot}><${Icon} name="upload" />${t("upload.take")}</button>
      </div>`}
    </${Dialog}>`;
}
