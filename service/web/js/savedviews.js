/** Filters that somebody comes back to, by name: kept by the service, shared with the unit where wanted, and in this browser for when it does not answer. */

import { call, get } from "./api.js";
import { html, useEffect, useRef, useState } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";
import { toastError } from "./toasts.js";
import { isOthers, merged, putOnShelf, unkept, untold, viewsOf, withAnswer, withView } from "./viewshelf.js";

/** @typedef {import("./viewshelf.js").View} View */

const PLACE = "/api/ticket-views";

/** @param {View} view */
const tell = ({ name, search, shared = false, isGone }) =>
  isGone ? call("DELETE", `${PLACE}?${new URLSearchParams({ name })}`) : call("PUT", PLACE, { json: { name, search, shared } });

/** @param {any} error @returns {boolean} whether the service may take it another time: after a new login, or once it knows such a place */
const isLater = ({ passing, status }) => passing || status === 401 || status === 404;

/** @param {string} login @returns {[View[], (view: View) => void]} what they see, and a way to keep or forget one */
function useViews(login) {
  const [views, setViews] = useState(() => viewsOf(login));
  const before = useRef(Promise.resolve());
  const hold = (/** @type {View[]} */ held) => {
    putOnShelf(login, held);
    setViews(held);
  };
  const renew = async () => {
    for (const view of untold(viewsOf(login))) {
      const isTaken = await tell(view).then(() => true, (error) => {
        if (isLater(error)) throw error;
        toastError(error);
        return false;
      });
      hold(withAnswer(viewsOf(login), view, isTaken));
    }
    const { items } = await get(PLACE);
    hold(merged(items, unkept(viewsOf(login))));
  };
  const inTurn = () => (before.current = before.current.then(renew).catch((error) => void (isLater(error) || toastError(error))));
  useEffect(() => void inTurn(), []);
  const change = (/** @type {View} */ view) => {
    hold(withView(viewsOf(login), view));
    void inTurn();
  };
  return [views.filter(({ isGone }) => !isGone), change];
}

/** @param {{login: string, search: string, onOpen: (search: string) => void}} props */
export function SavedViews({ login, search, onOpen }) {
  const [views, change] = useViews(login);
  const save = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const said = new FormData(form);
    const name = String(said.get("name")).trim();
    if (!name) return;
    change({ name, search, shared: said.get("shared") === "on" });
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
          <li key=${`${isOthers(view) ? view.by : ""} ${view.name}`} aria-current=${view.search === search ? "true" : undefined}><a href=${`/tickets${view.search}`} onClick=${(/** @type {MouseEvent} */ event) => open(event, view)}>${view.name}</a>
            ${isOthers(view) ? html`<span class="quiet small">${view.by}</span>` : html`${(view.isRefused || view.shared) && html`<span class="quiet small">${t(view.isRefused ? "views.only_here" : "views.shared")}</span>`}
              <button type="button" class="icon-button" aria-label=${t("views.forget", { name: view.name })} onClick=${() => change({ name: view.name, search: view.search, isGone: true })}><${Icon} name="cross" size=${16} /></button>`}</li>`)}</ul>
        <form onSubmit=${save}><input class="input" name="name" maxlength="60" required placeholder=${t("views.name")} aria-label=${t("views.name")} autocomplete="off" /><button type="submit" class="button">${t("views.save")}</button>
          <label class="small"><input type="checkbox" name="shared" /> ${t("views.share")}</label></form>
      </div>
    </details>`;
}
