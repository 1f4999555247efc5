/** One line that says what the outbox is doing, and why it waits. */

import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../i18n.js";

/** @returns {boolean} whether the phone says that it has a network; the service may still be out of reach */
export function useOnline() {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online;
}

/** @type {Record<string, {mood: string, icon: any}>} */
const LOOKS = {
  sending: { mood: "", icon: "upload" },
  waiting: { mood: "", icon: "clock" },
  offline: { mood: "warn", icon: "offline" },
  retrying: { mood: "warn", icon: "repeat" },
  login: { mood: "warn", icon: "person" },
  stranger: { mood: "warn", icon: "person" },
  fault: { mood: "bad", icon: "warn" },
  needs_place: { mood: "warn", icon: "pin" },
  refused: { mood: "bad", icon: "warn" },
  done: { mood: "good", icon: "check" },
};

/** @param {{state: ReturnType<typeof import("./letters.js").doing>, others: number, onNow: () => void}} props `others`: letters of other people on this phone */
export function OutboxBar({ state: { word, count, more }, others, onNow }) {
  const look = LOOKS[word];
  const canHurry = ["offline", "retrying", "fault", "waiting"].includes(word);
  return html`
    <div class="outbox" aria-live="polite" data-doing=${word}>
      ${look && html`<p class="notice ${look.mood}"><${Icon} name=${look.icon} />
        <span>${t(`field.doing_${word}`, { count, more })}</span>
        ${canHurry && html`<button type="button" class="button plain" onClick=${onNow}>${t("field.try_now")}</button>`}
        ${(word === "login" || word === "stranger") && html`<a class="button" href=${`/login?next=${encodeURIComponent("/upload")}`}>${t("login.enter")}</a>`}</p>`}
      ${others > 0 && html`<p class="notice"><${Icon} name="person" /><span>${t("field.others", { count: others })}</span></p>`}
      ${!isSecureContext && html`<p class="notice warn"><${Icon} name="info" /><span>${t("field.not_secure")}</span></p>`}
    </div>`;
}
