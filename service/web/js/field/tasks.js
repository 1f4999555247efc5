/** Where the inspector is to go: own tasks and free ones with their clocks; an answer goes to the outbox. */

import { call, pictureHref } from "../api.js";
import { html, useEffect, useState } from "../html.js";
import { Icon } from "../icons.js";
import { ago, t } from "../i18n.js";
import { toMetres } from "../geo.js";
import { settled, watch } from "../events.js";
import { Condition, DueClock, placeWords } from "../ticketbits.js";
import { toastError } from "../toasts.js";
import { here } from "./drafts.js";
import { isAnswered } from "./letters.js";
import { LookDialog } from "./look.js";

/** @typedef {import("./letters.js").Letter} Letter */
/** @typedef {import("./letters.js").Where} Where */

const MOST = 200;
const QUIET_MS = 900;

/** @param {string} holder @returns {Promise<any[]>} tasks that nobody has answered yet */
const tasksOf = (holder) =>
  call("GET", `/api/tasks?holder=${holder}&limit=${MOST}`).then(({ items }) => items.filter((/** @type {any} */ { looked }) => !looked));

/** The tasks at hand, as the service says or said last; null until they are here. */
export function useTasks() {
  const [tasks, setTasks] = useState(/** @type {{own: any[], free: any[]} | null} */ (null));
  const load = () => Promise.all([tasksOf("me"), tasksOf("none")]).then(([own, free]) => setTasks({ own: byClock(own), free: byClock(free) }), (error) => error.code === "network" || toastError(error));
  useEffect(() => {
    void load();
    return watch(settled(load, QUIET_MS));
  }, []);
  return { tasks, load };
}

/** @param {any[]} tasks @returns {any[]} what is due first, first; what has no clock, last */
const byClock = (tasks) => tasks.toSorted((a, b) => dueOf(a).localeCompare(dueOf(b)));

/** @param {any} task */
const dueOf = ({ held, due_at }) => held?.due_at ?? due_at ?? "9";

/** @param {{tasks: {own: any[], free: any[]} | null, load: () => void, letters: Letter[], onAnswer: (letter: Letter, pictures: {id: string, blob: Blob}[]) => Promise<boolean>, login: string}} props */
export function Tasks({ tasks, load, letters, onAnswer, login }) {
  const [position, setPosition] = useState(/** @type {Where | null} */ (null));
  const [asked, setAsked] = useState(/** @type {any} */ (null));
  useEffect(() => void here().then(setPosition), []);
  if (!tasks) return html`<p class="card padded quiet">${t("field.tasks_unknown")}</p>`;
  const props = { position, letters, onAsk: setAsked, load };
  return html`
    <section><h2>${t("field.own_tasks", { count: tasks.own.length })}</h2>
      ${tasks.own.length === 0 && html`<p class="quiet">${t("field.no_own_tasks")}</p>`}
      <ul class="tasks">${tasks.own.map((task) => html`<${TaskCard} key=${task.ticket_id} task=${task} isOwn ...${props} />`)}</ul></section>
    ${tasks.free.length > 0 && html`<section><h2>${t("field.free_tasks", { count: tasks.free.length })}</h2>
      <ul class="tasks">${tasks.free.map((task) => html`<${TaskCard} key=${task.ticket_id} task=${task} ...${props} />`)}</ul></section>`}
    ${asked && html`<${LookDialog} task=${asked} login=${login} onClose=${() => setAsked(null)} onDone=${async (/** @type {Letter} */ letter, /** @type {{id: string, blob: Blob}[]} */ pictures) => (await onAnswer(letter, pictures)) && setAsked(null)} />`}`;
}

/** @param {{task: any, isOwn?: boolean, position: Where | null, letters: Letter[], onAsk: (task: any) => void, load: () => void}} props */
function TaskCard({ task, isOwn = false, position, letters, onAsk, load }) {
  const { held, place } = task;
  const take = () => void call("POST", `/api/tasks/${task.ticket_id}/take`).then(load, toastError);
  const metres = position && place ? Math.round(Math.hypot(...Object.values(toMetres(place, position)))) : null;
  return html`
    <li class="task card" data-task=${task.kind}>
      <a class="task-picture" href="/tickets/${task.ticket_id}" tabindex="-1" aria-hidden="true">${task.picture && html`<img src=${pictureHref(task.picture)} alt="" loading="lazy" />`}</a>
      <div class="task-words">
        <p class="shot-line"><${Condition} id=${task.condition} /><span class="task-kind">${t(`field.${task.kind}`)}</span></p>
        <p class="small"><a href="/tickets/${task.ticket_id}" class="mono">${task.number}</a> <span class="quiet">${ago(task.since)}</span></p>
        <p class="small">${task.address || placeWords(place)}${metres !== null && html` <span class="quiet">${t("field.metres", { count: metres })}</span>`}</p>
        <${DueClock} due_at=${held?.due_at ?? task.due_at} state=${task.state} />
        ${held?.note && html`<p class="small notice">${held.note}</p>`}
      </div>
      <div class="task-foot">
        ${isAnswered(task, letters) ? html`<span class="quiet small shot-line"><${Icon} name="check" size=${16} />${t("field.answered")}</span>`
          : isOwn ? html`<button type="button" class="button primary" onClick=${() => onAsk(task)}>${t("field.answer")}</button>`
          : html`<button type="button" class="button" onClick=${take}>${t("field.take")}</button>`}
      </div>
    </li>`;
}
