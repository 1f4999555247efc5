/** Words that grow old, as "3 minutes ago": of thousands on a page each is looked at twice a minute, some at a time, and drawn anew only where it says something else. */

import { useEffect, useReducer, useRef } from "./html.js";

const EVERY_MS = 30_000;
const AT_ONCE = 100;

/** @type {Set<() => void>} */
const ageing = new Set();
let isLooking = false;

/** @param {(() => void)[]} waiting */
function look(waiting) {
  for (const one of waiting.splice(0, AT_ONCE)) one();
  if (waiting.length > 0) setTimeout(look, 0, waiting);
  else setTimeout(() => look([...ageing]), EVERY_MS);
}

/** @param {() => void} one looked at from now on @returns {() => void} ends it */
function join(one) {
  ageing.add(one);
  if (!isLooking) setTimeout(() => look([...ageing]), EVERY_MS);
  isLooking = true;
  return () => void ageing.delete(one);
}

/**
 * @template {string[]} W
 * @param {(now_ms: number) => W} say what is drawn of it
 * @returns {W} what it says now, and again as soon as it says something else
 */
export function useAgeing(say) {
  const [, redraw] = useReducer((/** @type {number} */ count) => count + 1, 0);
  const said = say(Date.now());
  const latest = useRef({ say, said });
  latest.current = { say, said };
  useEffect(() => join(() => String(latest.current.say(Date.now())) !== String(latest.current.said) && redraw(0)), []);
  return said;
}
