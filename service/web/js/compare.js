/** One place twice: this picture, and an earlier one that a slider draws over it. */

import { pictureHref } from "./api.js";
import { conditionName } from "./catalog.js";
import { html, useState } from "./html.js";
import { ago, dateTime, t } from "./i18n.js";

/** @typedef {import("./around.js").Pass} Pass */

const STEP = 10;

/** @param {Api.ObservationAnswer} observation @param {Pass[]} earlier @returns what `Compare` draws, with the keys that go with it */
export function useCompare(observation, earlier) {
  const [at, setAt] = useState(0);
  const [share, setShare] = useState(50);
  const wipe = (/** @type {number} */ by) => setShare(Math.min(100, Math.max(0, share + by)));
  const choose = (/** @type {number} */ to) => setAt(Math.min(earlier.length - 1, Math.max(0, to)));
  const keys = {
    arrowleft: () => wipe(-STEP), arrowright: () => wipe(STEP), arrowdown: () => choose(at + 1), arrowup: () => choose(at - 1),
    digit: (/** @type {number} */ number) => choose(number - 1),
  };
  return { observation, earlier, at, share, setShare, choose, keys };
}

/** @param {Pass} pass */
const captionOf = ({ role, condition, at }) => [t(`around.roles.${role}`), conditionName(condition), dateTime(at)].filter(Boolean).join(" · ");

/** @param {{compare: ReturnType<typeof useCompare>}} props */
export const Compare = ({ compare: { observation, earlier, at, share, setShare, choose } }) => html`
  <section class="stage comparing" aria-label=${t("around.compare")} style=${{ "--share": `${share}%`, "--ratio": observation.width / observation.height }}>
    <div class="wipe">
      <img src=${pictureHref(observation.evidence_id)} alt=${t("around.this")} />
      <img class="over" src=${pictureHref(earlier[at].evidence_id)} alt=${captionOf(earlier[at])} />
      <i aria-hidden="true"></i>
      <span class="box-label first">${captionOf(earlier[at])}</span><span class="box-label last">${t("around.now")}</span>
    </div>
    <div class="passes">
      <label><span>${t("around.slider")}</span><input type="range" min="0" max="100" value=${share} onInput=${(/** @type {any} */ event) => setShare(Number(event.target.value))} /></label>
      <ol>${earlier.map((pass, index) => html`
        <li key=${pass.evidence_id}><button type="button" aria-current=${index === at ? "true" : undefined} aria-label=${captionOf(pass)} title=${captionOf(pass)} onClick=${() => choose(index)}>
          <img src=${pictureHref(pass.evidence_id)} alt="" loading="lazy" decoding="async" /><span class="small">${ago(pass.at)}</span></button></li>`)}</ol>
    </div>
  </section>`;
