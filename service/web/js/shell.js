/** The frame around every page: who is here, where they may go, which language, whether the page is live. */

import { ApiError, call, speakFor } from "./api.js";
import { loadCatalog } from "./catalog.js";
import { watchHealth } from "./events.js";
import { html, render, useEffect, useState } from "./html.js";
import { Icon, Mark } from "./icons.js";
import { lang, loadSentences, named, otherLangHref, t } from "./i18n.js";
import { loadStreets } from "./streets.js";
import { Toasts, toastError } from "./toasts.js";

/** @typedef {{login: string, role: string, name?: string | null}} Session */

const EVERYBODY = ["admin", "ops", "chief", "unit", "inspector", "viewer"];

/** The pages in the order of the work, and who sees them. */
const PLACES = /** @type {const} */ ([
  { page: "review", roles: ["admin", "ops", "chief"] },
  { page: "tickets", roles: EVERYBODY },
  { page: "map", roles: EVERYBODY },
  { page: "desk", roles: ["admin", "ops", "chief", "unit", "viewer"] },
  { page: "upload", roles: ["admin", "ops", "chief", "inspector"] },
  { page: "admin", roles: ["admin", "chief"] },
]);

/** @param {string} page @param {string} role */
const allows = (page, role) => PLACES.some((place) => place.page === page && place.roles.some((allowed) => allowed === role));

/** @param {string} role @returns {string} the page that a role starts its day on */
export function homeOf(role) {
  if (role === "inspector") return "/upload";
  return allows("review", role) ? "/review" : "/tickets";
}

/** @param {{session: Session, page: string}} props */
const Tabs = ({ session, page }) => html`
  <nav class="tabs" aria-label=${t("nav.label")}>
    ${PLACES.filter((place) => allows(place.page, session.role)).map((place) => html`
      <a key=${place.page} href="/${place.page}" aria-current=${place.page === page ? "page" : undefined}>
        <${Icon} name=${place.page} /><span>${t(`nav.${place.page}`)}</span>
      </a>`)}
  </nav>`;

function Live() {
  const [state, setState] = useState("waiting");
  useEffect(() => watchHealth(setState), []);
  return html`<div class="live ${state}" title=${t(`live.${state}_long`)}><i></i><span>${t(`live.${state}`)}</span></div>`;
}

export const LangSwitch = () => html`
  <a class="icon-button" href=${otherLangHref()} hreflang=${lang === "zh" ? "en" : "zh"} lang=${lang === "zh" ? "en" : "zh-Hans"}
    aria-label=${t("other_language_long")}>${t("other_language")}</a>`;

/** Throws away what the inspector's page keeps to open without a network: it is told to one login, and not to the next. */
export const forgetAnswers = async () => void (await globalThis.caches?.delete("last-answers"));

async function leave() {
  await call("DELETE", "/api/session", { stay: true }).catch((error) => {
    if (error.status !== 401) throw error; // it has ended already
  });
  await forgetAnswers();
  location.assign("/login");
}

/** @param {{session: Session}} props */
function Who({ session }) {
  const name = session.name || session.login;
  return html`
    <details class="who">
      <summary aria-label=${t("account", { name })}><span class="face" aria-hidden="true" data-letter=${[...name][0]}></span><span>${name}</span></summary>
      <div class="menu">
        <div class="person"><strong>${name}</strong><br /><span class="quiet small">${named("roles", session.role)}</span></div>
        <button type="button" class="button plain" onClick=${() => void leave().catch(toastError)}><${Icon} name="leave" />${t("log_out")}</button>
      </div>
    </details>`;
}

/** @param {{session: Session, page: string, children?: any}} props */
const Shell = ({ session, page, children }) => html`
  <a class="skip button" href="#main">${t("skip")}</a>
  <header class="bar">
    <a class="brand" href=${homeOf(session.role)}><${Mark} /><span>${t("brand")}</span></a>
    <${Tabs} session=${session} page=${page} />
    <div class="gap"></div>
    <${Live} /><${LangSwitch} /><${Who} session=${session} />
  </header>
  <main id="main" tabindex="-1">${children}</main>
  <${Toasts} />`;

/** @param {string} title */
export function entitle(title) {
  document.title = `${title} · ${t("brand")}`;
}

/** @returns {Promise<Session | null>} null: nobody is logged in, and the login page is on its way */
async function opened() {
  const sentences = loadSentences();
  sentences.catch(() => {}); // told where it is waited for
  const session = await call("GET", "/api/session").catch((error) => {
    if (error.status !== 401) throw error;
    return null;
  });
  if (!session) return null;
  speakFor(session.login);
  await Promise.all([sentences, loadCatalog(), loadStreets()]);
  return session;
}

/**
 * Starts a page: who is here, sentences, catalog and streets, then the first drawing. A page that is not of this role
 * gives way to the one that its day starts on.
 * @param {string} page its name in the navigation
 * @param {any} Page a component that gets `session`
 */
export async function start(page, Page) {
  const session = await opened().catch(unopened);
  if (!session) return;
  if (!allows(page, session.role)) return location.replace(homeOf(session.role));
  entitle(t(`nav.${page}`));
  const root = /** @type {HTMLElement} */ (document.getElementById("page"));
  root.replaceChildren();
  render(html`<${Shell} session=${session} page=${page}><${Page} session=${session} /></${Shell}>`, root);
}

/**
 * What a page says that cannot begin: it stands in its html, since the sentences may not have come either.
 * @param {unknown} error
 */
function unopened(error) {
  if (!(error instanceof ApiError)) throw error;
  /** @type {HTMLElement} */ (document.getElementById("unopened")).hidden = false;
  addEventListener("online", () => location.reload(), { once: true });
}

/** Starts a page that needs no session. @param {string} title @param {any} Page */
export const startOutside = (title, Page) => drawOutside(title, Page).catch(unopened);

/** @param {string} title @param {any} Page */
async function drawOutside(title, Page) {
  await loadSentences();
  entitle(t(title));
  render(html`<${Page} /><${Toasts} />`, /** @type {HTMLElement} */ (document.getElementById("page")));
}
