/** The queue of the review page and the outbox of its verdicts. */

import { STRANGER, call, pictureHref, post } from "./api.js";
import { settled, watch } from "./events.js";
import { useEffect, useMemo, useReducer, useRef, useState } from "./html.js";
import { sentenceOf } from "./i18n.js";
import { Outbox, drawer } from "./outbox.js";
import { staying } from "./staying.js";
import { toast, toastError } from "./toasts.js";

const AT_ONCE = 12;
const REFILL_BELOW = 7;
const PREFETCH = 3;
const QUIET_MS = 700;
const UNDO_MS = 5000;
const RETRY_MS = 4000;
const FAULT = 500;

/** @typedef {Api.ReviewItem} Item `again`: somebody else has judged it, unknown to us what */

/**
 * The queue as this page holds it. `known` keeps an item from coming back while its verdict is on the way; `rest` more
 * wait that nobody holds.
 * @typedef {{items: Item[], at: number, known: Set<string>, rest: number, loaded: boolean, done: number}} Queue
 */

/**
 * @typedef {{type: "loaded", items: Item[], lost: string[], rest: number} | {type: "go", to: number} | {type: "judged", item: Item}
 *   | {type: "back", item: Item} | {type: "gone", id: string}} Act
 */

/** @type {Queue} */
const EMPTY = { items: [], at: 0, known: new Set(), rest: 0, loaded: false, done: 0 };

/** @param {Item[]} items @param {number} at */
const within = (items, at) => Math.min(Math.max(0, at), Math.max(0, items.length - 1));

/** @param {Queue} queue @param {Item[]} items @returns {Queue} */
const holding = (queue, items) => ({ ...queue, items, at: within(items, queue.at) });

/** @param {Queue} queue @param {string[]} ids what this page holds no longer, and may get again @returns {Queue} */
function without(queue, ids) {
  if (ids.length === 0) return queue;
  const known = new Set([...queue.known].filter((id) => !ids.includes(id)));
  return { ...holding(queue, queue.items.filter(({ observation }) => !ids.includes(observation.id))), known };
}

/** @param {Queue} queue @param {Act} act @returns {Queue} */
export function queueAfter(queue, act) {
  switch (act.type) {
    case "loaded": {
      const kept = without(queue, act.lost);
      const fresh = act.items.filter(({ observation }) => !kept.known.has(observation.id));
      const known = new Set([...kept.known, ...fresh.map(({ observation }) => observation.id)]);
      return { ...kept, items: [...kept.items, ...fresh], known, rest: act.rest, loaded: true };
    }
    case "go":
      return { ...queue, at: within(queue.items, act.to) };
    case "judged":
      return { ...holding(queue, queue.items.filter((item) => item !== act.item)), done: queue.done + 1 };
    case "gone":
      return holding(queue, queue.items.filter(({ observation, again }) => again || observation.id !== act.id));
    case "back":
      return { ...queue, items: queue.items.toSpliced(queue.at, 0, act.item), done: Math.max(0, queue.done - 1) };
  }
}

/** @param {number} holds @returns {number} how many more a page asks for */
export const wanting = (holds) => (holds < REFILL_BELOW ? AT_ONCE - holds : 0);

/** @param {string} evidence_id loaded and decoded, so that it is painted with the next frame; one that cannot be shows itself when its turn comes */
function drawnAhead(evidence_id) {
  const image = new Image();
  image.src = pictureHref(evidence_id) ?? "";
  return image.decode().catch(() => {});
}

/** @param {() => string[]} onTheWay ids whose verdicts have not arrived yet @returns {[Queue, (act: Act) => void]} what this reviewer holds, filled before it runs dry; nobody else sees it */
export function useQueue(onTheWay) {
  const [queue, act] = useReducer(queueAfter, EMPTY);
  const asking = useRef(false);
  const latest = useRef(queue);
  latest.current = queue;
  const ask = async () => {
    if (asking.current) return;
    asking.current = true;
    const mine = latest.current.items.map(({ observation }) => observation.id);
    try {
      const leased = /** @type {Api.Leased} */ (await post("/api/review/leases", { limit: wanting(mine.length), holding: [...mine, ...onTheWay()] }));
      act({ type: "loaded", ...leased });
    } catch (error) {
      toastError(error);
    } finally {
      asking.current = false;
    }
  };
  useEffect(() => {
    void ask();
    const refresh = settled(() => wanting(latest.current.items.length) > 0 && void ask(), QUIET_MS);
    const stops = [watch(({ kind, subject }) => (kind === "observation.judged" ? act({ type: "gone", id: subject }) : refresh())), staying(ask, () => latest.current.items.length === 0)];
    const leave = () => call("DELETE", `/api/review/leases?${new URLSearchParams(onTheWay().map((id) => ["keep", id]))}`, { keepalive: true, stay: true }).catch(() => {});
    addEventListener("pagehide", leave);
    return () => (stops.forEach((stop) => stop()), removeEventListener("pagehide", leave));
  }, []);
  useEffect(() => {
    if (queue.rest > 0 && wanting(queue.items.length) > 0) void ask();
    for (const { observation } of queue.items.slice(queue.at + 1, queue.at + 1 + PREFETCH)) void drawnAhead(observation.evidence_id);
  }, [queue.at, queue.items]);
  return [queue, act];
}

/** @typedef {{verdict: Partial<Api.VerdictWish>, item: Item}} Judgement */

/** @param {(act: Act) => void} act @param {string} login @returns {Outbox<Judgement>} verdicts on their way; what still waits goes out when the page is left, or when it is opened again */
export function useOutbox(act, login) {
  const [, redraw] = useState(0);
  const outbox = useMemo(() => new Outbox(/** @type {ConstructorParameters<typeof Outbox<Judgement>>[0]} */ ({
    window_ms: UNDO_MS,
    retry_ms: RETRY_MS,
    drawer: drawer(`streetwarden.verdicts.${login}`),
    send: (key, { verdict, item }, leaving) => call("POST", `/api/observations/${key}/${item.again ? "second-look" : "verdict"}`, { json: verdict, keepalive: leaving }),
    onChange: () => redraw((count) => count + 1),
    onDelayed: (error) => (error.code === STRANGER || error.status === FAULT) && toastError(error),
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
