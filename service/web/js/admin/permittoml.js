/** A permit as the rows of a policy say it. Pure. */

/**
 * @typedef {{id: string, en: string, zh: string, conditions: string[], grid?: string, centre?: {lat: number, lon: number} | null, radius_m?: number,
 *   weekdays: number[], opens?: string, closes?: string, first?: string, last?: string}} Permit
 */

/** @param {unknown} value a text, a number or a list of them @returns {string} as TOML writes it; its texts are those of JSON */
const written = (value) => (Array.isArray(value) ? `[${value.map(written).join(", ")}]` : JSON.stringify(value));

/** @param {Permit} permit @returns {string} the rows of `[[permits]]`, to be put at the end of a policy's text */
export function permitToml({ id, en, zh, conditions, grid, centre, radius_m, weekdays, opens, closes, first, last }) {
  const rows = [
    ["id", written(id)],
    ["name", `{ en = ${written(en)}, zh = ${written(zh)} }`],
    ["conditions", written(conditions)],
    grid && ["area", `{ grids = ${written([grid])} }`],
    !grid && centre && ["area", `{ circle = { lat = ${centre.lat}, lon = ${centre.lon}, radius_m = ${radius_m} } }`],
    weekdays.length < 7 && ["weekdays", written(weekdays)],
    opens && closes && ["windows", written([[opens, closes]])],
    first && ["first", first],
    last && ["last", last],
  ];
  return `\n[[permits]]\n${rows.filter(Boolean).map((row) => /** @type {string[]} */ (row).join(" = ")).join("\n")}\n`;
}
