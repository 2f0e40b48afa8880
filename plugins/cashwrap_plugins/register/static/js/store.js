/** What the page knows, and how it changes: one object, one function, everybody is told. */

export const state = {
  phase: "starting", // starting, offline, sign_in, working
  screen: "sell", // sell, held, receipts, shift, more
  paying: false,
  part: "", // what is keyed in to be paid of the sale, where it is not all
  receiptQuery: "",
  holdQuery: "",
  holdsSeen: 0, // counts what was suspended here, so that the list is read again
  orderType: "",
  shop: null,
  session: null, // {staff, role, rights}
  register: registerOfPage(),
  clerk: localStorage.getItem("clerk") || "", // the last name, in a shop without accounts
  shift: null,
  groups: [],
  group: "",
  sale: null,
  finished: null, // the sale that was just paid
  selected: 0, // the line that is open for changes
  touched: 0, // the line that the last step changed
  times: "", // "3x": how many of the next thing
  query: "",
  found: null, // what the search found
  busy: 0,
  linked: true,
  stalled: false, // a command waits for the till to answer again
  toasts: [],
  dialogs: [],
  cartOpen: false, // on a phone
  devices: null, // what is plugged in, once somebody looked
  paired: null, // screens of other machines
  panels: [], // what plugins show on this page
  sub: null, // the screen under More: {kind, ...}
  theme: localStorage.getItem("theme") || "auto",
  language: localStorage.getItem("language") || "",
};

/** At which register this window stands: `?register=` says it, else the last one of the browser. */
function registerOfPage() {
  const named = new URLSearchParams(location.search).get("register");
  if (named !== null) sessionStorage.setItem("register", named);
  return sessionStorage.getItem("register") ?? localStorage.getItem("register") ?? "";
}

const listeners = new Set();
let numbers = 0;

export function update(patch) {
  const leaves = ["screen", "paying"].some((key) => key in patch && patch[key] !== state[key]);
  if (leaves && !patch.toasts) { // what was refused there is of no use here
    state.toasts = state.toasts.filter((toast) => toast.kind !== "bad");
  }
  Object.assign(state, patch);
  for (const listener of listeners) listener();
}

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Show a message for a while; `act` is `{name, does}`, an undo for instance. */
export function tell(text, kind = "", act = null) {
  const toast = { id: (numbers += 1), text, kind, act };
  const others = state.toasts.filter((one) => one.text !== text); // said again, it stands once
  update({ toasts: [...others.slice(-2), toast] });
  setTimeout(() => hush(toast.id), kind === "bad" ? 7000 : 4500);
}

export function hush(id) {
  update({ toasts: state.toasts.filter((toast) => toast.id !== id) });
}

/** Open a sheet; the promise has its answer, undefined where it was closed without one. */
export function ask(kind, props = {}) {
  return new Promise((resolve) => {
    const id = (numbers += 1);
    const close = (answer) => {
      update({ dialogs: state.dialogs.filter((dialog) => dialog.id !== id) });
      resolve(answer);
    };
    update({ dialogs: [...state.dialogs, { id, kind, props, close }] });
  });
}

/** The dialog on top, or null. */
export const top = () => state.dialogs[state.dialogs.length - 1] || null;

export function remember(key, value) {
  localStorage.setItem(key, value);
  update({ [key]: value });
}
