/** The audit trail: who did what, filtered by the address, walked from end to end, taken away as a file. */

import { Failed, useAgain } from "../again.js";
import { get, post } from "../api.js";
import { dayAfter, momentOf } from "../cityclock.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { conditionName } from "../catalog.js";
import { actorName, dateTime, named, number, t } from "../i18n.js";
import { Field, inAddress, keepInAddress, Panel, told, useSending } from "./bits.js";

const FIELDS = ["actor", "action", "subject", "since", "until"];
const ACTIONS = ["ticket.moved", "observation.judged", "evidence.kept", "evidence.original", "camera.created", "camera.changed", "camera.looked_through", "camera.zones_changed", "camera.view_confirmed",
  "policy.saved", "grid.made", "grid.changed", "grid.ended", "user.created", "user.changed", "user.disabled", "key.created", "key.revoked", "tickets.exported", "lessons.exported", "audit.exported", "webhook.created"];

/** @param {string} text of an address, which may say anything */
const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** @param {Record<string, string>} asked @returns {URLSearchParams} days as moments, where the city's day begins and ends */
function query(asked) {
  const wanted = new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  if (isDay(asked.since)) wanted.set("since", momentOf(`${asked.since}T00:00`));
  if (isDay(asked.until)) wanted.set("until", momentOf(`${dayAfter(asked.until)}T00:00`));
  return wanted;
}

export default function Audit() {
  const [asked, setAsked] = useState(/** @type {Record<string, string>} */ (Object.fromEntries(FIELDS.map((name) => [name, inAddress(name) ?? ""]))));
  const [items, setItems] = useState(/** @type {any[] | null | undefined} */ (null));
  const [next, setNext] = useState(/** @type {string | null} */ (null));
  const latest = useRef(asked);
  latest.current = asked;
  const failed = useAgain(() => (setItems((known) => known ?? null), load(null)));
  const load = async (/** @type {string | null} */ cursor) => {
    const answer = await get(`/api/audit?limit=40&${query(asked)}${cursor ? `&cursor=${cursor}` : ""}`).catch(failed);
    if (asked !== latest.current) return;
    if (!answer) return setItems((known) => known ?? undefined);
    setItems((known) => (cursor && known ? [...known, ...answer.items] : answer.items));
    setNext(answer.next);
  };
  useEffect(() => {
    keepInAddress(Object.fromEntries(FIELDS.map((name) => [name, asked[name] || null])));
    void load(null);
  }, [JSON.stringify(asked)]);
  const send = (/** @type {SubmitEvent} */ event) => {
    const said = told(event);
    setAsked(Object.fromEntries(FIELDS.map((name) => [name, said[name] ?? ""])));
  };
  return html`
    <${Chain} />
    <${Panel} title=${t("audit.lines")} name="audit" action=${html`<a class="button" href="/api/audit.csv?${query(asked)}" download>${t("audit.export")}</a>`}>
      <form key=${JSON.stringify(asked)} class="fields" onSubmit=${send}>
        ${["actor", "action", "subject"].map((name) => html`<${Field} key=${name} label=${t(`audit.${name}`)}><input class="input" name=${name} maxlength="255" defaultValue=${asked[name]} list=${name === "action" ? "actions" : undefined} /></${Field}>`)}
        ${["since", "until"].map((name) => html`<${Field} key=${name} label=${t(`audit.${name}`)}><input class="input" type="date" name=${name} defaultValue=${asked[name]} /></${Field}>`)}
        <datalist id="actions">${ACTIONS.map((action) => html`<option key=${action} value=${action}>${named("audit.actions", action)}</option>`)}</datalist>
        <button class="button">${t("audit.filter")}</button>
      </form>
      ${items === undefined && html`<${Failed} what=${t("audit.lines")} />`}
      ${items === null && html`<div class="skeleton"></div>`}
      ${items?.length === 0 && html`<p class="quiet">${t("audit.none")}</p>`}
      ${items && items.length > 0 && html`<div class="scroll" tabindex="0"><table class="words trail"><thead><tr><th>${t("audit.seq")}</th><th>${t("audit.at")}</th><th>${t("audit.actor")}</th><th>${t("audit.action")}</th><th>${t("audit.subject")}</th><th>${t("audit.what")}</th></tr></thead>
        <tbody>${items?.map((line) => html`<${Line} key=${line.seq} line=${line} onAsk=${(/** @type {any} */ more) => setAsked({ ...asked, ...more })} />`)}</tbody></table></div>`}
      ${next && html`<div><button type="button" class="button" onClick=${() => void load(next)}>${t("audit.more")}</button></div>`}
    </${Panel}>`;
}

