/** The till's local API: one function per way of asking, errors as `Problem`. */

const BASE = "/api/v1";
const RETRIES = 2;

/** What the till refused, with the kernel's stable code and, for approvals, the act. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.status = status;
    this.code = body.code || "";
    this.act = body.act;
    this.issues = body.issues || [];
  }
}

/** The till did not answer at all. */
export class NoAnswer extends Problem {
  constructor() {
    super(0, { code: "page.no_answer", detail: "the till does not answer" });
  }
}

/** A name for one command; the same command sent twice is done once. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function once(method, path, body, key) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const response = await fetch(BASE + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "same-origin",
  });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Problem(response.status, answer || {});
  return answer;
}

/** Ask, and ask again under the same key where no answer came. Raises Problem. */
export async function request(method, path, body) {
  const key = method === "GET" ? "" : newKey();
  for (let left = RETRIES; ; left -= 1) {
    try {
      return await once(method, path, body, key);
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (left === 0) throw new NoAnswer();
      await new Promise((done) => setTimeout(done, 250));
    }
  }
}

export const get = (path) => request("GET", path);
export const post = (path, body = {}) => request("POST", path, body);
export const put = (path, body = {}) => request("PUT", path, body);
export const patch = (path, body) => request("PATCH", path, body);
export const remove = (path, body) => request("DELETE", path, body);

/** Listen to what the till says; `heard(message)`, `linked(true|false)`. Joins again by itself. */
export function live(register, heard, linked) {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const url = `${scheme}//${location.host}${BASE}/live?register=${encodeURIComponent(register)}`;
  let wait = 500;
  let socket = null;
  let over = false;
  const join = () => {
    socket = new WebSocket(url);
    socket.onopen = () => {
      wait = 500;
      linked(true);
    };
    socket.onmessage = (event) => heard(JSON.parse(event.data));
    socket.onclose = () => {
      if (over) return;
      linked(false);
      setTimeout(join, wait);
      wait = Math.min(wait * 2, 10_000);
    };
  };
  join();
  return () => {
    over = true;
    socket.close();
  };
}
