/** Whether somebody is there: what they hold is asked for again, and goes to others when they have left. */

const ALIVE_MS = 40000;
const HUNGRY_MS = 8000;
const IDLE_MS = 300000;

/**
 * Asks again for what is held as long as somebody is there, sooner where there is nothing: a colleague may have left
 * something. Who comes back from a long pause asks at once.
 * @param {() => void} ask @param {() => boolean} isEmpty @returns {() => void} ends it
 */
export function staying(ask, isEmpty) {
  let at = Date.now();
  let asked = at;
  const isAway = () => Date.now() - at > IDLE_MS;
  const alive = setInterval(() => {
    if (isAway() || (!isEmpty() && Date.now() - asked < ALIVE_MS)) return;
    asked = Date.now();
    ask();
  }, HUNGRY_MS);
  const here = () => {
    const was = isAway();
    at = Date.now();
    if (was) ask();
  };
  const signs = ["keydown", "pointermove", "pointerdown"];
  signs.forEach((sign) => document.addEventListener(sign, here, { passive: true }));
  return () => (clearInterval(alive), signs.forEach((sign) => document.removeEventListener(sign, here)));
}