/** @param {{line: any, onAsk: (more: Record<string, string>) => void}} props */
function Line({ line, onAsk }) {
  const { from, to, ...others } = line.facts;
  const facts = Object.entries(others).filter(([name, value]) => value !== null && value !== "" && !name.endsWith("sha256"));
  const step = to && `${from ? `${named("states", from)} → ` : ""}${named("states", to)}`;
  const cell = (/** @type {string} */ name) => html`<button type="button" class="link break" onClick=${() => onAsk({ [name]: line[name] })}>${name === "action" ? named("audit.actions", line.action) : name === "actor" ? actorName(line.actor) : line[name]}</button>`;
  return html`<tr><td class="mono quiet" title=${line.sha256}>${number(line.seq)}</td><td>${dateTime(line.at)}</td><td>${cell("actor")}</td><td>${cell("action")}</td><td class="mono">${cell("subject")}</td>
    <td class="break small">${line.reason && html`<span>${CODE.test(line.reason) ? named("reasons", line.reason) : line.reason} </span>`}<span class="quiet">${[step, ...facts.map(([name, value]) => `${named("audit.facts", name)}: ${shown(value, GROUPS[name])}`)].filter(Boolean).join(" · ")}</span></td></tr>`;
}

const LONGEST = 60;
const CODE = /^[a-z_]+$/;

/** Where the words of facts are written that are codes. */
const GROUPS = /** @type {Record<string, string>} */ ({ fact: "facts", timer: "timers", resolution: "resolutions", result: "answers", state: "states", held: "reasons", code: "errors", condition: "condition", stands: "looks" });

/** @param {unknown} value @param {string} [group] of its words @returns {string} a fact in a line: a hash or a list is not read to its end there */
function shown(value, group) {
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return t(value ? "audit.is_so" : "audit.is_not");
  if (typeof value === "string" && group) return group === "condition" ? conditionName(value) : named(group, value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (/^[0-9a-f]{64}$/.test(text)) return `${text.slice(0, 12)}…`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Whether the chain of the lines holds, walked on demand. */
function Chain() {
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [sending, run] = useSending();
  const act = () => void run(async () => setFound(await post("/api/audit/check", {})));
  return html`
    <${Panel} title=${t("audit.chain")} name="chain" action=${html`<button type="button" class="button" disabled=${sending} onClick=${act}>${t(sending ? "audit.checking" : "audit.check")}</button>`}>
      <p class="quiet small">${t("audit.chain_long")}</p>
      <div role="status">${found && (found.good
        ? html`<p class="notice"><${Icon} name="check" /><span>${t("audit.holds", { count: found.lines, anchors: found.anchors })}</span></p>`
        : html`<p class="notice bad"><${Icon} name="warn" /><span>${t("audit.broken", { count: found.breaks.length })}</span></p>
          <ul class="lines small">${found.breaks.map((/** @type {any} */ one) => html`<li key=${one.problem + one.seq}><span>${t("audit.at_line", { seq: one.seq })}</span><span class="bad">${t(one.problem.replace("audit.", "audit.break_"))}</span></li>`)}</ul>`)}</div>
    </${Panel}>`;
}
