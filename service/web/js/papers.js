/** Papers one click away: which one, of which days, in which language and format; the browser fetches the file. */

import { Failed, useAgain } from "./again.js";
import { get } from "./api.js";
import { html, useEffect, useState } from "./html.js";
import { inLang, lang, named, t } from "./i18n.js";
import { toastError } from "./toasts.js";

/** What a paper can be about beside its days, and where these are listed. */
const ABOUT = /** @type {Record<string, string>} */ ({ campaign: "/api/campaigns?limit=100", evaluation: "/api/evaluations?limit=100" });

/** @param {string | null | undefined} about @returns {any[]} what a paper may be about */
function useSubjects(about) {
  const [subjects, setSubjects] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    setSubjects([]);
    if (about && ABOUT[about]) get(ABOUT[about]).then(({ items }) => setSubjects(items)).catch(toastError);
  }, [about]);
  return subjects;
}

/** @param {{period: {first: string, last: string} | undefined, role: string}} props */
export function Papers({ period, role }) {
  const [kinds, setKinds] = useState(/** @type {any} */ (null));
  const [wanted, setWanted] = useState({ kind: "", format: "pdf", lang, about: "" });
  const [days, setDays] = useState(/** @type {{first?: string, last?: string}} */ ({}));
  const failed = useAgain(() => (setKinds(null), load()));
  const load = () => get("/api/reports").then(setKinds, (error) => (setKinds(undefined), failed(error)));
  useEffect(() => void load(), []);
  const offered = (kinds?.items ?? []).filter((/** @type {any} */ kind) => role !== "unit" || kind.of_units);
  const kind = offered.find((/** @type {any} */ one) => one.id === wanted.kind) ?? offered[0];
  const subjects = useSubjects(kind?.about);
  const { first, last } = { ...period, ...days };
  const query = new URLSearchParams({ format: wanted.format, lang: wanted.lang, ...(first && last && { first, last }) });
  const subject = subjects.some(({ id }) => id === wanted.about) ? wanted.about : subjects[0]?.id;
  if (kind?.about && subject) query.set(kind.about, subject);
  const set = (/** @type {string} */ name) => (/** @type {any} */ event) => setWanted({ ...wanted, [name]: event.target.value });
  const setDay = (/** @type {string} */ name) => (/** @type {any} */ event) => setDays({ ...days, [name]: event.target.value || undefined });
  if (!kind) return html`<section class="card panel"><h2>${t("papers.title")}</h2>${kinds === undefined ? html`<${Failed} what=${t("papers.title")} />` : html`<div class="skeleton"></div>`}</section>`;
  return html`<section class="card panel" data-panel="papers"><h2>${t("papers.title")}</h2>
    <form class="paper-form" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label class="field"><span>${t("papers.kind")}</span><select class="input" value=${kind.id} onChange=${set("kind")}>
        ${offered.map((/** @type {any} */ one) => html`<option key=${one.id} value=${one.id}>${inLang(one.name)}</option>`)}</select></label>
      ${kind.about && html`<label class="field"><span>${t(`papers.${kind.about}`)}</span><select class="input" value=${subject ?? ""} onChange=${set("about")}>
        ${subjects.map(({ id, name }) => html`<option key=${id} value=${id}>${inLang(name)}</option>`)}</select></label>`}
      <label class="field"><span>${t("papers.first")}</span><input class="input" type="date" value=${first ?? ""} onChange=${setDay("first")} /></label>
      <label class="field"><span>${t("papers.last")}</span><input class="input" type="date" value=${last ?? ""} onChange=${setDay("last")} /></label>
      <label class="field"><span>${t("papers.language")}</span><select class="input" value=${wanted.lang} onChange=${set("lang")}>
        ${kinds.languages.map((/** @type {string} */ code) => html`<option key=${code} value=${code}>${named("papers.languages", code)}</option>`)}</select></label>
      <label class="field"><span>${t("papers.format")}</span><select class="input" value=${wanted.format} onChange=${set("format")}>
        ${kinds.formats.map((/** @type {string} */ code) => html`<option key=${code} value=${code}>${code.toUpperCase()}</option>`)}</select></label>
      ${kind.about && !subject ? html`<p class="quiet">${t(`papers.no_${kind.about}`)}</p>`
        : html`<a class="button primary" href="/api/reports/${kind.id}?${query}" download>${t("papers.get")}</a>`}
    </form></section>`;
}
