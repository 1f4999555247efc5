/** Who watches the cameras, where several machines share them: how full each is, and what nobody watches. */

import { html } from "../html.js";
import { Icon } from "../icons.js";
import { number, t } from "../i18n.js";
import { Panel, useAnswer } from "./bits.js";

/** Nothing where one process watches them all. @param {{onChoose: (id: string) => void}} props */
export function Watchmen({ onChoose }) {
  const [answer] = useAnswer("/api/watchmen", { live: true });
  if (answer?.mode !== "cluster") return null;
  return html`
    <${Panel} title=${t("watchmen.title")} count=${answer.items.length} name="watchmen">
      ${answer.unwatched.length > 0 && html`<p class="notice bad"><${Icon} name="warn" /><span>${t("watchmen.unwatched", { count: answer.unwatched.length })}
        ${answer.unwatched.slice(0, 5).map((/** @type {string} */ id) => html` <button type="button" class="button plain mono" onClick=${() => onChoose(id)}>${id}</button>`)}</span></p>`}
      ${answer.items.length === 0 && html`<p class="quiet">${t("watchmen.none")}</p>`}
      <ul class="lines">${answer.items.map((/** @type {any} */ one) => html`<li key=${one.id} class="watchman">
        <span class="line-main"><span><b class="break">${one.node}</b><span class="mono quiet small break">${one.id.slice(one.id.indexOf(":") + 1)}</span></span></span>
        <span class="line-side"><meter min="0" max=${one.room} value=${one.cameras.length} aria-label=${t("watchmen.load", { node: one.node })}></meter>
          <span class=${one.is_heard ? "quiet small" : "bad small"}>${one.is_heard ? t("watchmen.has", { count: one.cameras.length, room: number(one.room) }) : t("watchmen.silent")}</span></span></li>`)}</ul>
    </${Panel}>`;
}
