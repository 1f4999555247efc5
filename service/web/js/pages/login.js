/** Logging in, and the first administrator's set-up by a one-time link. */

import { call } from "../api.js";
import { html, useState } from "../html.js";
import { Icon, Mark } from "../icons.js";
import { sentenceOf, t } from "../i18n.js";
import { LangSwitch, forgetAnswers, homeOf, startOutside } from "../shell.js";

const SETUP = location.pathname === "/setup";
const asked = new URLSearchParams(location.search);
const SHORTEST_PASSWORD = 10;

/** @returns {Promise<string>} where to go after the login: only ever a page of ours */
async function nextPage() {
  const next = asked.get("next") ?? "";
  const { origin, href } = new URL(next || ".", location.href);
  if (next.startsWith("/") && origin === location.origin) return href;
  const { role } = await call("GET", "/api/session");
  return homeOf(role);
}

/** @param {FormData} form */
function enter(form) {
  const login = String(form.get("login")).trim();
  const password = String(form.get("password"));
  if (!SETUP) return call("POST", "/api/session", { json: { login, password }, stay: true });
  return call("POST", "/api/setup", { json: { token: asked.get("token") ?? "", login, password }, stay: true });
}

function Login() {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState(/** @type {string | null} */ (null));
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setBusy(true);
    setRefused(null);
    try {
      await enter(new FormData(/** @type {HTMLFormElement} */ (event.target)));
      await forgetAnswers();
      location.assign(await nextPage());
    } catch (/** @type {any} */ error) {
      if (!("code" in error)) throw error;
      setRefused(error.status === 401 ? t(SETUP ? "login.link_used" : "login.wrong") : sentenceOf(error));
      setBusy(false);
    }
  };
  return html`
    <div class="login-page">
      <header class="login-lang"><${LangSwitch} /></header>
      <main class="login card" id="main">
        <header><${Mark} /><h1>${t(SETUP ? "login.setup" : "brand")}</h1><p class="quiet">${t(SETUP ? "login.setup_long" : "login.tagline")}</p></header>
        <form onSubmit=${submit}>
          ${refused && html`<p class="notice bad" role="alert"><${Icon} name="warn" />${refused}</p>`}
          <label class="field"><span>${t("login.login")}</span><input class="input" name="login" autocomplete="username" autocapitalize="none" spellcheck=${false} required autofocus /></label>
          <label class="field"><span>${t("login.password")}</span>
            <input class="input" name="password" type="password" autocomplete=${SETUP ? "new-password" : "current-password"} minlength=${SETUP ? SHORTEST_PASSWORD : undefined} required />
            ${SETUP && html`<span class="hint">${t("login.password_hint", { count: SHORTEST_PASSWORD })}</span>`}</label>
          <button type="submit" class="button primary wide" disabled=${busy}>${t(SETUP ? "login.make_admin" : "login.enter")}</button>
        </form>
      </main>
    </div>`;
}

void startOutside(SETUP ? "login.setup" : "login.enter", Login);
