/** Accounts of people and keys of programs: made, changed, shut out; a secret is shown once and never again. */

import { call, post } from "../api.js";
import { Dialog } from "../dialog.js";
import { html, useState } from "../html.js";
import { Icon } from "../icons.js";
import { dateTime, named, t } from "../i18n.js";
import { toast } from "../toasts.js";
import { unitName, useUnits } from "../units.js";
import { Field, Panel, told, useAnswer, useSending } from "./bits.js";
import { Secret } from "./secret.js";

const ROLES = ["ops", "chief", "inspector", "unit", "viewer", "admin"];
const KEY_ROLES = ["camera", "inspector", "ops", "unit", "viewer", "chief", "admin"];
const SHORTEST_PASSWORD = 8;

/** @param {{session: any}} props */
export default ({ session }) => html`<${Accounts} session=${session} /><${Keys} />`;

/** @param {{session: any}} props */
function Accounts({ session }) {
  const [answer, reload] = useAnswer("/api/users");
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const units = useUnits();
  const people = [...(answer?.items ?? [])].sort((one, other) => Number(Boolean(one.disabled_at)) - Number(Boolean(other.disabled_at)));
  const done = () => (setOpen(null), void reload());
  return html`
    <${Panel} title=${t("admin.users")} answer=${answer} count=${answer?.items.length} name="accounts" action=${html`<button type="button" class="button" onClick=${() => setOpen({})}><${Icon} name="plus" size=${18} />${t("people.add")}</button>`}>
      <ul class="lines">${people.map((person) => html`
        <li key=${person.login} class=${person.disabled_at ? "gone" : ""}><span class="line-main"><${Icon} name="person" /><span><b>${person.name || person.login}</b>
            <span class="quiet small">${person.login}${person.unit_id && ` · ${unitName(units, person.unit_id)}`}</span></span></span>
          <span class="line-acts"><span class="line-side"><span class="state">${named("roles", person.role)}</span>${person.disabled_at && html`<span class="small quiet">${t("admin.disabled")}</span>`}</span>
            <button type="button" class="button" aria-label=${t("people.change_this", { name: person.name || person.login })} onClick=${() => setOpen(person)}>${t("people.change")}</button></span></li>`)}</ul>
      ${open && (open.login ? html`<${Change} person=${open} units=${units} isMe=${open.login === session.login} onClose=${() => setOpen(null)} onDone=${done} />` : html`<${NewAccount} units=${units} onClose=${() => setOpen(null)} onDone=${done} />`)}
    </${Panel}>`;
}

/** @param {{name: string, roles: string[], value?: string, onChange?: (role: string) => void, disabled?: boolean}} props */
const RoleChoice = ({ name, roles, value, onChange, disabled }) => html`
  <select class="input" name=${name} value=${value} disabled=${disabled} onChange=${(/** @type {any} */ event) => onChange?.(event.target.value)}>${roles.map((role) => html`<option key=${role} value=${role}>${named("roles", role)}</option>`)}</select>`;

/** @param {{units: any[], value?: string | null}} props */
const UnitChoice = ({ units, value }) => html`
  <${Field} label=${t("people.unit")}><select class="input" name="unit" required><option value="" disabled selected=${!value}></option>${units.map((unit) => html`<option key=${unit.id} value=${unit.id} selected=${unit.id === value}>${unitName(units, unit)}</option>`)}</select></${Field}>`;

/** @param {{units: any[], onClose: () => void, onDone: () => void}} props */
function NewAccount({ units, onClose, onDone }) {
  const [role, setRole] = useState("ops");
  const [sending, run] = useSending();
  const send = (/** @type {SubmitEvent} */ event) => {
    const { login, password, name, unit } = told(event);
    void run(async () => (await post("/api/users", { login, password, role, name, unit }), toast(t("people.made", { login })), onDone()));
  };
  return html`<${Dialog} title=${t("people.add")} onClose=${onClose}><form class="stack" onSubmit=${send}>
    <${Field} label=${t("people.login")}><input class="input" name="login" required maxlength="64" pattern="\\S+" autocomplete="off" /></${Field}>
    <${Field} label=${t("people.name")}><input class="input" name="name" maxlength="100" autocomplete="off" /></${Field}>
    <${Field} label=${t("people.role")}><${RoleChoice} name="role" roles=${ROLES} value=${role} onChange=${setRole} /></${Field}>
    ${role === "unit" && html`<${UnitChoice} units=${units} />`}
    <${Field} label=${t("people.password")} hint=${t("people.password_hint", { count: SHORTEST_PASSWORD })}><input class="input" type="password" name="password" required minlength=${SHORTEST_PASSWORD} autocomplete="new-password" /></${Field}>
    <div class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${sending}>${t("people.create")}</button></div>
  </form></${Dialog}>`;
}

