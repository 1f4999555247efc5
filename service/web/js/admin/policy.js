/** The city's policy: written, checked as it is typed, tried out on what was seen, and kept as a version. */

import { Failed, useAgain } from "../again.js";
import { call, get, post } from "../api.js";
import { momentOf } from "../cityclock.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { actorName, cityTimeHint, dateTime, has, t } from "../i18n.js";
import { toast, toastError } from "../toasts.js";
import { Field, Panel, told, useAnswer, useSending } from "./bits.js";
import { DRAFT } from "./permits.js";
import { TextArea } from "./policytext.js";
import { phraseOf } from "./policywords.js";
import { Replay } from "./replay.js";
import { Standard } from "./standard.js";

const QUIET_MS = 500;

/** @param {{session: any}} props */
export default function Policy({ session }) {
  const [versions, reload] = useAnswer("/api/policy/versions?limit=50");
  const [inForce, reloadInForce] = useAnswer("/api/policy");
  const last = versions?.items[0];
  const [base, text, setText, open] = useOpened(last);
  const checked = useChecked(text);
  const isAdmin = session.role === "admin";
  const isChanged = Boolean(base) && text !== base.text;
  const saved = async () => {
    toast(t("policy.saved"));
    await Promise.all([reload(), reloadInForce()]);
  };
  return html`
    <${Panel} title=${base ? t("policy.version", base) : t("admin.parts.policy")} answer=${versions === undefined ? versions : base} name="policy" action=${inForce && base && html`<span class="state ${inForce.sha256 === base.sha256 ? "ok" : ""}">${t(standingOf(base, inForce))}</span>`}>
      ${base && html`<p class="quiet small">${t("policy.kept", { by: actorName(base.by), at: dateTime(base.saved_at), from: dateTime(base.from_at) })} ${reasonOf(base)}</p>`}
      <div class="policy">
        <${TextArea} text=${text} problems=${checked?.problems ?? []} changes=${checked?.changes ?? []} onText=${setText} readonly=${!isAdmin} />
        <div class="policy-side"><${Checked} checked=${checked} isChanged=${isChanged} />
          ${isChanged && html`<button type="button" class="button" onClick=${() => setText(base.text)}><${Icon} name="undo" size=${18} />${t("policy.back")}</button>`}
          ${isChanged && isAdmin && html`<${Save} text=${text} based_on=${last.sha256} disabled=${!checked?.good} onSaved=${saved} />`}</div>
      </div>
    </${Panel}>
    <${Replay} text=${text} disabled=${!checked?.good || !isChanged} />
    <${Standard} onProposal=${setText} />
    <${Panel} title=${t("policy.versions")} answer=${versions} count=${versions?.items.length} name="versions">
      <ul class="lines">${versions?.items.map((/** @type {any} */ one) => html`<li key=${one.seq}><span class="line-main"><span><b>${one.version}</b><span class="quiet small">${actorName(one.by)} · ${reasonOf(one)}</span></span></span>
        <span class="line-acts"><span class="line-side small"><span>${t("policy.since", { at: dateTime(one.from_at) })}</span><span class="mono quiet">${one.sha256.slice(0, 12)}</span></span>
          <button type="button" class="button" disabled=${one.sha256 === base?.sha256} onClick=${() => open(one)} aria-label=${t("policy.open_this", { version: one.version })}>${t("policy.open")}</button></span></li>`)}</ul>
    </${Panel}>`;
}

/**
 * The version that is open, and the text as it is written on it: the last one by itself, any other by hand.
 * @param {any} last @returns {[any, string, (text: string) => void, (one: {seq: number}) => void]} null while the first is on its way, undefined where it failed
 */
function useOpened(last) {
  const [base, setBase] = useState(/** @type {any} */ (null));
  const [text, setText] = useState("");
  const now = useRef(/** @type {{wanted?: {seq: number}, base?: any}} */ ({}));
  const failed = useAgain(() => void (!now.current.base && now.current.wanted && (setBase(null), open(now.current.wanted))));
  const fail = (/** @type {unknown} */ error) => (now.current.base ? toastError(error) : (setBase(undefined), failed(error)));
  /** @param {{seq: number}} wanted @param {boolean} [byHand] else what was written on the version before stays */
  const open = async (wanted, byHand = false) => {
    now.current.wanted = wanted;
    const version = await get(`/api/policy/versions/${wanted.seq}`).catch((error) => void (now.current.wanted === wanted && fail(error)));
    if (!version || now.current.wanted !== wanted) return;
    const before = now.current.base;
    now.current.base = version;
    setBase(version);
    setText((written) => (!byHand && before && written !== before.text ? written : version.text + takeDraft()));
  };
  useEffect(() => void (last && open(last)), [last?.seq]);
  return [base, text, setText, (one) => void open(one, true)];
}

