/** Single-key commands, silent while a person is typing or a dialog is open. */

import { useEffect, useRef } from "./html.js";

/** @param {Record<string, () => void>} commands by key, lower case; `digit` gets the number 1..9 */
export function useKeys(commands) {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const command = commandOf(latest.current, event.key);
      if (!command) return;
      event.preventDefault();
      command();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

/** @param {Record<string, any>} commands @param {string} key */
function commandOf(commands, key) {
  if (/^[1-9]$/.test(key)) return commands.digit && (() => commands.digit(Number(key)));
  return commands[key.toLowerCase()];
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.matches("input, textarea, select") || target.closest("dialog") !== null);
}
