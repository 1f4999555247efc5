/** Where two reviewers did not say the same: both words side by side on their picture, for a third to decide; and how often each agrees. */

import { post } from "../api.js";
import { conditionName } from "../catalog.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, named, number, percent, t } from "../i18n.js";
import { Picture } from "../picture.js";
import { Condition, placeWords } from "../ticketbits.js";
import { toast } from "../toasts.js";
import { inAddress, keepInAddress, Panel, useAnswer, usePages, useSending } from "./bits.js";

const SHOWN = { open: "agrees=false&settled=false", decided: "agrees=false&settled=true", alike: "agrees=true" };
const DAYS = [7, 30, 90];

/** @typedef {keyof typeof SHOWN} Which */

/** @param {{session: any}} props */
export default function Looks({ session }) {
  const asked = inAddress("show");
  const [show, setShow] = useState(/** @type {Which} */ (asked && Object.hasOwn(SHOWN, asked) ? asked : "open"));
  const [answer, reload, more] = usePages(`/api/review/second-looks?limit=50&${SHOWN[show]}`);
  useEffect(() => keepInAddress({ show }), [show]);
  return html`
    <${Panel} title=${t("looks.title")} answer=${answer} name="looks" action=${html`<div class="choices" role="group" aria-label=${t("looks.which")}>${Object.keys(SHOWN).map((one) => html`
      <button key=${one} type="button" class="choice" aria-pressed=${one === show} onClick=${() => setShow(/** @type {Which} */ (one))}>${t(`looks.${one}`)}</button>`)}</div>`}>
      <p class="quiet small">${t("looks.long")}</p>
      ${answer?.items.length === 0 && html`<div class="empty"><${Icon} name="calm" size=${40} /><h2>${t(`looks.none_${show}`)}</h2></div>`}
      <ul class="looks">${answer?.items.map((/** @type {Api.SecondLookAnswer} */ look) => html`<${Look} key=${look.observation_id} look=${look} session=${session} onDecided=${reload} />`)}</ul>
      ${answer?.next && html`<div><button type="button" class="button" onClick=${() => void more()}>${t("looks.more")}</button></div>`}
    </${Panel}>
    <${Agreement} />`;
}

/** @param {{look: Api.SecondLookAnswer, session: any, onDecided: () => Promise<void>}} props */
function Look({ look, session, onDecided }) {
  const { observation, first, second, settled, ticket } = look;
  const [sending, run] = useSending();
  const isOneOfThem = [first.by, second.by].includes(session.login);
  const mayDecide = !look.agrees && !settled && !isOneOfThem;
  const decide = (/** @type {string} */ stands) => () => void run(async () => {
    await post(`/api/observations/${look.observation_id}/second-look/decision`, { stands });
    toast(t("looks.is_decided"));
    await onDecided();
  });
  return html`<li class="look card">
    <div class="look-picture"><${Picture} evidence_id=${observation.evidence_id} width=${observation.width} height=${observation.height} detections=${observation.detections} alt=${t("looks.picture")} /></div>
    <div class="look-words"><p class="look-head"><${Condition} id=${look.condition} /> ${ticket && html`<a href="/tickets/${ticket.id}">${ticket.number}</a> <span class="quiet small">${named("states", ticket.state)}</span>`}</p>
      <p class="quiet small">${[dateTime(observation.taken_at), placeWords(observation.place)].filter(Boolean).join(" · ")}</p>
      <div class="look-two"><${Word} word=${first} which="first">${mayDecide && html`<button type="button" class="button" disabled=${sending} onClick=${decide("first")} aria-label=${t("looks.stands_long", { by: first.by })}>${t("looks.stands")}</button>`}</${Word}>
        <${Word} word=${second} which="second">${mayDecide && html`<button type="button" class="button" disabled=${sending} onClick=${decide("second")} aria-label=${t("looks.stands_long", { by: second.by })}>${t("looks.stands")}</button>`}</${Word}></div>
      ${settled && html`<p class="notice"><${Icon} name="check" /><span>${t("looks.decided_by", { by: settled.by, at: dateTime(settled.at), word: wordOf(settled) })}</span></p>`}
      ${!look.agrees && !settled && isOneOfThem && html`<p class="quiet small">${t("looks.own")}</p>`}</div>
  </li>`;
}

/** @param {Api.ReviewWord} word @returns {string} what somebody said, with its reason or its other condition */
const wordOf = ({ verdict, reason, condition }) => [t(`looks.word_${verdict}`), verdict === "false" ? named("reasons", reason ?? "") : condition && conditionName(condition)].filter(Boolean).join(" · ");

/** @param {{word: Api.ReviewWord, which: string, children?: any}} props */
const Word = ({ word, which, children }) => html`
  <div class="look-word ${word.verdict}" data-word=${which}><span class="quiet small">${t(`looks.${which}`)}</span><b>${wordOf(word)}</b>
    <span class="quiet small" title=${dateTime(word.at)}>${word.by} · ${ago(word.at)}</span>${children}</div>`;

function Agreement() {
  const [days, setDays] = useState(30);
  const [answer] = useAnswer(`/api/review/agreement?days=${days}`);
  return html`
    <${Panel} title=${t("looks.agreement")} answer=${answer} name="agreement" action=${html`<div class="choices" role="group" aria-label=${t("looks.days")}>${DAYS.map((one) => html`
      <button key=${one} type="button" class="choice" aria-pressed=${one === days} onClick=${() => setDays(one)}>${t("looks.last_days", { count: one })}</button>`)}</div>`}>
      ${answer?.items.length === 0 && html`<p class="quiet">${t("looks.nobody")}</p>`}
      ${answer?.items.length > 0 && html`<div class="scroll" tabindex="0"><table><thead><tr><th>${t("looks.reviewer")}</th><th>${t("looks.twice")}</th><th>${t("looks.agreed")}</th><th class="wide">${t("looks.share")}</th></tr></thead>
        <tbody>${answer.items.map((/** @type {Api.AgreementAnswer} */ one) => html`<tr key=${one.reviewer}><td>${one.reviewer}</td><td>${number(one.looked_again)}</td><td>${number(one.agreed)}</td>
          <td class="wide"><meter min="0" max="1" value=${one.share}></meter> ${percent(one.share)}</td></tr>`)}</tbody></table></div>`}
    </${Panel}>`;
}
