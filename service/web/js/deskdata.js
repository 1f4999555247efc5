/** What the desk shows stays fresh: asked anew when something happens, and every minute where nobody touches the page. */

import { all, get } from "./api.js";
import { settled, watch } from "./events.js";
import { useEffect, useState } from "./html.js";
import { toastError } from "./toasts.js";

const QUIET_MS = 1500;
const EVERY_MS = 60_000;

/** @param {() => string} path @param {unknown[]} [deps] what the path is made of @param {boolean} [whole] a list to its end @returns {any} the answer; null until the first is here, undefined where it could not be told yet */
export function useFresh(path, deps = [], whole = false) {
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        const found = await (whole ? all(path()) : get(path()));
        if (wanted) setAnswer(found);
      } catch (error) {
        if (wanted) setAnswer((/** @type {any} */ known) => known ?? undefined);
        toastError(error);
      }
    };
    void load();
    const unwatch = watch(settled(load, QUIET_MS));
    const timer = setInterval(load, EVERY_MS);
    return () => {
      wanted = false;
      clearInterval(timer);
      unwatch();
    };
  }, deps);
  return answer;
}
