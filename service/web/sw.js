/** The worker of the inspector's page: opens it without a network and gives the last answers that it needs to draw.
 *
 * The service writes `SHELL` above this line: the page, its files with their hashes, and a version made of them. A
 * version is kept whole or not at all. Nothing that is sent passes through here: the outbox of the page does that.
 */

const SHELL_NAME = `shell-${SHELL.version}`;
const LAST = "last-answers";
const PATIENCE_MS = 4000;
const MOST_PICTURES = 60;

/** Answers that the page can live with although they are old. */
const KEPT = ["/api/session", "/api/catalog", "/api/moves", "/api/streets", "/api/units", "/api/tasks"];
const PICTURE = /^\/api\/evidence\/[^/]+$/;

addEventListener("install", (event) => event.waitUntil(take().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(settle()));
addEventListener("fetch", (event) => {
  const answer = answerFor(event.request);
  if (answer) event.respondWith(answer);
});

async function take() {
  const kept = await caches.open(SHELL_NAME);
  await kept.addAll(Object.entries(SHELL.files).map(([path, integrity]) => new Request(path, { integrity, cache: "no-cache" })));
}

async function settle() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== SHELL_NAME).map((name) => caches.delete(name)));
  await clients.claim();
}

/** @param {Request} request @returns {Promise<Response> | null} null: the browser asks the network as ever */
function answerFor(request) {
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return null;
  if (request.mode === "navigate") return pathname === SHELL.page ? fromShell(SHELL.page, request) : null;
  if (pathname in SHELL.files) return fromShell(pathname, request);
  if (KEPT.includes(pathname)) return latest(request);
  return PICTURE.test(pathname) && !search ? latest(request) : null;
}

/** @param {string} path @param {Request} request */
async function fromShell(path, request) {
  const kept = await caches.open(SHELL_NAME);
  return (await kept.match(path)) ?? fetch(request);
}

/** @param {Request} request what the service says now, or what it said last if it does not answer in time */
async function latest(request) {
  const kept = await caches.open(LAST);
  const asked = fetch(request).then((answer) => remembered(kept, request, answer).catch(() => answer)); // a phone without room is told all the same
  const known = await kept.match(request);
  if (!known) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, known.clone()));
  return Promise.race([asked.then((answer) => (answer.status >= 500 ? known : answer)), late]).catch(() => known);
}

/** @param {Cache} kept @param {Request} request @param {Response} answer */
async function remembered(kept, request, answer) {
  if (answer.status === 401) await emptied(kept); // the session has ended: what it was told goes with it
  if (!answer.ok) return answer;
  if (new URL(request.url).pathname === "/api/session") await forgetOthers(kept, request, answer.clone());
  await kept.put(request, answer.clone());
  const pictures = (await kept.keys()).filter(({ url }) => PICTURE.test(new URL(url).pathname));
  await Promise.all(pictures.slice(0, -MOST_PICTURES).map((old) => kept.delete(old)));
  return answer;
}

/** Somebody else is logged in on this phone now: what the last one was told is not theirs to see. */
async function forgetOthers(kept, request, answer) {
  const before = await kept.match(request);
  if (!before) return;
  const [{ login: was }, { login }] = await Promise.all([before.json(), answer.json()]);
  if (was !== login) await emptied(kept);
}

/** @param {Cache} kept */
async function emptied(kept) {
  await Promise.all((await kept.keys()).map((old) => kept.delete(old)));
}
