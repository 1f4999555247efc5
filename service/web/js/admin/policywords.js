/** What may stand in a policy: the service names it in English, in few turns of phrase, each of which has a sentence here. Pure. */

const FIGURE = /-?\d[\d.:e+-]*/g;

/** @param {string} wanted "1 to 366" @returns {{key: string, facts: Record<string, string>}} the turn of phrase, and the figures in it as `a`, `b` and so on */
export function phraseOf(wanted) {
  const figures = wanted.match(FIGURE) ?? [];
  const turn = wanted.replace(FIGURE, " ").toLowerCase().replace(/[^a-z]+/g, "_").replace(/^_|_$/g, "");
  return { key: `policy.wanted.${turn}`, facts: Object.fromEntries(figures.map((figure, at) => [String.fromCharCode(97 + at), figure])) };
}
