/** The queue of the review page and the outbox of its verdicts. */

import { call, get, pictureHref } from "./api.js";
import { settled, watch } from "./events.js";
import { useEffect, useMemo, useReducer, useRef, useState } from "./html.js";
import { sentenceOf } from "./i18n.js";
import { Outbox } from "./outbox.js";
import { toast, toastError } from "./toasts.js";

const PAGE = 30;
const REFILL_BELOW = 6;
const PREFETCH = 3;
const QUIET_MS = 700;
const UNDO_MS = 5000;
const RETRY_MS = 4000;

/** @typedef {{observation: any, ticket: any, photo: any}} Item */

/**
 * The queue as this page holds it. `known` keeps an item from coming back while its verdict is on the way.
 * @typedef {{items: Item[], at: number, known: Set<string>, cursor: string | null, loaded: boolean, done: number}} Queue
 */

/**
 * @typedef {{type: "loaded", items: Item[], next: string | null, onTop: boolean} | {type: "go", to: number} | {type: "judged", item: Item}
 *   | {type: "back", item: Item} | {type: "gone", id: string}} Act
 */

/** @type {Queue} */
const EMPTY = { items: [], at: 0, known: new Set(), cursor: null, loaded: false, done: 0 };

/** @param {Item[]} items @param {number} at */
const within = (items, at) => Math.min(Math.max(0, at), Math.max(0, items.length - 1));

/** @param {Queue} queue @param {Item[]} items @returns {Queue} */
const holding = (queue, items) => ({ ...queue, items, at: within(items, queue.at) });

/** @param {Queue} queue @param {Act} act @returns {Queue} */
export function queueAfter(queue, act) {
  switch (act.type) {
    case "loaded": {
      const fresh = act.items.filter(({ observation }) => !queue.known.has(observation.id));
      const known = new Set([...queue.known, ...fresh.map(({ observation }) => observation.id)]);
      return { ...queue, items: [...queue.items, ...fresh], known, cursor: act.onTop ? queue.cursor : act.next, loaded: true };
    }
    case "go":
      return { ...queue, at: within(queue.items, act.to) };
    case "judged":
      return { ...holding(queue, queue.items.filter((item) => item !== act.item)), done: queue.done + 1 };
    case "gone":
      return holding(queue, queue.items.filter(({ observation }) => observation.id !== act.id));
    case "back":
      return { ...queue, items: queue.items.toSpliced(queue.at, 0, act.item), done: queue.done - 1 };
  }
}

/** @returns {[Queue, (act: Act) => void]} the queue, filled from the service before it runs dry and when something new was seen */
export function useQueue() {
  const [queue, act] = useReducer(queueAfter, EMPTY);
  const asking = useRef(false);
  const load = async (/** @type {string | null} */ cursor, onTop = false) => {
    if (asking.current) return;
    asking.current = true;
    try {
      const { items, next } = await get(`/api/review?limit=${PAGE}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      act({ type: "loaded", items, next, onTop });
    } catch (error) {
      toastError(error);
    } finally {
      asking.current = false;
    }
  };
  useEffect(() => {
    void load(null);
    const refresh = settled(() => load(null, true), QUIET_MS);
    return watch(({ kind, subject }) => (kind === "observation.judged" ? act({ type: "gone", id: subject }) : refresh()));
  }, []);
  useEffect(() => {
    if (queue.cursor && queue.items.length - queue.at < REFILL_BELOW) void load(queue.cursor);
    for (const { observation } of queue.items.slice(queue.at + 1, queue.at + 1 + PREFETCH)) new Image().src = pictureHref(observation.evidence_id) ?? "";
  }, [queue.at, queue.items]);
  return [queue, act];
}

/** @typedef {{verdict: object, item: Item}} Judgement */

/** @param {(act: Act) => void} act @returns {Outbox<Judgement>} verdicts on their way; what still waits goes out when the page is left */
export function useOutbox(act) {
  const [, redraw] = useState(0);
  const outbox = useMemo(() => new Outbox(/** @type {ConstructorParameters<typeof Outbox<Judgement>>[0]} */ ({
    window_ms: UNDO_MS,
    retry_ms: RETRY_MS,
    send: (key, { verdict }, leaving) => call("POST", `/api/observations/${key}/verdict`, { json: verdict, keepalive: leaving }),
    onChange: () => redraw((count) => count + 1),
    onRefused: ({ body }, error) => {
      act({ type: "back", item: body.item });
      toast(sentenceOf(error), { bad: true });
    },
  })), []);
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
