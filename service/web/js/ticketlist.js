/** The tickets of a filter: page after page as somebody scrolls, and kept up to date by what happens. */

import { useAgain } from "./again.js";
import { get } from "./api.js";
import { settled, watch } from "./events.js";
import { useEffect, useRef, useState } from "./html.js";
import { askedOf, broughtUp } from "./ticketfilter.js";
import { toastError } from "./toasts.js";

/** @typedef {import("./ticketfilter.js").Filter} Filter */

const PAGE = 50;
const MOST_ANEW = 200;
const QUIET_MS = 900;
const AHEAD = "2400px"; // three screens, in which the next page comes

/** @typedef {{items: any[], next: string | null}} List */

/** @param {Filter} filter `list`: null until it is here, undefined where it could not be loaded */
export function useTickets(filter) {
  const [list, setList] = useState(/** @type {List | null | undefined} */ (null));
  const latest = useRef({ filter, list });
  latest.current = { filter, list };
  const busy = useRef(false);

  const ask = (/** @type {Filter} */ wanted, limit = PAGE, cursor = "") => get(`/api/tickets?${askedOf(wanted)}&limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
  const failed = useAgain(() => (setList((known) => known ?? null), begin()));
  const begin = async () => {
    const wanted = latest.current.filter;
    const answer = await ask(wanted).catch(failed);
    if (wanted === latest.current.filter) setList(answer);
  };
  const renew = async () => {
    const { filter: wanted, list: shown } = latest.current;
    const limit = Math.min(MOST_ANEW, Math.max(PAGE, shown?.items.length ?? 0));
    const answer = await ask(wanted, limit).catch(toastError);
    if (!answer || wanted !== latest.current.filter) return;
    setList((known) => (known && known.items.length > limit ? { items: broughtUp(known.items, answer.items), next: known.next } : answer));
  };
  const more = async () => {
    if (busy.current || !list?.next) return;
    busy.current = true;
    const answer = await ask(filter, PAGE, list.next).catch(toastError);
    busy.current = false;
    if (answer && filter === latest.current.filter) setList((known) => known && { ...answer, items: [...known.items, ...answer.items] });
  };
  useEffect(() => void begin(), [filter]);
  useEffect(() => watch(settled(renew, QUIET_MS)), []);
  return { list, more, renew };
}

/** @param {Filter} filter @returns {{states: Record<string, number>, overdue: number} | null} how many there are in each state, whatever state the filter names */
export function useCounts(filter) {
  const [counts, setCounts] = useState(/** @type {{states: Record<string, number>, overdue: number} | null} */ (null));
  const latest = useRef(filter);
  latest.current = filter;
  const load = async () => {
    const wanted = latest.current;
    const ask = (/** @type {URLSearchParams} */ asked) => get(`/api/ticket-counts?${asked}`);
    const [all, late] = await Promise.all([ask(askedOf(wanted, { states: [], mark: false })), ask(askedOf({ ...wanted, state: "overdue" }))]);
    if (wanted === latest.current) setCounts({ states: all.states, overdue: late.total });
  };
  const { condition, unit, grid, street, q } = filter;
  useEffect(() => void load().catch(toastError), [condition, unit, grid, street, q]);
  useEffect(() => watch(settled(() => load().catch(toastError), QUIET_MS)), []);
  return counts;
}

/** Calls `onNear` when the end of a list comes near to being seen. @param {() => void} onNear */
export function useNearEnd(onNear) {
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const latest = useRef(onNear);
  latest.current = onNear;
  useEffect(() => {
    if (!end.current) return undefined;
    const observer = new IntersectionObserver(([{ isIntersecting }]) => isIntersecting && latest.current(), { rootMargin: AHEAD });
    observer.observe(end.current);
    return () => observer.disconnect();
  });
  return end;
}