/** @param {{person: any, units: any[], isMe: boolean, onClose: () => void, onDone: () => void}} props */
function Change({ person, units, isMe, onClose, onDone }) {
  const [role, setRole] = useState(person.role);
  const [sending, run] = useSending();
  const path = `/api/users/${encodeURIComponent(person.login)}`;
  const send = (/** @type {SubmitEvent} */ event) => {
    const { name, unit, password } = told(event);
    void run(async () => (await call("PATCH", path, { json: { name, password, ...(!isMe && { role, unit }) } }), toast(t("people.changed", { login: person.login })), onDone()));
  };
  const toggle = () => void run(async () => {
    if (person.disabled_at) await call("PATCH", path, { json: { disabled: false } });
    else await post(`${path}/disable`, {});
    onDone();
  });
  return html`<${Dialog} title=${t("people.change_this", { name: person.name || person.login })} onClose=${onClose}><form class="stack" onSubmit=${send}>
    <p class="quiet small">${t("people.since", { login: person.login, at: dateTime(person.created_at) })}</p>
    <${Field} label=${t("people.name")}><input class="input" name="name" required maxlength="100" defaultValue=${person.name} autocomplete="off" /></${Field}>
    <${Field} label=${t("people.role")} hint=${isMe ? t("people.not_own") : undefined}><${RoleChoice} name="role" roles=${ROLES} value=${role} onChange=${setRole} disabled=${isMe} /></${Field}>
    ${role === "unit" && html`<${UnitChoice} units=${units} value=${person.unit_id} />`}
    <${Field} label=${t("people.new_password")} hint=${t("optional")}><input class="input" type="password" name="password" minlength=${SHORTEST_PASSWORD} autocomplete="new-password" /></${Field}>
    <div class="dialog-foot">${!isMe && html`<button type="button" class="button ${person.disabled_at ? "" : "danger"}" disabled=${sending} onClick=${toggle}>${t(person.disabled_at ? "people.enable" : "people.disable")}</button>`}
      <span class="gap"></span><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${sending}>${t("people.save")}</button></div>
  </form></${Dialog}>`;
}

function Keys() {
  const [answer, reload] = useAnswer("/api/keys");
  const [isMaking, setMaking] = useState(false);
  const [sending, run] = useSending();
  const revoke = (/** @type {any} */ key) => void run(async () => (await call("DELETE", `/api/keys/${key.id}`), toast(t("people.key_revoked", { name: key.name })), await reload()));
  const keys = [...(answer?.items ?? [])].sort((one, other) => Number(Boolean(one.revoked_at)) - Number(Boolean(other.revoked_at)) || other.created_at.localeCompare(one.created_at));
  return html`
    <${Panel} title=${t("admin.keys")} answer=${answer} count=${answer?.items.length} name="keys" action=${html`<button type="button" class="button" onClick=${() => setMaking(true)}><${Icon} name="plus" size=${18} />${t("people.add_key")}</button>`}>
      <p class="quiet small">${t("people.keys_long")}</p>
      <ul class="lines">${keys.map((key) => html`
        <li key=${key.id} class=${key.revoked_at ? "gone" : ""}><span class="line-main"><span><b>${key.name}</b><span class="quiet small mono break">${key.camera_id ?? key.id}</span></span></span>
          <span class="line-acts"><span class="line-side"><span class="state">${named("roles", key.role)}</span><span class="small quiet">${key.revoked_at ? t("admin.revoked") : dateTime(key.created_at)}</span></span>
            ${!key.revoked_at && html`<button type="button" class="button danger" disabled=${sending} aria-label=${t("people.revoke_this", { name: key.name })} onClick=${() => revoke(key)}>${t("people.revoke")}</button>`}</span></li>`)}</ul>
      ${answer?.items.length === 0 && html`<p class="quiet">${t("admin.no_keys")}</p>`}
      ${isMaking && html`<${NewKey} onMade=${reload} onClose=${() => setMaking(false)} />`}
    </${Panel}>`;
}

/** @param {{onMade: () => Promise<void>, onClose: () => void}} props */
function NewKey({ onMade, onClose }) {
  const [role, setRole] = useState("camera");
  const [made, setMade] = useState(/** @type {any} */ (null));
  const [sending, run] = useSending();
  const [cameras] = useAnswer("/api/cameras?limit=200", { whole: true });
  const send = (/** @type {SubmitEvent} */ event) => {
    const { name, camera } = told(event);
    void run(async () => (setMade(await post("/api/keys", { name, role, ...(role === "camera" && { camera }) })), await onMade()));
  };
  if (made) return html`<${Secret} title=${t("people.key_made")} value=${made.key} onClose=${onClose} />`;
  return html`<${Dialog} title=${t("people.add_key")} onClose=${onClose}><form class="stack" onSubmit=${send}>
    <${Field} label=${t("people.key_name")}><input class="input" name="name" required maxlength="100" autocomplete="off" /></${Field}>
    <${Field} label=${t("people.role")}><${RoleChoice} name="role" roles=${KEY_ROLES} value=${role} onChange=${setRole} /></${Field}>
    ${role === "camera" && html`<${Field} label=${t("people.camera")}><select class="input" name="camera" required>${cameras?.items.map((/** @type {any} */ one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select></${Field}>`}
    <div class="dialog-foot"><button type="button" class="button" onClick=${onClose}>${t("cancel")}</button><button class="button primary" disabled=${sending}>${t("people.create")}</button></div>
  </form></${Dialog}>`;
}
