/** The review queue: one picture after another, one key for each, and the hand never waits. */

import { call, get, pictureHref } from "../api.js";
import { catalog } from "../catalog.js";
import { settled, watch } from "../events.js";
import { html, useEffect, useMemo, useReducer, useRef, useState } from "../html.js";
import { Icon } from "../icons.js";
import { sentenceOf, t } from "../i18n.js";
import { useKeys } from "../keys.js";
import { Outbox } from "../outbox.js";
import { start } from "../shell.js";
import { toast, toastError } from "../toasts.js";
import { ReviewFacts } from "../reviewfacts.js";
import { Choices, KeyHelp, REASONS, Strip } from "../reviewparts.js";
import { Picture } from "../picture.js";

const PAGE = 30;
const REFILL_BELOW = 6;
const UNDO_MS = 5000;
const RETRY_MS = 4000;

/** @typedef {{observation: any, ticket: any, photo: any}} Item */

/**
 * The queue as this page holds it. `known` keeps an item from coming back while its verdict is on the way.
 * @typedef {{items: Item[], at: number, known: Set<string>, cursor: string | null, loaded: boolean, done: number}} Queue
 */

/** @param {Queue} queue @param {any} act @returns {Queue} */
export function queueAfter(queue, act) {
  switch (act.type) {
    case "loaded": {
      const fresh = act.items.filter((/** @type {Item} */ item) => !queue.known.has(item.observation.id));
      const known = new Set([...queue.known, ...fresh.map((/** @type {Item} */ item) => item.observation.id)]);
      return { ...queue, items: [...queue.items, ...fresh], known, cursor: act.keepCursor ? queue.cursor : act.next, loaded: true };
    }
    case "go":
      return { ...queue, at: Math.min(Math.max(0, act.to), Math.max(0, queue.items.length - 1)) };
    case "judged": {
      const items = queue.items.filter((item) => item !== act.item);
      return { ...queue, items, at: Math.min(queue.at, Math.max(0, items.length - 1)), done: queue.done + 1 };
    }
    default: {
      const at = Math.min(queue.at, queue.items.length);
      return { ...queue, items: queue.items.toSpliced(at, 0, act.item), at, done: queue.done - 1 };
    }
  }
}

const EMPTY = { items: [], at: 0, known: new Set(), cursor: null, loaded: false, done: 0 };

