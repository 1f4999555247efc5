/** A file of the city's own that changes many things at once: looked at first, with all that it would do, then taken. */

import { upload } from "../api.js";
import { html, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { Field, useSending } from "./bits.js";

/**
 * @param {{to: string, words: string, accept: string, fields?: any, more?: any, Found: any, isFit: (found: any) => boolean, onTaken: (taken: any) => Promise<any>}} props
 *   `to`: where it is taken, and looked at under `/check`; `words`: the group of its sentences; `fields`: what else is asked; `Found`: shows what `found` says
 */
export function LookThenTake({ to, words, accept, fields, more, Found, isFit, onTaken }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [found, setFound] = useState(/** @type {any} */ (null));
  const changes = useRef(0);
  const [sending, run] = useSending();
  const told = () => {
    const body = new FormData(/** @type {HTMLFormElement} */ (form.current));
    if (!body.get("reason")) body.delete("reason");
    return body;
  };
  const look = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const before = changes.current;
    void run(async () => {
      const seen = await upload(`${to}/check`, told());
      if (changes.current === before) setFound(seen);
    });
  };
  const take = () => void run(async () => {
    const taken = await upload(to, told());
    setFound(null);
    await onTaken(taken);
  });
  const changed = (/** @type {any} */ event) => {
    if (event.target.name === "reason") return;
    changes.current += 1; // an answer that is on its way is about something else
    setFound(null);
  };
  return html`<details class="bring"><summary>${t(`${words}.bring`)}</summary><form ref=${form} class="stack" onSubmit=${look} onChange=${changed}>
      <p class="quiet small">${t(`${words}.long`)} ${more}</p>
      <div class="fields"><${Field} label=${t(`${words}.file`)}><input class="input" type="file" name="file" required accept=${accept} /></${Field}>
        <${Field} label=${t("admin.coordinates")}><select class="input" name="coordinates"><option value="wgs84">WGS-84</option><option value="gcj02">GCJ-02</option></select></${Field}>
        ${fields}
        <${Field} label=${t("admin.reason")} hint=${t("optional")}><input class="input" name="reason" maxlength="2000" /></${Field}></div>
      <div><button class="button" disabled=${sending}>${t(`${words}.look`)}</button></div></form>
    ${found && html`<div class="stack" role="status"><${Found} found=${found} />
      <div><button type="button" class="button primary" disabled=${!isFit(found) || sending} onClick=${take}>${t(`${words}.take`)}</button></div></div>`}</details>`;
}
