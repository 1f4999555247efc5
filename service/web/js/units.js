/** The handling units of the city. */

import { get } from "./api.js";
import { useEffect, useState } from "./html.js";
import { inLang } from "./i18n.js";
import { toastError } from "./toasts.js";

/** @returns {any[]} empty until they are here */
export function useUnits() {
  const [units, setUnits] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    get("/api/units").then(({ items }) => setUnits(items)).catch(toastError);
  }, []);
  return units;
}

/** @param {any[]} units @param {any} unit an id, or the unit itself @returns {string} */
export function unitName(units, unit) {
  if (!unit) return "";
  if (typeof unit === "object") return inLang(unit.name) || unit.id;
  return inLang(units.find(({ id }) => id === unit)?.name) || unit;
}
