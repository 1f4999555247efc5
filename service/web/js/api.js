/** The one door to the service: JSON in, JSON out, a refusal becomes an `ApiError` with its code and facts. */

/** No answer at all, too slow, too many; beside these any fault of the service or of what stands before it. */
const PASSING = [0, 408, 429];

/** Refused before anything was done: too many at once, no room. */
const UNTOUCHED = [503, 507];

/** A refusal, or no answer at all (`network`). */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {Record<string, unknown>} facts */
  constructor(status, code, facts = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.facts = facts;
  }

  /** Whether the same request may well succeed a little later, if only once the one who made it is logged in again. */
  get passing() {
    return PASSING.includes(this.status) || this.status >= 500 || this.code === STRANGER;
  }

  /** Whether the request may have been carried out although nobody said so. */
  get isOpen() {
    return [0, 408].includes(this.status) || (this.status >= 500 && !UNTOUCHED.includes(this.status));
  }
}

/** Another tab has logged in as somebody else since this page was opened. */
export const STRANGER = "session.changed";

let speaker = "";

/** @param {string} login whose page this is: said with every request, since the browser's session may become another one's */
export const speakFor = (login) => void (speaker = login);

/** @returns {Record<string, string>} */
const spoken = () => (speaker ? { "Streetwarden-Login": encodeURIComponent(speaker) } : {});

/** @param {string} text of an answer that says it went well @returns {any} ApiError where somebody else answered: a gate of a network that wants a login first */
function told(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ApiError(0, "network");
    throw error;
  }
}

/** @param {number} status @param {string} text */
function refusal(status, text) {
  try {
    const { code, facts } = JSON.parse(text);
    return new ApiError(status, code ?? `http.${status}`, facts ?? {});
  } catch (error) {
    if (error instanceof SyntaxError) return new ApiError(status, `http.${status}`);
    throw error;
  }
}

/** Where a person without a session goes, and comes back from. */
export function toLogin() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{json?: unknown, headers?: Record<string, string>, keepalive?: boolean, stay?: boolean}} [more] `stay`: a 401 is thrown, not followed to the login page
 * @returns {Promise<any>} the JSON of the answer, or null where it has none
 */
export async function call(method, path, { json, headers = {}, keepalive = false, stay = false } = {}) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const lost = () => {
    throw new ApiError(0, "network");
  };
  const answer = await fetch(path, { method, body, keepalive, headers: { ...spoken(), ...(body && { "Content-Type": "application/json" }), ...headers } }).catch(lost);
  const text = await answer.text().catch(lost);
  if (answer.ok) return text ? told(text) : null;
  if (answer.status === 401 && !stay) toLogin();
  throw refusal(answer.status, text);
}

/** @param {string} path */
export const get = (path) => call("GET", path);

const PAGES_AT_MOST = 50;

/** @param {string} path of a list, with its limit @param {string | null} cursor what the page before said of the next one @returns {Promise<{items: any[], next: string | null}>} */
export const page = (path, cursor) => get(cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);

/** @param {string} path of a list, with its limit @param {number} [least] so many suffice @returns {Promise<{items: any[], next: string | null}>} page after page to its end, or to a length that no page shows */
export async function all(path, least = Infinity) {
  const items = [];
  let next = /** @type {string | null} */ (null);
  for (let asked = 0; asked < PAGES_AT_MOST; asked += 1) {
    const answer = await page(path, next);
    items.push(...answer.items);
    next = answer.next;
    if (!next || items.length >= least) break;
  }
  return { items, next };
}

/** @param {string} path @param {unknown} json */
export const post = (path, json) => call("POST", path, { json });

/**
 * Sends a form with files, telling how far it is; fetch cannot tell.
 * @param {string} path
 * @param {FormData} form
 * @param {{key?: string, onProgress?: (share: number) => void}} [more]
 * @returns {Promise<any>}
 */
export function upload(path, form, { key, onProgress } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    for (const [name, value] of Object.entries({ ...spoken(), ...(key && { "Idempotency-Key": key }) })) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress?.(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(new ApiError(0, "network"));
    request.onload = () => {
      if (request.status < 200 || request.status >= 300) return reject(refusal(request.status, request.responseText));
      try {
        resolve(told(request.responseText));
      } catch (error) {
        reject(error);
      }
    };
    request.send(form);
  });
}

/** @param {string | null | undefined} id @returns {string | undefined} the address of a blurred picture */
export const pictureHref = (id) => (id ? `/api/evidence/${encodeURIComponent(id)}` : undefined);
