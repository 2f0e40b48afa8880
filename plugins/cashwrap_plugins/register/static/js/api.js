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
    this.values = body.values || {};
    this.waitMs = body.retry_after_ms || 0;
  }
}

/** The till did not answer at all. */
export class NoAnswer extends Problem {
  constructor() {
    super(0, { code: "page.no_answer", detail: "the till does not answer" });
  }
}

let register = "";

/** Say at which register this page stands: it has a session of its own there. */
export const standAt = (name) => (register = name);

/** A name for one command; the same command sent twice is done once. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Send a request once. Raises Problem; NoAnswer where nothing came back. */
export async function once(method, path, body, key) {
  const headers = { Accept: "application/json" };
  if (register) headers["X-Cashwrap-Register"] = encodeURIComponent(register);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let response, text;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
    });
    text = await response.text();
  } catch {
    throw new NoAnswer();
  }
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    throw new Problem(response.status, { detail: text.slice(0, 200) });
  }
  if (!response.ok) throw new Problem(response.status, answer || {});
  return answer;
}

/** What keeps commands that have no answer yet, and waits with them: waiting.js, or nothing. */
let keeper = null;
export const keepWith = (given) => (keeper = given);

/**
 * Ask, and ask again under the same key where no answer came: the till does it once. A command
 * that still has no answer waits for the till, and goes on when it is back. Raises Problem.
 */
export async function request(method, path, body) {
  if (method === "GET") return insisting(method, path, body, "");
  const command = { method, path, body, key: newKey() };
  keeper?.sent(command);
  try {
    return await insisting(method, path, body, command.key);
  } catch (error) {
    if (!keeper) throw error;
    return await keeper.patience(error, command);
  } finally {
    keeper?.answered(command);
  }
}

async function insisting(method, path, body, key) {
  for (let left = RETRIES; ; left -= 1) {
    try {
      return await once(method, path, body, key);
    } catch (error) {
      if (error.status !== 0 || left === 0) throw error;
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
  let timer = 0;
  const join = () => {
    socket = new WebSocket(url);
    socket.onopen = () => {
      wait = 500;
      linked(true);
    };
    socket.onmessage = (event) => heard(JSON.parse(event.data));
    socket.onclose = ({ code }) => {
      if (over) return;
      linked(false, code);
      timer = setTimeout(join, wait);
      wait = Math.min(wait * 2, 4_000);
    };
  };
  join();
  return () => {
    over = true;
    clearTimeout(timer);
    socket.close();
  };
}