/** @returns {string} what another page left to be added, once */
function takeDraft() {
  const draft = sessionStorage.getItem(DRAFT) ?? "";
  sessionStorage.removeItem(DRAFT);
  return draft;
}

/** @param {any} version @returns {string} why it was kept; the first one came with the service */
const reasonOf = ({ by, reason }) => (by === "service" && reason === "shipped" ? t("policy.shipped") : reason);

/** @param {any} version @param {any} inForce @returns {string} the key of how a version stands to the one in force */
function standingOf(version, inForce) {
  if (version.sha256 === inForce.sha256) return "policy.in_force";
  return Date.parse(version.from_at) > Date.now() ? "policy.waits" : "policy.past";
}

/** What the service says of a text, a little after it has come to rest. @param {string} text @returns {any} null while it is not known, undefined where it could not be asked */
function useChecked(text) {
  const [checked, setChecked] = useState(/** @type {any} */ (null));
  const latest = useRef(text);
  const failed = useAgain(() => (setChecked(null), check(latest.current)));
  /** @param {string} asked */
  const check = async (asked) => {
    const answer = await post("/api/policy/check", { text: asked }).catch(failed);
    if (latest.current === asked) setChecked(answer);
  };
  useEffect(() => {
    latest.current = text;
    if (!text) return undefined;
    const timer = setTimeout(() => void check(text), QUIET_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return checked;
}

/** @param {string | null} wanted @returns {string} names of keys and values stay as they are */
function wantedWords(wanted) {
  const { key, facts } = phraseOf(wanted ?? "");
  return has(key) ? t(key, facts) : (wanted ?? "");
}

/** @param {{checked: any, isChanged: boolean}} props */
function Checked({ checked, isChanged }) {
  if (checked === undefined) return html`<${Failed} what=${t("policy.check")} />`;
  if (!checked) return html`<div class="skeleton policy-wait"></div>`;
  return html`<div role="status" class="stack">
    ${checked.problems.length === 0 && html`<p class="notice"><${Icon} name="check" /><span>${t("policy.good")}</span></p>`}
    ${checked.problems.length > 0 && html`<p class="notice bad"><${Icon} name="warn" /><span>${t("policy.problems", { count: checked.problems.length })}</span></p>
      <ul class="lines small">${checked.problems.map((/** @type {any} */ one, /** @type {number} */ at) => html`<li key=${at} class="told-line"><a href="#line-${one.line}"><b>${t("policy.line", { line: one.line })}</b> <span class="mono break">${one.key}</span></a>
        <span>${t(`errors.policy.problem.${one.problem}`, { value: one.value ?? "", wanted: wantedWords(one.wanted) })}</span></li>`)}</ul>`}
    ${(isChanged || checked.changes.length > 0) && html`<h3>${t("policy.changes", { count: checked.changes.length })}</h3>
      <ul class="lines small">${checked.changes.map((/** @type {any} */ one) => html`<li key=${one.key} class="told-line"><span class="mono break">${one.key}</span>
        <span><del class="break">${one.was ?? t("policy.nothing")}</del> <span aria-hidden="true">→</span> <ins class="break">${one.now ?? t("policy.nothing")}</ins></span></li>`)}</ul>`}
  </div>`;
}

/** @param {{text: string, based_on: string, disabled: boolean, onSaved: () => Promise<void>}} props */
function Save({ text, based_on, disabled, onSaved }) {
  const [sending, run] = useSending();
  const send = (/** @type {SubmitEvent} */ event) => {
    const { reason, from_at } = told(event);
    void run(async () => {
      await call("PUT", "/api/policy", { json: { text, based_on, reason, ...(from_at && { from_at: momentOf(from_at) }) } });
      await onSaved();
    });
  };
  return html`<form class="stack" onSubmit=${send}>
    <${Field} label=${t("admin.reason")}><input class="input" name="reason" required maxlength="2000" /></${Field}>
    <${Field} label=${t("policy.from_at")} hint=${[t("policy.from_now"), cityTimeHint(Date.now())].filter(Boolean).join(" · ")}><input class="input" type="datetime-local" name="from_at" /></${Field}>
    <button class="button primary" disabled=${disabled || sending}>${t("policy.save")}</button></form>`;
}
