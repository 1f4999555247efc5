/** What a JPEG says of itself before it is sent: where it was taken, and whether it knows when. Pure. */

const SOI = 0xffd8;
const APP1 = 0xffe1;
const SCAN = 0xffda;
const EXIF = 0x45786966;
const GPS_IFD = 0x8825;
const EXIF_IFD = 0x8769;
const TAKEN_AT = 0x9003;

/** @typedef {{place: {lat: number, lon: number} | null, knowsTime: boolean}} Told */

/** @param {ArrayBuffer} bytes the beginning of a file is enough @returns {Told} */
export function toldBy(bytes) {
  const nothing = { place: null, knowsTime: false };
  try {
    const tiff = exifOf(new DataView(bytes));
    return tiff ? readTiff(tiff) : nothing;
  } catch (error) {
    if (error instanceof RangeError) return nothing; // cut off, or not what it says it is
    throw error;
  }
}

/** @param {DataView} file @returns {DataView | null} its EXIF block, from the TIFF header on */
function exifOf(file) {
  if (file.byteLength < 4 || file.getUint16(0) !== SOI) return null;
  for (let at = 2; at + 10 < file.byteLength; at += 2 + file.getUint16(at + 2)) {
    const marker = file.getUint16(at);
    if (marker === SCAN) return null;
    if (marker === APP1 && file.getUint32(at + 4) === EXIF) return new DataView(file.buffer, file.byteOffset + at + 10);
  }
  return null;
}

/** @param {DataView} tiff @returns {Told} */
function readTiff(tiff) {
  const little = tiff.getUint16(0) === 0x4949;
  const first = fieldsOf(tiff, tiff.getUint32(4, little), little);
  const within = (/** @type {number} */ tag) => (first.has(tag) ? fieldsOf(tiff, tiff.getUint32(/** @type {number} */ (first.get(tag)) + 8, little), little) : new Map());
  return { place: placeOf(tiff, within(GPS_IFD), little), knowsTime: within(EXIF_IFD).has(TAKEN_AT) };
}

/** @param {DataView} tiff @param {number} start @param {boolean} little @returns {Map<number, number>} where each tag's entry begins */
function fieldsOf(tiff, start, little) {
  const count = tiff.getUint16(start, little);
  return new Map(Array.from({ length: count }, (_, index) => [tiff.getUint16(start + 2 + 12 * index, little), start + 2 + 12 * index]));
}

/** @param {DataView} tiff @param {Map<number, number>} gps @param {boolean} little */
function placeOf(tiff, gps, little) {
  const lat = degreesOf(tiff, gps.get(2), little) * signOf(tiff, gps.get(1), "S");
  const lon = degreesOf(tiff, gps.get(4), little) * signOf(tiff, gps.get(3), "W");
  const isPlace = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0);
  return isPlace ? { lat, lon } : null;
}

/** @param {DataView} tiff @param {number | undefined} entry three rationals @param {boolean} little @returns {number} NaN where there are none */
function degreesOf(tiff, entry, little) {
  if (entry === undefined) return NaN;
  const at = tiff.getUint32(entry + 8, little);
  const part = (/** @type {number} */ index) => tiff.getUint32(at + 8 * index, little) / (tiff.getUint32(at + 8 * index + 4, little) || Infinity); // 0/0: not told
  return part(0) + part(1) / 60 + part(2) / 3600;
}

/** @param {DataView} tiff @param {number | undefined} entry @param {string} negative */
const signOf = (tiff, entry, negative) => (entry !== undefined && String.fromCharCode(tiff.getUint8(entry + 8)) === negative ? -1 : 1);
