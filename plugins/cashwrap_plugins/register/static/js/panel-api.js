/** What a plugin's panel may use of the page. docs/panels.md tells authors; this is all there is. */

import { finish, inOrder, permitted, show } from "./acts.js";
import { request } from "./api.js";
import { listen, state, tell } from "./store.js";
import { money, nameOf, quantity, spoken, t } from "./words.js";

const CHANGES_MAX = 10; // of the open sale by one panel
const CHANGES_MS = 2_000; // in this time

/**
 * The `till` that `mount(element, till)` gets. `run(act)` does something for the panel and takes it
 * out when that fails; `ended` is a list that is called when the panel goes. `permit` asks for a
 * manager's PIN where a right is lacking; the customer's screen has nobody to ask.
 */
export function panelTill({ plugin }, run, ended, permit = permitted) {
  const changed = [];
  const ask = (path) => async (method, below, body) => {
    const act = () => request(method, path + below, body);
    try {
      if (!ofOpenSale(method, path + below)) return await permit(act);
      endless(changed);
      return await sent(() => permit(act));
    } catch (error) {
      error.panel = plugin; // whoever does not catch it is known by it
      throw error;
    }
  };
  return Object.freeze({
    sale: () => seen(shown()),
    onSale(fn) {
      const stop = follow((sale) => run(() => fn(sale)));
      ended.push(stop);
      run(() => fn(seen(shown())));
      return stop;
    },
    call: ask(""),
    own: ask(`/plugins/${plugin}`),
    language: spoken,
    words: (text, values) => (typeof text === "string" ? t(text, values) : nameOf(text)),
    money,
    quantity,
    toast: (text, kind = "") => tell(String(text), kind),
    theme: () => document.documentElement.dataset.theme,
  });
}

/** The sale that people see: the open one, or the one that was just paid. */
const shown = () => state.finished || state.sale;

const ofOpenSale = (method, path) =>
  method !== "GET" && state.sale && path.startsWith(`/sales/${state.sale.id}`);

/** Raise where a panel answers each change of the sale with another one: the cashier waits for it. */
function endless(changed) {
  const now = performance.now();
  while (changed.length && changed[0] < now - CHANGES_MS) changed.shift();
  if (changed.push(now) > CHANGES_MAX) throw new Error("it changes the sale without an end");
}

/** Change the open sale in its order among the cashier's own acts, and show what it is then. */
function sent(act) {
  const sale = state.sale;
  return inOrder(async () => {
    const next = await act();
    if (next?.id === sale.id && next.state === "completed") finish(next);
    else if (next?.id === sale.id && state.sale?.id === sale.id) show(next);
    return next;
  });
}

/** Call `fn` with the sale after it was painted; of changes in one frame the last one counts. */
function follow(fn) {
  let last = shown();
  let waiting = false;
  const told = () => {
    waiting = false;
    if (!over) fn(seen(last));
  };
  let over = false;
  const stop = listen(() => {
    if (shown() === last) return;
    last = shown();
    if (!waiting) requestAnimationFrame(() => setTimeout(told));
    waiting = true;
  });
  return () => {
    over = true;
    stop();
  };
}

const copies = new WeakMap();

/** A copy of the sale for all panels, which nobody can change: theirs is not the page's own. */
function seen(sale) {
  if (!sale) return null;
  if (!copies.has(sale)) copies.set(sale, frozen(structuredClone(sale)));
  return copies.get(sale);
}

function frozen(value) {
  if (!value || typeof value !== "object") return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
