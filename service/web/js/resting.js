/** What the eye rests on: pictures of rows that fly by are not asked for, so that those where it stops come at once. */

import { useEffect, useRef, useState } from "./html.js";

const REST_MS = 120;
const NEAR = "400px";

/** @type {Map<Element, () => void>} what is to be told of what waits to be near */
const waiting = new Map();
/** @type {Set<Element>} */
const near = new Set();
let scrolled_ms = -Infinity;
/** @type {IntersectionObserver | undefined} */
let observer;

/** @param {Element} place */
function rested(place) {
  if (near.has(place)) tell(place);
}

/** @param {Element} place */
function tell(place) {
  const told = waiting.get(place);
  forget(place);
  told?.();
}

/** @param {Element} place */
function forget(place) {
  waiting.delete(place);
  near.delete(place);
  observer?.unobserve(place);
}

function begin() {
  addEventListener("scroll", () => (scrolled_ms = performance.now()), { passive: true });
  addEventListener("beforeprint", () => [...waiting.keys()].forEach(tell));
  return new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) near[isIntersecting ? "add" : "delete"](target);
    const come = entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target);
    const isStill = performance.now() - scrolled_ms > REST_MS;
    if (isStill) come.forEach(rested);
    else if (come.length > 0) setTimeout(() => come.forEach(rested), REST_MS);
  }, { rootMargin: NEAR });
}

/** @returns {[{current: HTMLElement | null}, boolean]} for the place of a picture; whether it is worth asking for, from then on */
export function useRest() {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    const here = place.current;
    if (!here) return undefined;
    observer ??= begin();
    waiting.set(here, () => setWanted(true));
    observer.observe(here);
    return () => forget(here);
  }, []);
  return [place, isWanted];
}
