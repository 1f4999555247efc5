/** The administrator's page: cameras and how they are, the model that looks, accounts and keys. */

import { get } from "../api.js";
import { kindName } from "../catalog.js";
import { settled, watch } from "../events.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, dateTime, hundredths, named, sentenceOf, t } from "../i18n.js";
import { start } from "../shell.js";
import { toastError } from "../toasts.js";

/** @param {string} path @param {boolean} [live] @returns {any} null until it is here */
function useAnswer(path, live = false) {
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const load = () => get(path).then(setAnswer).catch(toastError);
    void load();
    return live ? watch(settled(load, 1000)) : undefined;
  }, [path]);
  return answer;
}

const Admin = () => html`
  <div class="page-head"><h1>${t("nav.admin")}</h1></div>
  <div class="admin-page">
    <${Cameras} /><${Model} /><${People} /><${Keys} /><${Links} />
  </div>`;

/** @param {{title: string, answer: any, children?: any, count?: number}} props */
const Panel = ({ title, answer, children, count }) => html`
  <section class="card panel"><h2>${title}${typeof count === "number" && html` <span class="quiet">${count}</span>`}</h2>
    ${answer ? children : html`<div class="skeleton"></div>`}</section>`;

function Cameras() {
  const answer = useAnswer("/api/cameras?limit=200", true);
  return html`
    <${Panel} title=${t("admin.cameras")} answer=${answer} count=${answer?.items.length}>
      <ul class="lines">${answer?.items.map((/** @type {any} */ camera) => html`
        <li key=${camera.id}><span class="line-main"><${Icon} name="camera" /><span><b>${camera.name || camera.id}</b><span class="quiet small">${named("camera_kinds", camera.kind)} · ${camera.id}</span>${camera.trouble && html`<span class="small">${sentenceOf({ code: camera.trouble })}${camera.trouble_since && ` ${ago(camera.trouble_since)}`}</span>`}</span></span>
          <span class="line-side"><${CameraState} camera=${camera} /><span class="quiet small">${camera.last_frame_at ? ago(camera.last_frame_at) : t("admin.no_frame")}</span></span></li>`)}</ul>
      ${answer?.items.length === 0 && html`<p class="quiet">${t("admin.no_cameras")}</p>`}
    </${Panel}>`;
}

/** @param {{camera: any}} props */
function CameraState({ camera }) {
  const why = camera.trouble ? sentenceOf({ code: camera.trouble }) : undefined;
  return html`<span class="state ${camera.state}" title=${why}>${named("camera_states", camera.state)}</span>`;
}

function Model() {
  const card = useAnswer("/api/model");
  const kinds = card?.kinds ?? [];
  const metric = (/** @type {string} */ kind, /** @type {string} */ name) => card.metrics?.[kind]?.[name] ?? card.metrics?.per_kind?.[kind]?.[name];
  const shown = (/** @type {any} */ value) => (typeof value === "number" ? hundredths(value) : "—");
  return html`
    <${Panel} title=${t("admin.model")} answer=${card}>
      <p class="model-name"><b>${card?.name}</b> <span class="mono quiet">${card?.version}</span> <span class="quiet small">${card?.licence}</span></p>
      <div class="scroll"><table>
        <thead><tr><th>${t("admin.kind")}</th><th>${t("admin.threshold")}</th><th>AP50</th><th>${t("admin.precision")}</th><th>${t("admin.recall")}</th></tr></thead>
        <tbody>${kinds.map((/** @type {string} */ kind) => html`<tr key=${kind}><td>${kindName(kind)}</td><td>${shown(card.thresholds?.[kind])}</td>
          ${["ap50", "precision", "recall"].map((name) => html`<td>${shown(metric(kind, name))}</td>`)}</tr>`)}</tbody>
      </table></div>
    </${Panel}>`;
}

function People() {
  const answer = useAnswer("/api/users");
  return html`
    <${Panel} title=${t("admin.users")} answer=${answer} count=${answer?.items.length}>
      <ul class="lines">${answer?.items.map((/** @type {any} */ person) => html`
        <li key=${person.login} class=${person.disabled_at ? "gone" : ""}><span class="line-main"><${Icon} name="person" /><span><b>${person.name || person.login}</b><span class="quiet small">${person.login}</span></span></span>
          <span class="line-side"><span class="state">${named("roles", person.role)}</span>${person.disabled_at && html`<span class="small quiet">${t("admin.disabled")}</span>`}</span></li>`)}</ul>
    </${Panel}>`;
}

function Keys() {
  const answer = useAnswer("/api/keys");
  return html`
    <${Panel} title=${t("admin.keys")} answer=${answer} count=${answer?.items.length}>
      <ul class="lines">${answer?.items.map((/** @type {any} */ key) => html`
        <li key=${key.id} class=${key.revoked_at ? "gone" : ""}><span class="line-main"><span><b>${key.name}</b><span class="quiet small mono">${key.camera_id ?? key.id}</span></span></span>
          <span class="line-side"><span class="state">${named("roles", key.role)}</span><span class="small quiet">${key.revoked_at ? t("admin.revoked") : dateTime(key.created_at)}</span></span></li>`)}</ul>
      ${answer?.items.length === 0 && html`<p class="quiet">${t("admin.no_keys")}</p>`}
    </${Panel}>`;
}

const LINKS = [["/openapi.json", "openapi"], ["/metrics", "metrics"], ["/readyz", "ready"], ["/api/moves", "moves"], ["/api/catalog", "catalog"]];

const Links = () => html`
  <${Panel} title=${t("admin.links")} answer=${true}>
    <ul class="lines">${LINKS.map(([href, key]) => html`<li key=${href}><a href=${href}>${t(`admin.link_${key}`)}</a><span class="mono small quiet">${href}</span></li>`)}</ul>
  </${Panel}>`;

void start("admin", Admin);
