/** A policy tried out on what was seen: the tickets that it would have opened, missed, merged or split. */

import { post } from "../api.js";
import { html, useState } from "../html.js";
import { dateTime, named, number, percent, t } from "../i18n.js";
import { Condition } from "../ticketbits.js";
import { Panel, useSending } from "./bits.js";

const DAYS = [1, 7, 31];
const WAYS = ["opened", "missed", "merged", "split"];

/** @param {{text: string, disabled: boolean}} props */
export function Replay({ text, disabled }) {
  const [days, setDays] = useState(7);
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [sending, run] = useSending();
  const act = () => void run(async () => setFound({ ...(await post("/api/policy/replay", { text, days })), text }));
  const fresh = found?.text === text ? found : null;
  return html`
    <${Panel} title=${t("policy.replay")} name="replay" action=${html`<div class="choices">${DAYS.map((one) => html`<button key=${one} type="button" class="choice" aria-pressed=${days === one} onClick=${() => setDays(one)}>${t("policy.days", { count: one })}</button>`)}
      <button type="button" class="button primary" disabled=${disabled || sending} onClick=${act}>${t(sending ? "policy.replaying" : "policy.replay_now")}</button></div>`}>
      <p class="quiet small">${t(disabled ? "policy.replay_when" : "policy.replay_long")}</p>
      ${fresh && html`<${Outcome} found=${fresh} />`}
    </${Panel}>`;
}

/** @param {{found: any}} props */
const Outcome = ({ found }) => html`
  <p>${t("policy.replayed", { count: found.sightings, since: dateTime(found.since) })} ${found.is_cut && t("policy.is_cut")}
    ${typeof found.agreement === "number" && html`<span class="quiet small">${t("policy.agreement", { share: percent(found.agreement) })}</span>`}</p>
  <div class="scroll" tabindex="0"><table><thead><tr><td></td><th>${t("policy.tickets")}</th>${["review", "nudge", "file"].map((way) => html`<th key=${way}>${t(`policy.way_${way}`)}</th>`)}<th>${t("policy.refused")}</th></tr></thead>
    <tbody>${["before", "after"].map((side) => html`<tr key=${side}><td>${t(`policy.${side}`, { version: found[side].version })}</td><td>${number(found[side].tickets)}</td>
      ${["review", "nudge", "file"].map((way) => html`<td key=${way}>${number(found[side].ways[way] ?? 0)}</td>`)}<td>${number(total(found[side].refused))}</td></tr>`)}</tbody></table></div>
  ${WAYS.map((way) => found[way].count > 0 && html`<details key=${way} class="differing"><summary>${t(`policy.${way}`, { count: found[way].count })}</summary>
    <ul class="lines small">${found[way].items.map((/** @type {any} */ one, /** @type {number} */ at) => html`<${Difference} key=${at} one=${one} />`)}</ul></details>`)}
  ${WAYS.every((way) => found[way].count === 0) && html`<p class="notice">${t("policy.same")}</p>`}`;

/** @param {Record<string, number>} counts */
const total = (counts) => Object.values(counts).reduce((sum, one) => sum + one, 0);

/** @param {{one: any}} props */
function Difference({ one }) {
  const [first] = [...one.after, ...one.before];
  const tickets = [...new Set([...one.before, ...one.after].flatMap((each) => each.tickets))];
  return html`<li><span class="line-main"><span><${Condition} id=${first.condition} /><span class="quiet small">${dateTime(first.opened_at)} · ${t("policy.sightings", { count: first.sightings })}${one.before.length + one.after.length > 2 ? ` · ${t("policy.from_to", { before: one.before.length, after: one.after.length })}` : ""}</span></span></span>
    <span class="line-side"><span>${tickets.map((one) => html`<a key=${one} href="/tickets?state=all&q=${encodeURIComponent(one)}">${one}</a> `)}</span>
      <span class="quiet small">${one.reason ? named("reasons", one.reason) : t(`policy.way_${first.way}`)}</span></span></li>`;
}
