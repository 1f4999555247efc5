/** From a file of the phone to a draft: what it says of itself, a small picture of it, and where the phone is. */

import { toldBy } from "./exif.js";
import { letterOf, newKey } from "./letters.js";

/** @typedef {import("./letters.js").Letter} Letter */
/** @typedef {import("./letters.js").Photo} Photo */
/** @typedef {import("./letters.js").Where} Where */

const HEAD_BYTES = 256 * 1024;
const SMALL_SIDE = 720;
const SMALL_QUALITY = 0.8;

/**
 * @param {File} file @param {string} role
 * @returns {Promise<{photo: Photo, knowsTime: boolean, pictures: {id: string, blob: Blob}[]}>} the picture as it came, and a small one to show
 */
export async function photoOf(file, role) {
  const id = newKey();
  const { place, knowsTime } = toldBy(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const blob = new Blob([file], { type: file.type || "image/jpeg" });
  const photo = { id, key: newKey(), name: file.name, role, place, sent: false };
  return { photo, knowsTime, pictures: [{ id, blob }, { id: `${id}-small`, blob: await smaller(blob) }] };
}

/** @param {File} file @param {string} login @param {number} now @returns {Promise<{letter: Letter, pictures: {id: string, blob: Blob}[]}>} */
export async function draftOf(file, login, now) {
  const { photo, knowsTime, pictures } = await photoOf(file, "near");
  const taken_at = knowsTime ? null : new Date(Math.min(now, file.lastModified || now)).toISOString();
  return { letter: letterOf("report", login, now, { photos: [photo], taken_at }), pictures };
}

/** @param {Blob} blob @returns {Promise<Blob>} small enough for a list; itself where the browser cannot read it */
async function smaller(blob) {
  const image = await createImageBitmap(blob).catch(() => null);
  if (!image) return blob;
  const scale = Math.min(1, SMALL_SIDE / Math.max(image.width, image.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((resolve) => canvas.toBlob((small) => resolve(small ?? blob), "image/jpeg", SMALL_QUALITY));
}

/** @returns {Promise<Where | null>} where the phone says that it is, to be sent with a photo that does not know */
export const here = () =>
  new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve(null);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: round(coords.latitude), lon: round(coords.longitude), accuracy_m: Math.round(coords.accuracy) }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 15_000 },
    );
  });

/** @param {number} degrees @returns {number} to the centimetre */
export const round = (degrees) => Number(degrees.toFixed(7));
