/** Single-key commands, silent while a person is typing or a dialog is open. */

import { useLayoutEffect, useRef } from "./html.js";

/** @typedef {Record<string, (digit: number, event: KeyboardEvent) => void>} Commands by key, lower case; `digit` gets the number 1..9, the others nothing of use */

/** Keys that may be held down; any other says its word once, however long it is pressed. */
const HELD = /^(arrow\w+|[jk+=-])$/;

/** @param {Commands} commands they work as soon as the page shows what they belong to: a key that comes before the next paint is not lost */
export function useKeys(commands) {
  const latest = useRef(commands);
  latest.current = commands;
  useLayoutEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isPressing(event)) return;
      if (event.repeat && !HELD.test(event.key.toLowerCase())) return;
      const command = latest.current[/^[1-9]$/.test(event.key) ? "digit" : event.key.toLowerCase()];
      if (!command) return;
      event.preventDefault();
      command(Number(event.key), event);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.matches("input:not([type=range]), textarea, select") || target.closest("dialog") !== null);
}

/** @param {KeyboardEvent} event @returns {boolean} whether Enter is on its way to a control that does something of its own with it */
const isPressing = ({ key, target }) => key === "Enter" && target instanceof Element && target.closest("button, a, summary") !== null;
