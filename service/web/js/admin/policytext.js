/** A text with its lines numbered; lines that are wrong or different are marked, and a link to a line leads there. */

import { html, useEffect, useRef } from "../html.js";
import { t } from "../i18n.js";

/** @param {{text: string, problems: any[], changes: any[], onText: (text: string) => void, readonly: boolean}} props */
export function TextArea({ text, problems, changes, onText, readonly }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const gutter = useRef(/** @type {HTMLElement | null} */ (null));
  const wrong = new Set(problems.map(({ line }) => line));
  const different = new Set(changes.map(({ line }) => line));
  const lines = text.split("\n");
  useEffect(() => {
    const follow = () => {
      const line = Number(/^#line-(\d+)$/.exec(location.hash)?.[1]);
      if (line && area.current) select(area.current, line);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const onScroll = () => gutter.current && area.current && (gutter.current.scrollTop = area.current.scrollTop);
  const mark = (/** @type {number} */ line) => (wrong.has(line) ? "wrong" : different.has(line) ? "different" : "");
  return html`<div class="text-editor">
    <ol ref=${gutter} class="gutter" aria-hidden="true">${lines.map((_, at) => html`<li key=${at} class=${mark(at + 1)}>${at + 1}</li>`)}</ol>
    <textarea ref=${area} class="mono" aria-label=${t("policy.text")} spellcheck="false" wrap="off" readonly=${readonly} value=${text} onScroll=${onScroll}
      aria-invalid=${problems.length > 0 ? "true" : undefined} onInput=${(/** @type {any} */ event) => onText(event.target.value)}></textarea></div>`;
}

/** Puts the caret over a whole line and brings it into sight. @param {HTMLTextAreaElement} area @param {number} line counted from 1 */
function select(area, line) {
  const lines = area.value.split("\n");
  const begin = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(begin, begin + (lines[line - 1]?.length ?? 0));
  area.scrollTop = (area.scrollHeight / lines.length) * (line - 6);
}