function useQueue() {
  const [queue, act] = useReducer(queueAfter, /** @type {Queue} */ (EMPTY));
  const asking = useRef(false);
  const load = async (/** @type {string | null} */ cursor, keepCursor = false) => {
    if (asking.current) return;
    asking.current = true;
    try {
      const { items, next } = await get(`/api/review?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      act({ type: "loaded", items, next, keepCursor });
    } catch (error) {
      toastError(error);
    } finally {
      asking.current = false;
    }
  };
  useEffect(() => {
    void load(null);
    return watch(settled(() => load(null, true), 700));
  }, []);
  useEffect(() => {
    if (queue.cursor && queue.items.length - queue.at < REFILL_BELOW) void load(queue.cursor);
  }, [queue.at, queue.items.length]);
  return /** @type {const} */ ([queue, act]);
}

/** @param {(act: any) => void} act */
function useOutbox(act) {
  const [, redraw] = useState(0);
  const outbox = useMemo(() => new Outbox({
    window_ms: UNDO_MS,
    retry_ms: RETRY_MS,
    send: (key, { verdict }, leaving) => call("POST", `/api/observations/${key}/verdict`, { json: verdict, keepalive: leaving }),
    onChange: () => redraw((count) => count + 1),
    onRefused: (letter, error) => {
      act({ type: "back", item: letter.body.item });
      toast(sentenceOf(error), { bad: true });
    },
  }), []);
  useEffect(() => {
    const leave = () => outbox.leave();
    const hidden = () => document.visibilityState === "hidden" && leave();
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, []);
  return outbox;
}

/** Fetches the next pictures before they are asked for. @param {Item[]} items @param {number} at */
function usePrefetch(items, at) {
  useEffect(() => {
    for (const { observation } of items.slice(at + 1, at + 4)) new Image().src = pictureHref(observation.evidence_id) ?? "";
  }, [items, at]);
}

function Review() {
  const [queue, act] = useQueue();
  const outbox = useOutbox(act);
  const [asked, setAsked] = useState(/** @type {"reason" | "condition" | null} */ (null));
  const [withBoxes, setWithBoxes] = useState(true);
  const [helping, setHelping] = useState(false);
  const item = queue.items[queue.at];
  usePrefetch(queue.items, queue.at);

  const judge = (/** @type {any} */ verdict) => {
    if (!item) return;
    setAsked(null);
    outbox.add(item.observation.id, { verdict, item });
    act({ type: "judged", item });
  };
  const undo = () => {
    setAsked(null);
    const letter = outbox.undo();
    if (letter) act({ type: "back", item: letter.body.item });
    else toast(t("review.nothing_to_undo"));
  };
  const options = asked === "condition" ? catalog.conditions.map(({ id }) => id).filter((id) => id !== item?.observation.condition) : REASONS;
  const choose = (/** @type {string | undefined} */ code) => {
    if (code) judge(asked === "condition" ? { verdict: "other_condition", condition: code } : { verdict: false, reason: code });
  };
  const go = (/** @type {number} */ to) => {
    setAsked(null);
    act({ type: "go", to });
  };
  const ask = (/** @type {"reason" | "condition"} */ what) => () => item && setAsked(asked === what ? null : what);
  useKeys({
    j: () => go(queue.at + 1), arrowright: () => go(queue.at + 1),
    k: () => go(queue.at - 1), arrowleft: () => go(queue.at - 1),
    a: () => judge({ verdict: true }), x: ask("reason"), c: ask("condition"), u: undo,
    b: () => setWithBoxes(!withBoxes), escape: () => setAsked(null), "?": () => setHelping(true),
    digit: (/** @type {any} */ n) => asked && choose(options[n - 1]),
  });

  if (queue.loaded && !item) return html`<${Done} queue=${queue} outbox=${outbox} onUndo=${undo} />`;
  return html`
    <div class="review">
      <div class="review-head">
        <h1>${t("nav.review")}</h1><${Counts} queue=${queue} outbox=${outbox} />
        <button type="button" class="icon-button" aria-label=${t("review.help")} aria-keyshortcuts="?" onClick=${() => setHelping(true)}><${Icon} name="help" /></button>
      </div>
      <section class="stage" aria-label=${t("review.picture")}>
        ${item ? html`<${Picture} key=${item.observation.id} evidence_id=${item.observation.evidence_id} width=${item.observation.width} height=${item.observation.height}
          detections=${withBoxes ? item.observation.detections : []} alt=${t("review.picture")} eager />` : html`<div class="skeleton"></div>`}
        <button type="button" class="step previous" aria-label=${t("review.previous")} aria-keyshortcuts="K" disabled=${queue.at === 0} onClick=${() => go(queue.at - 1)}><${Icon} name="previous" /></button>
        <button type="button" class="step next" aria-label=${t("review.next")} aria-keyshortcuts="J" disabled=${queue.at >= queue.items.length - 1} onClick=${() => go(queue.at + 1)}><${Icon} name="next" /></button>
      </section>
      <aside class=${asked ? "verdict card asking" : "verdict card"}>
        ${item && html`<${ReviewFacts} item=${item} />`}
        <div class="verdict-actions">
          ${asked && html`<${Choices} what=${asked} options=${options} onChoose=${choose} onCancel=${() => setAsked(null)} />`}
          <div class="verdict-main">
            <button type="button" class="button reject" aria-keyshortcuts="X" aria-expanded=${asked === "reason"} onClick=${ask("reason")} disabled=${!item}>
              <${Icon} name="cross" />${t("review.reject")}<kbd>X</kbd></button>
            <button type="button" class="button primary accept" aria-keyshortcuts="A" onClick=${() => judge({ verdict: true })} disabled=${!item}>
              <${Icon} name="check" />${t("review.accept")}<kbd>A</kbd></button>
          </div>
          <div class="verdict-more">
            <button type="button" class="button plain" aria-keyshortcuts="C" aria-expanded=${asked === "condition"} onClick=${ask("condition")} disabled=${!item}>${t("review.other_condition")}<kbd>C</kbd></button>
            <button type="button" class="button plain" aria-keyshortcuts="U" onClick=${undo}>${t("review.undo")}<kbd>U</kbd></button>
          </div>
        </div>
      </aside>
      <${Strip} items=${queue.items} at=${queue.at} onGo=${go} />
      ${helping && html`<${KeyHelp} onClose=${() => setHelping(false)} />`}
    </div>`;
}

/** @param {{queue: Queue, outbox: Outbox<any>}} props */
const Counts = ({ queue, outbox }) => html`
  <p class="quiet counts" aria-live="polite">
    <span><b>${queue.items.length}${queue.cursor ? "+" : ""}</b> ${t("review.waiting")}</span>
    <span><b>${queue.done}</b> ${t("review.done")}</span>
    ${outbox.letters.length > 0 && html`<span class="sending"><b>${outbox.letters.length}</b> ${t("review.sending")}</span>`}
  </p>`;

/** @param {{queue: Queue, outbox: Outbox<any>, onUndo: () => void}} props */
const Done = ({ queue, outbox, onUndo }) => html`
  <div class="page-head"><h1>${t("nav.review")}</h1><${Counts} queue=${queue} outbox=${outbox} /></div>
  <div class="card empty">
    <${Icon} name="calm" size=${40} />
    <h2>${t("review.empty")}</h2><p>${t("review.empty_long")}</p>
    <div class="choices">
      ${outbox.letters.length > 0 && html`<button type="button" class="button" onClick=${onUndo}><${Icon} name="undo" />${t("review.undo")}<kbd>U</kbd></button>`}
      <a class="button" href="/tickets">${t("review.to_tickets")}</a>
    </div>
  </div>`;

void start("review", Review);
