/** The two languages: sentences from `i18n/*.json`, dates and numbers by Intl. */

import { get } from "./api.js";
import { isElsewhere, ZONE } from "./cityclock.js";

/** @typedef {"en" | "zh"} Lang */

const LOCALES = { en: "en-GB", zh: "zh-CN" };
const REMEMBERED = "streetwarden.lang";

/** @returns {Lang} what the address asks for, else what was chosen before, else what the browser speaks */
function chosenLang() {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(REMEMBERED) ?? navigator.language;
  return asked.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const lang = chosenLang();
export const locale = LOCALES[lang];

/** @type {Record<string, string>} */
let sentences = {};

/** @type {Map<string, any>} */
const formats = new Map();

/**
 * What writes in one way, made when it is first wanted: making it takes longer than writing with it a hundred times.
 * @template {new (locale: string, how: any) => any} F
 * @param {F} Format of `Intl` @param {ConstructorParameters<F>[1]} [how]
 * @returns {InstanceType<F>}
 */
function writer(Format, how = {}) {
  const name = `${Format.name} ${JSON.stringify(how)}`;
  const known = formats.get(name) ?? new Format(locale, how);
  formats.set(name, known);
  return known;
}

/** Loads the sentences; a page waits for it before it draws. */
export async function loadSentences() {
  localStorage.setItem(REMEMBERED, lang);
  document.documentElement.lang = lang === "zh" ? "zh-Hans" : "en";
  sentences = flat(await get(`/static/i18n/${lang}.json`));
}

/** @param {Record<string, unknown>} tree @param {string} prefix @returns {Record<string, string>} `{a: {b: "c"}}` as `{"a.b": "c"}` */
export function flat(tree, prefix = "") {
  /** @type {Record<string, string>} */
  const leaves = {};
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") leaves[prefix + key] = value;
    else Object.assign(leaves, flat(/** @type {Record<string, unknown>} */ (value), `${prefix}${key}.`));
  }
  return leaves;
}

/** @param {string} key */
export const has = (key) => key in sentences;

/**
 * The sentence of a key; `{name}` is replaced by a fact, and `key_one` is used where the count asks for it.
 * @param {string} key
 * @param {Record<string, unknown>} [facts]
 */
export function t(key, facts = {}) {
  const one = typeof facts.count === "number" && writer(Intl.PluralRules).select(facts.count) === "one" ? sentences[`${key}_one`] : undefined;
  const sentence = one ?? sentences[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (facts[name] === undefined || facts[name] === null ? whole : spoken(facts[name])));
}

/** @param {unknown} fact */
function spoken(fact) {
  if (typeof fact === "number") return number(fact);
  if (Array.isArray(fact)) return writer(Intl.ListFormat, { type: "disjunction" }).format(fact.map(String));
  return String(fact);
}

/** @param {string} group @param {string | null | undefined} code @returns {string} the name of a code: `states.filed`; the code itself where none is written */
export function named(group, code) {
  if (!code) return "";
  return has(`${group}.${code}`) ? t(`${group}.${code}`) : code.replaceAll("_", " ");
}

/** @param {string} actor who did something @returns {string} a person's or key's name as it is; the service itself in this language */
export const actorName = (actor) => (has(`actors.${actor}`) ? t(`actors.${actor}`) : actor);

/** @param {{en: string, zh: string} | string | null | undefined} name */
export const inLang = (name) => (typeof name === "string" ? name : (name?.[lang] ?? name?.en ?? ""));

/** @param {{code: string, facts?: Record<string, unknown>}} error @returns {string} what a person reads when something was refused */
export function sentenceOf(error) {
  return has(`errors.${error.code}`) ? t(`errors.${error.code}`, error.facts) : t("errors.unknown", { code: error.code });
}

/** @param {number} value */
export const number = (value) => writer(Intl.NumberFormat, { maximumFractionDigits: 2 }).format(value);

/** @param {number} value with two digits after the point, so that a column of them stands in line */
export const hundredths = (value) => writer(Intl.NumberFormat, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);

/** @param {number} share in [0, 1] */
export const percent = (share) => writer(Intl.NumberFormat, { style: "percent", maximumFractionDigits: 0 }).format(share);

/** @param {number} at_ms @returns {string} the city's year */
const yearOf = (at_ms) => writer(Intl.DateTimeFormat, { year: "numeric", timeZone: ZONE }).format(at_ms);

/** @param {string | null | undefined} at RFC 3339 @returns {string} what the city's calendar and clock show then */
export function dateTime(at) {
  if (!at) return "";
  const sameYear = yearOf(Date.parse(at)) === yearOf(Date.now());
  return writer(Intl.DateTimeFormat, {
    year: sameYear ? undefined : "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: ZONE,
  }).format(new Date(at));
}

/** @param {number} now_ms @returns {string} whose time a field takes, where the clocks around the browser show another */
export const cityTimeHint = (now_ms) => (isElsewhere(now_ms) ? t("city_time", { zone: ZONE }) : "");

/** @param {string} day a day of the city, "2026-11-26" @returns {string} without its year */
export const dayOf = (day) => writer(Intl.DateTimeFormat, { month: "numeric", day: "numeric", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

/** @returns {string[]} the days of the week, Monday first */
export const weekdays = () => [1, 2, 3, 4, 5, 6, 7].map((day) => writer(Intl.DateTimeFormat, { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, day))));

/** @param {string | null | undefined} at RFC 3339 @param {number} [now] milliseconds @returns {string} "3 minutes ago" */
export function ago(at, now = Date.now()) {
  if (!at) return "";
  const seconds = (Date.parse(at) - now) / 1000;
  const [unit, size] = unitOf(Math.abs(seconds));
  return writer(Intl.RelativeTimeFormat, { numeric: "auto", style: "short" }).format(Math.round(seconds / size), unit);
}

/** @param {number} seconds @returns {["second" | "minute" | "hour" | "day", number]} */
function unitOf(seconds) {
  if (seconds < 45) return ["second", 1];
  if (seconds < 2700) return ["minute", 60];
  if (seconds < 79200) return ["hour", 3600];
  return ["day", 86400];
}

/** @param {number} seconds a length of time @returns {string} its two largest units: "2h 10m" */
export function span(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  const parts = /** @type {const} */ ([
    ["day", Math.floor(minutes / 1440)],
    ["hour", Math.floor((minutes % 1440) / 60)],
    ["minute", minutes % 60],
  ]);
  const first = Math.max(0, parts.findIndex(([, amount]) => amount > 0));
  const shown = (parts[first][1] === 0 ? parts.slice(2) : parts.slice(first, first + 2)).filter(([, amount], index) => amount > 0 || index === 0);
  return shown
    .map(([unit, amount]) => writer(Intl.NumberFormat, { style: "unit", unit, unitDisplay: lang === "zh" ? "short" : "narrow" }).format(amount))
    .join(lang === "zh" ? "" : " ");
}

/** The same page in the other language. */
export function otherLangHref() {
  const address = new URL(location.href);
  address.searchParams.set("lang", lang === "zh" ? "en" : "zh");
  return address.pathname + address.search;
}
