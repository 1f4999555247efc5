/** The pictures that lie on the phone, as addresses that an image can show. */

import { useEffect, useState } from "../html.js";
import { take } from "./kept.js";

/** @param {string | undefined} id of a photo @returns {string | undefined} the address of its small picture, once it is read */
export function useSmall(id) {
  const [href, setHref] = useState(/** @type {string | undefined} */ (undefined));
  useEffect(() => {
    let made = "";
    if (id) void take("pictures", `${id}-small`).then((found) => found && setHref((made = URL.createObjectURL(found.blob))));
    return () => URL.revokeObjectURL(made);
  }, [id]);
  return href;
}
