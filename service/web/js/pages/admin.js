/** The administrator's page: its parts, each a module of its own that the address names. */

import { Failed, useAgain } from "../again.js";
import { ApiError } from "../api.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";
import { entitle, start } from "../shell.js";

/** In the order of how often somebody comes for them, and who sees them. */
const PARTS = /** @type {const} */ ([
  { id: "cameras", icon: "camera", roles: ["admin", "chief"], load: () => import("../admin/cameras.js") },
  { id: "policy", icon: "check", roles: ["admin", "chief"], load: () => import("../admin/policy.js") },
  { id: "places", icon: "map", roles: ["admin", "chief"], load: () => import("../admin/places.js") },
  { id: "people", icon: "person", roles: ["admin"], load: () => import("../admin/people.js") },
  { id: "webhooks", icon: "leave", roles: ["admin"], load: () => import("../admin/webhooks.js") },
  { id: "approvals", icon: "boxes", roles: ["admin", "chief"], load: () => import("../admin/approvals.js") },
  { id: "looks", icon: "review", roles: ["admin", "chief"], load: () => import("../admin/looks.js") },
  { id: "audit", icon: "tickets", roles: ["admin", "chief"], load: () => import("../admin/audit.js") },
  { id: "model", icon: "layers", roles: ["admin", "chief"], load: () => import("../admin/model.js") },
]);

const part = PARTS.find(({ id }) => location.pathname === `/admin/${id}`) ?? PARTS[0];
const loading = part.load(); // at once, beside the sentences and the session
loading.catch(() => {}); // told where the part is drawn

/** @param {{session: any}} props */
function Admin({ session }) {
  const [Part, setPart] = useState(/** @type {{it: any} | null | undefined} */ (null));
  // A browser keeps a module that did not load as one that never does; unless somebody is there, the page would load itself anew for ever.
  const failed = useAgain(() => (navigator.userActivation.hasBeenActive ? location.reload() : missing()));
  const missing = () => {
    setPart(undefined);
    failed(new ApiError(0, "network"));
  };
  const shown = PARTS.filter(({ roles }) => roles.some((role) => role === session.role));
  const nav = useRef(/** @type {HTMLElement | null} */ (null));
  const isMine = shown.some(({ id }) => id === part.id);
  useEffect(() => {
    if (!isMine) return location.replace(`/admin/${shown[0].id}`);
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    entitle(`${t(`admin.parts.${part.id}`)} · ${t("nav.admin")}`);
    loading.then((module) => setPart({ it: module.default }), missing);
  }, []);
  return html`
    <div class="admin">
      <nav ref=${nav} class="parts" aria-label=${t("nav.admin")}>${shown.map(({ id, icon }) => html`
        <a key=${id} href="/admin/${id}" aria-current=${id === part.id ? "page" : undefined}><${Icon} name=${icon} /><span>${t(`admin.parts.${id}`)}</span></a>`)}</nav>
      <div class="part" data-part=${part.id}>
        <h1>${t(`admin.parts.${part.id}`)}</h1>
        ${Part && isMine ? html`<${Part.it} session=${session} />` : Part === undefined ? html`<${Failed} what=${t(`admin.parts.${part.id}`)} />` : html`<div class="card panel"><div class="skeleton"></div></div>`}
      </div>
    </div>`;
}

void start("admin", Admin);
