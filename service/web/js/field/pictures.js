/** The pictures that lie on the phone, as addresses that an image can show. */

import { useEffect, useState } from "../html.js";
import { t } from "../i18n.js";
import { toast } from "../toasts.js";
import { take } from "./kept.js";

/** A phone without room, or one whose browser keeps nothing, says so, and loses nothing that it had. @param {any} error @returns {false} */
export function noRoom(error) {
  if (!(error instanceof DOMException)) throw error;
  toast(t(error.name === "QuotaExceededError" ? "field.no_room" : "field.not_kept"), { bad: true });
  return false;
}

/** @param {Blob} blob @returns {string | undefined} its address while it is shown */
export function useHref(blob) {
  const [href, setHref] = useState(/** @type {string | undefined} */ (undefined));
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setHref(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return href;
}

/** @param {string | undefined} id of a photo @returns {string | undefined} the address of its small picture, once it is read */
export function useSmall(id) {
  const [href, setHref] = useState(/** @type {string | undefined} */ (undefined));
  useEffect(() => {
    let made = "";
    if (id) void take("pictures", `${id}-small`).then((found) => found && setHref((made = URL.createObjectURL(found.blob)))).catch(noRoom);
    return () => URL.revokeObjectURL(made);
  }, [id]);
  return href;
}
