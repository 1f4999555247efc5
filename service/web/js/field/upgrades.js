/** The worker that opens this page without a network: registered, kept, and followed when the service has a newer page. */

import { t } from "../i18n.js";
import { toast } from "../toasts.js";
import { promised } from "./kept.js";

/** What the page asks for before it draws: asked once more when the worker begins, so that it has the answers too. */
const NEEDED = ["/api/session", "/api/catalog", "/api/moves", "/api/streets"];

/** Has the worker hear what the page needs; once more when the network is back, should it be gone just now. */
const learn = () => Promise.all(NEEDED.map((path) => fetch(path))).catch(() => addEventListener("online", learn, { once: true }));

/** Registers the worker; tells when a newer version of the page has taken over from the one that is open. */
export function followUpgrades() {
  void promised();
  if (!navigator.serviceWorker) return;
  let isFirst = !navigator.serviceWorker.controller;
  void navigator.serviceWorker.register("/sw.js", { scope: "/upload", updateViaCache: "none" }).catch(() => undefined); // without a network it is there already
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isFirst) {
      isFirst = false;
      return void learn();
    }
    toast(t("field.upgraded"), { for_ms: 60_000, action: { label: t("field.reload"), act: () => location.reload() } });
  });
}
