/** The desk on a wall: nothing to click, letters for five metres away, a clock, and numbers that renew themselves. */

import { ZONE } from "./cityclock.js";
import { html, useEffect, useState } from "./html.js";
import { Icon, Mark } from "./icons.js";
import { locale, t } from "./i18n.js";

const TICK_MS = 1000;

/** @returns {[boolean, (on: boolean) => void]} whether the page is on the wall, as the address says; and puts it there */
export function useWall() {
  const [isOn, setOn] = useState(new URLSearchParams(location.search).get("wall") === "1");
  useEffect(() => {
    document.documentElement.classList.toggle("wall", isOn);
    if (!isOn) return undefined;
    const leave = (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && setOn(false);
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, [isOn]);
  return [isOn, setOn];
}

/** @param {{onLeave: () => void}} props */
export function WallHead({ onLeave }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: ZONE }).format(now);
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: ZONE }).format(now);
  const fill = () => void document.documentElement.requestFullscreen?.().catch(() => {}); // a browser that does not let it stays as it is
  return html`<header class="wall-head"><${Mark} /><h1>${t("brand")}</h1><div class="gap"></div>
    <div class="wall-acts"><button type="button" class="button" onClick=${fill}><${Icon} name="fit" size=${18} />${t("desk.fill")}</button><button type="button" class="button" onClick=${onLeave}>${t("desk.leave_wall")}</button></div>
    <span class="quiet">${day}</span><time class="wall-clock" dateTime=${now.toISOString()}>${time}</time></header>`;
}
