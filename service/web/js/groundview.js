/** What the map shows, asked for by what is in sight: tickets each for itself where they are few, bunches of them where they are many. */

import { useAgain } from "./again.js";
import { all, get } from "./api.js";
import { catalog, openStates } from "./catalog.js";
import { settled, watch } from "./events.js";
import { useEffect, useRef, useState } from "./html.js";
import { toastError } from "./toasts.js";

/** @typedef {import("./geo.js").Corners} Corners */
/** @typedef {import("./geo.js").Sight} Sight */
/** @typedef {{id: string, lat: number, lon: number, around: Corners, count: number, late: number}} Bunch */
/** @typedef {{cameras: any[], tickets: any[], bunches: Bunch[], kinds: {condition: string, count: number, late: number}[], extent: {lat: number, lon: number}[], isMany: boolean}} Ground `isMany`: only those in sight are held */
/** @typedef {{sight: Sight | null, hidden: string[], lateOnly: boolean, isMany: boolean}} Asked */

const QUIET_MS = 900;
const STILL_MS = 160;
const SQUARE_PX = 40;
const MOST_ACROSS = 64;

/** @param {string} role @returns {Promise<any[]>} a handling unit is shown no cameras */
const camerasFor = async (role) => (role === "unit" ? [] : (await all("/api/cameras?limit=200")).items);

/** @param {Corners | null} corners @returns {{lat: number, lon: number}[]} */
const cornersOf = (corners) => (corners ? [{ lat: corners.south, lon: corners.west }, { lat: corners.north, lon: corners.east }] : []);

/** @param {Asked} asked @returns {string} all of a small city at once, so that moving about asks nothing */
function queryOf({ sight, hidden, lateOnly, isMany }) {
  const query = new URLSearchParams({ state: openStates().join(",") });
  if (!isMany) return query.toString();
  const shown = catalog.conditions.map(({ id }) => id).filter((id) => !hidden.includes(id));
  query.set("condition", shown.join(",") || "-");
  if (lateOnly) query.set("late", "true");
  if (sight) {
    query.set("bbox", [sight.west, sight.south, sight.east, sight.north].map((edge) => edge.toFixed(6)).join(","));
    query.set("across", String(Math.max(1, Math.min(MOST_ACROSS, Math.round(sight.pixels / SQUARE_PX)))));
  }
  return query.toString();
}

/**
 * @param {{role: string, hidden: string[], lateOnly: boolean}} wanted `hidden`: conditions that are not shown
 * @returns {{city: Ground | null | undefined, look: (sight: Sight) => void}} null while it loads, undefined where it failed; `look` is told what is in sight
 */
export function useGround({ role, hidden, lateOnly }) {
  const [city, setCity] = useState(/** @type {Ground | null | undefined} */ (null));
  const asked = useRef(/** @type {Asked & {number: number, shown: number, cameras?: any[]}} */ ({ sight: null, hidden, lateOnly, isMany: false, number: 0, shown: 0 }));
  Object.assign(asked.current, { hidden, lateOnly });
  /** @returns {Promise<void>} */
  const load = async () => {
    const number = ++asked.current.number;
    const cameras = (asked.current.cameras ??= await camerasFor(role));
    const found = await get(`/api/ticket-map?${queryOf(asked.current)}`);
    if (number < asked.current.shown) return; // what was asked later is there already
    if (found.bunches.length > 0 && !asked.current.isMany) {
      asked.current.isMany = true;
      if (asked.current.sight) return load(); // this answer does not know what is in sight
    }
    asked.current.shown = number;
    setCity((known) => ({ cameras, tickets: found.items, bunches: found.bunches, kinds: found.conditions, isMany: asked.current.isMany, extent: known?.extent.length ? known.extent : cornersOf(found.extent) }));
  };
  const failed = useAgain(() => (setCity((known) => known ?? null), renew()));
  const fail = (/** @type {unknown} */ error) => {
    if (asked.current.shown) return toastError(error);
    setCity(undefined);
    failed(error);
  };
  const renew = () => void load().catch(fail);
  const still = useRef(settled(() => asked.current.isMany && renew(), STILL_MS));
  useEffect(() => {
    renew();
    return watch(settled(renew, QUIET_MS));
  }, []);
  useEffect(() => void (city && asked.current.isMany && renew()), [hidden.join(), lateOnly]);
  const look = (/** @type {Sight} */ sight) => {
    asked.current.sight = sight;
    still.current();
  };
  return { city, look };
}
