/** Filters that somebody comes back to, kept by name in this browser for each person. */

import { html, useState } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";

/** @typedef {{name: string, search: string}} View */

const MOST = 30;

/** @param {string} login */
const shelfOf = (login) => `streetwarden.views.${login}`;

/** @param {string} login @returns {View[]} */
export function viewsOf(login) {
  try {
    const kept = JSON.parse(localStorage.getItem(shelfOf(login)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((view) => typeof view?.name === "string" && typeof view.search === "string") : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** @param {View[]} views @param {View} view @returns {View[]} one of that name is replaced */
export const withView = (views, view) => [...views.filter(({ name }) => name !== view.name), view].slice(-MOST);

/** @param {{login: string, search: string, onOpen: (search: string) => void}} props */
export function SavedViews({ login, search, onOpen }) {
  const [views, setViews] = useState(() => viewsOf(login));
  const keep = (/** @type {View[]} */ changed) => {
    localStorage.setItem(shelfOf(login), JSON.stringify(changed));
    setViews(changed);
  };
  const save = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const name = String(new FormData(form).get("name")).trim();
    if (!name) return;
    keep(withView(views, { name, search }));
    form.reset();
  };
  const open = (/** @type {MouseEvent} */ event, /** @type {View} */ view) => {
    event.preventDefault();
    /** @type {any} */ (event.target).closest("details").open = false;
    onOpen(view.search);
  };
  return html`
    <details class="views-menu">
      <summary class="button"><${Icon} name="layers" size=${18} />${t("views.title")}</summary>
      <div class="menu">
        <ul>${views.map((view) => html`
          <li key=${view.name} aria-current=${view.search === search ? "true" : undefined}><a href=${`/tickets${view.search}`} onClick=${(/** @type {MouseEvent} */ event) => open(event, view)}>${view.name}</a>
            <button type="button" class="icon-button" aria-label=${t("views.forget", { name: view.name })} onClick=${() => keep(views.filter((one) => one !== view))}><${Icon} name="cross" size=${16} /></button></li>`)}</ul>
        <form onSubmit=${save}><input class="input" name="name" maxlength="60" required placeholder=${t("views.name")} aria-label=${t("views.name")} autocomplete="off" /><button type="submit" class="button">${t("views.save")}</button></form>
      </div>
    </details>`;
}
