/** What could not be loaded: said in its place, and asked for anew by hand or as soon as the service is heard again. */

import { watchHealth } from "./events.js";
import { html, useEffect, useRef } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";
import { toastError } from "./toasts.js";

/** @type {Set<{current: () => unknown}>} what failed when it was last asked for */
const failed = new Set();
let isListening = false;

/** Asks anew for all that failed: what kept one answer back kept the others back, too. */
export function again() {
  const asked = [...failed];
  failed.clear();
  for (const { current: load } of asked) void load();
}

/**
 * @param {() => unknown} load asks once more; it fails here again if it fails
 * @returns {(error: unknown) => undefined} what a load that failed tells: why is said at once, and it waits for `again`
 */
export function useAgain(load) {
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => () => void failed.delete(latest), []);
  return (error) => {
    failed.add(latest);
    if (!isListening) watchHealth((state) => state === "open" && again());
    isListening = true;
    toastError(error);
  };
}

/** @param {{what: string}} props what was to stand here */
export const Failed = ({ what }) => html`
  <div class="notice bad failed" role="alert"><${Icon} name="warn" /><span>${t("failed.load", { what })}</span>
    <button type="button" class="button" onClick=${again}><${Icon} name="repeat" size=${18} />${t("failed.again")}</button></div>`;
