/** Single-key commands, silent while a person is typing or a dialog is open. */

import { useEffect, useRef } from "./html.js";

/** @typedef {Record<string, (digit: number) => void>} Commands by key, lower case; `digit` gets the number 1..9, the others nothing of use */

/** @param {Commands} commands */
export function useKeys(commands) {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const command = latest.current[/^[1-9]$/.test(event.key) ? "digit" : event.key.toLowerCase()];
      if (!command) return;
      event.preventDefault();
      command(Number(event.key));
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.matches("input, textarea, select") || target.closest("dialog") !== null);
}
