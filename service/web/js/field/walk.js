/** An inspection under way: begun, tracked while the page is open, ended; what was reported on it belongs to it, nothing found included. */

import { toMetres } from "../geo.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { dateTime, span, t } from "../i18n.js";
import { isStreet, nameOf, streetMap } from "../streets.js";
import { useNow } from "../ticketbits.js";
import { round } from "./drafts.js";
import { drop, put, take } from "./kept.js";
import { letterOf } from "./letters.js";
import { noRoom } from "./pictures.js";
import { ticketsOf } from "./post.js";

/** @typedef {import("./letters.js").Letter} Letter */
/** @typedef {{id: string, route: string, began_ms: number, track: [number, number][]}} UnderWay `id` is the walker's login */

const STEP_M = 8;
const MOST_POINTS = 5000;

/** @param {[number, number][]} track lon, lat @param {[number, number]} point @returns {[number, number][]} with the point, if it is a step away; half as dense where it grows too long */
export function tracked(track, point) {
  const last = track.at(-1);
  const step = last ? Math.hypot(...Object.values(toMetres({ lon: point[0], lat: point[1] }, { lon: last[0], lat: last[1] }))) : Infinity;
  if (step < STEP_M) return track;
  const grown = [...track, point];
  return grown.length > MOST_POINTS ? grown.filter((_, index) => index % 2 === 0) : grown;
}

/** @param {string} login */
export function useWalk(login) {
  const [walk, setWalk] = useState(/** @type {UnderWay | null} */ (null));
  const latest = useRef(walk);
  latest.current = walk;
  const keep = async (/** @type {UnderWay} */ changed) => {
    await put("walks", changed);
    setWalk(changed);
  };
  useEffect(() => void take("walks", login).then((found) => found && setWalk(found)).catch(noRoom), [login]);
  useEffect(() => {
    if (!walk || !("geolocation" in navigator)) return undefined;
    let isTold = false;
    const told = (/** @type {any} */ error) => {
      if (!isTold || !(error instanceof DOMException)) noRoom(error);
      isTold = true;
    };
    const watching = navigator.geolocation.watchPosition(
      ({ coords }) => {
        const under = latest.current;
        const track = under && tracked(under.track, [round(coords.longitude), round(coords.latitude)]);
        if (under && track !== under.track) void keep({ ...under, track: /** @type {[number, number][]} */ (track) }).catch(told);
      },
      () => undefined, // a walk without a track is a walk
      { enableHighAccuracy: true },
    );
    return () => navigator.geolocation.clearWatch(watching);
  }, [walk?.began_ms]);
  const begin = (/** @type {string} */ route) => keep({ id: login, route, began_ms: Date.now(), track: [] });
  const end = async () => {
    await drop("walks", login);
    setWalk(null);
  };
  return { walk, begin, end };
}

/** @param {{walk: UnderWay | null, begin: (route: string) => void, end: () => Promise<void>, login: string, letters: Letter[], onEnded: (letter: Letter) => Promise<boolean>}} props */
export function Walk({ walk, begin, end, login, letters, onEnded }) {
  const now = useNow();
  const [ending, setEnding] = useState(false);
  const start = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const route = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("route")).trim();
    if (route) begin(route);
  };
  const finish = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (ending) return;
    setEnding(true);
    const note = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get("note")).trim();
    const { route, began_ms, track } = /** @type {UnderWay} */ (walk);
    const isKept = await onEnded(letterOf("walk", login, Date.now(), { note, walk: { route, began_ms, track } }));
    if (isKept) await end();
    setEnding(false);
  };
  if (!walk) {
    const streets = [...new Set(streetMap.features.filter(isStreet).map(nameOf).filter(Boolean))];
    return html`
      <form class="card padded walk" onSubmit=${start}>
        <p class="quiet">${t("field.walk_long")}</p>
        <label class="field"><span>${t("field.route")}</span><input class="input" name="route" list="routes" maxlength="200" required autocomplete="off" /></label>
        <datalist id="routes">${streets.map((name) => html`<option key=${name} value=${name} />`)}</datalist>
        <button type="submit" class="button primary wide"><${Icon} name="next" />${t("field.walk_begin")}</button>
      </form>`;
  }
  const sent = ticketsOf(letters, walk.began_ms, now).length;
  const reports = letters.filter(({ kind, made_at }) => kind === "report" && made_at >= walk.began_ms).length;
  return html`
    <form class="card padded walk" onSubmit=${finish}>
      <h2>${walk.route}</h2>
      <dl class="pairs">
        <div><dt>${t("field.walk_since")}</dt><dd>${dateTime(new Date(walk.began_ms).toISOString())} (${span((now - walk.began_ms) / 1000)})</dd></div>
        <div><dt>${t("field.walk_reports")}</dt><dd>${t("field.walk_counts", { count: reports, tickets: sent })}</dd></div>
        <div><dt>${t("field.walk_track")}</dt><dd>${t("field.walk_points", { count: walk.track.length })}</dd></div>
      </dl>
      <label class="field"><span>${t("upload.note")} <span class="hint">${t("optional")}</span></span><textarea class="input" name="note" maxlength="2000"></textarea></label>
      <button type="submit" class="button primary wide"><${Icon} name="check" />${t("field.walk_end")}</button>
    </form>`;
}
