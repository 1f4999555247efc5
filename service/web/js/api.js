/** The one door to the service: JSON in, JSON out, a refusal becomes an `ApiError` with its code and facts. */

/** No answer at all, too many, not now, not through this proxy, no room. */
const PASSING = [0, 408, 429, 502, 503, 504, 507];

/** A refusal, or no answer at all (`network`). */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {Record<string, unknown>} facts */
  constructor(status, code, facts = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.facts = facts;
  }

  /** Whether the same request may well succeed a little later. */
  get passing() {
    return PASSING.includes(this.status);
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
  const answer = await fetch(path, {
    method, body, keepalive, headers: body ? { "Content-Type": "application/json", ...headers } : headers,
  }).catch(() => {
    throw new ApiError(0, "network");
  });
  const text = await answer.text();
  if (answer.ok) return text ? JSON.parse(text) : null;
  if (answer.status === 401 && !stay) toLogin();
  throw refusal(answer.status, text);
}

/** @param {string} path */
export const get = (path) => call("GET", path);

const PAGES_AT_MOST = 50;

/** @param {string} path of a list, with its limit @returns {Promise<any[]>} its items, page after page to its end, or to a length that no page shows */
export async function all(path) {
  const items = [];
  let cursor = "";
  for (let page = 0; page < PAGES_AT_MOST; page += 1) {
    const answer = await get(`${path}${cursor}`);
    items.push(...answer.items);
    if (!answer.next) break;
    cursor = `&cursor=${encodeURIComponent(answer.next)}`;
  }
  return items;
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
    if (key) request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = (event) => onProgress?.(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(new ApiError(0, "network"));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
      else reject(refusal(request.status, request.responseText));
    };
    request.send(form);
  });
}

/** @param {string | null | undefined} id @returns {string | undefined} the address of a blurred picture */
export const pictureHref = (id) => (id ? `/api/evidence/${encodeURIComponent(id)}` : undefined);
