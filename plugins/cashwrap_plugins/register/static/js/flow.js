/** From the first request to the selling screen: who is here, what is open, what is in the shop. */

import { get, live, post, remove } from "./api.js";
import { loadPanels } from "./panels.js";
import { doing, finish, look, show } from "./acts.js";
import { state, tell, update } from "./store.js";
import { speak, t, useCurrency, useZone } from "./words.js";

let unlisten = null;

export async function begin() {
  try {
    const shop = await get("/shop");
    useCurrency({ ...shop.currency, digits: shop.currency.minor_digits });
    useZone(shop.timezone);
    const registers = shop.registers || [];
    const register = registers.includes(state.register) ? state.register : registers[0] || "";
    update({ shop, register });
    speak(state.language || shop.language || "zh-CN");
    const session = await current();
    if (session) await work(session);
    else update({ phase: "sign_in" });
  } catch (error) {
    update({ phase: "offline", problem: error });
  }
}

/** The session that this browser still has, or null. */
async function current() {
  try {
    return await get("/session");
  } catch (error) {
    if (error.status === 0) throw error;
    return null;
  }
}

export async function signIn(staff, pin) {
  const session = await post("/session", { register: state.register, staff, pin });
  await work(session);
}

export async function signOut() {
  await doing(() => remove("/session"));
  unlisten?.();
  unlisten = null;
  update({ session: null, phase: "sign_in", sale: null, finished: null, paying: false });
}

/** Go to the till that is practised on, or back to the shop's own. */
export async function train(on) {
  const session = await doing(() => post("/session/training", { on }));
  if (!session) return;
  update({ shop: await get("/shop"), sale: null, finished: null, paying: false, selected: 0 });
  await work(session);
  update({ screen: "sell" });
  tell(t(on ? "training.began" : "training.ended"));
}

async function work(session) {
  const [groups, shift, open] = await Promise.all([get("/groups"), lookShift(), get("/sales")]);
  const mine = open.filter((sale) => (sale.register || "") === state.register);
  const sale = mine.length ? await get(`/sales/${mine[mine.length - 1].id}`) : null;
  update({ session, groups, shift, phase: "working", group: groups[0]?.code || "" });
  if (sale) show(sale);
  loadPanels();
  unlisten?.();
  unlisten = live(state.register, heard, (linked) => {
    if (linked && !state.linked) look();
    update({ linked });
  });
}

/** The shift of this register; else one that was closed blind and waits for its count. */
export async function lookShift() {
  return chosenShift(await get("/shift"));
}

const chosenShift = ({ shift, waiting }) =>
  shift || waiting.find((one) => one.state === "counting") || null;

/** What the till says by itself: a payment was decided, a shift began, somebody else sold. */
function heard({ type, body }) {
  const ours = state.sale && body?.id === state.sale.id;
  if (type === "sale" && ours && state.paying && body.state === "completed") finish(body);
  else if (type === "sale" && ours && state.paying) show(body);
  else if (type === "payment") look();
  else if (type === "shift") update({ shift: chosenShift(body) });
}
