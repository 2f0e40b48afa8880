/** From the first request to the selling screen: who is here, what is open, what is in the shop. */

import { get, keepWith, live, post, remove, standAt } from "./api.js";
import { doing, finish, look, show, showEnded } from "./acts.js";
import { forget, keep, recall } from "./kept.js";
import { heardDevices } from "./hardware.js";
import { loadPanels } from "./panels.js";
import { listen, state, tell, update } from "./store.js";
import { takeUp } from "./tasks.js";
import { answered, patience, replay, sent, signedInAs } from "./waiting.js";
import { problem, speak, t, useCurrency, useZone } from "./words.js";

let unlisten = null;
let changing = false; // somebody takes over just now: the old session may end before the new is here

const SIGNED_OUT = 4401; // the live updates say that the session is gone

keepWith({ sent, answered, patience });

export async function begin() {
  try {
    await lookShop();
    const session = await current();
    if (session) await work(session);
    else update({ phase: "sign_in" });
  } catch (error) {
    update({ phase: "offline", problem: error });
    setTimeout(() => state.phase === "offline" && begin(), 2000);
  }
}

async function lookShop() {
  const shop = await get("/shop");
  useCurrency({ ...shop.currency, digits: shop.currency.minor_digits });
  useZone(shop.timezone);
  const registers = shop.registers || [];
  const register = registers.includes(state.register) ? state.register : registers[0] || "";
  update({ shop, register });
  standAt(register);
  speak(state.language || shop.language || "zh-CN");
}

/** Stand at another register of this shop, with a session of its own there. */
export async function moveTo(register) {
  sessionStorage.setItem("register", register);
  localStorage.setItem("register", register);
  update({ register });
  standAt(register);
  const session = await current();
  if (session) await work(session);
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
  update({ shop: await get("/shop") }); // who trained before a restart does so no more
  update({ session });
  const went = signedInAs(session); // what waited goes on first
  if (went) await new Promise((done) => setTimeout(done, 300));
  await work(session);
}

export async function signOut() {
  await doing(() => remove("/session"));
  unlisten?.();
  unlisten = null;
  forget("");
  update({ session: null, phase: "sign_in", sale: null, finished: null, paying: false,
    screen: "sell", dialogs: [] });
}

/** Somebody else takes over at this register; the sale on it stays. */
export async function relieve(staff, pin) {
  changing = true;
  try {
    update({ session: await post("/session", { register: state.register, staff, pin }) });
  } finally {
    changing = false;
  }
  await look();
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
  const place = recall("place", {});
  const last = await replay(session);
  const [groups, shift, open] = await Promise.all([get("/groups"), lookShift(), get("/sales")]);
  const mine = open.filter((sale) => (sale.register || "") === state.register);
  const sale = mine.length ? await get(`/sales/${mine[mine.length - 1].id}`) : null;
  update({ session, groups, shift, phase: "working", group: groups[0]?.code || "" });
  if (sale) show(sale);
  else if (state.sale && !state.finished) await showEnded(state.sale.id);
  await stand(last, place);
  loadPanels();
  unlisten?.();
  unlisten = live(state.register, heard, joined);
  takeUp();
}

/** Go where the cashier was before a reload, and say what became of the last command. */
async function stand(last, place) {
  if (last instanceof Error) tell(problem(last), "bad");
  const done = last?.sale || last;
  if (done?.state === "completed") return finish(done);
  if (!state.finished && place.finished && !state.sale) return showEnded(place.finished);
  const group = state.groups.some((one) => one.code === place.group) ? place.group : state.group;
  update({ screen: place.screen || state.screen, paying: !!(place.paying && state.sale),
    part: place.part || "", group });
}

listen(() => {
  if (state.phase !== "working") return;
  const { screen, paying, part, group, finished } = state;
  keep("place", { screen, paying, part, group, finished: finished?.id || "" });
});

function joined(linked, code) {
  const back = linked && !state.linked;
  update({ linked });
  if (code === SIGNED_OUT) stillHere().catch(() => {});
  else if (back) {
    lookShift().then((shift) => update({ shift }), () => {}); // a lost session is told by the link
    look();
  }
}

/** The link said that its session is over: somebody else may have one here since. */
async function stillHere() {
  if (!changing && !(await current()) && state.phase === "working" && !state.stalled) {
    update({ session: null, phase: "sign_in" });
  }
}

/** The shift of this register; else one that was closed blind and waits for its count. */
export async function lookShift() {
  return chosenShift(await get("/shift"));
}

const chosenShift = ({ shift, waiting }) =>
  shift || waiting.find((one) => one.state === "counting" &&
    one.worked[one.worked.length - 1] === state.register) || null;

/** What the till says by itself: a payment was decided, a shift began, somebody else sold. */
/** Whether another program changed the cart: what this page did has its own answer. */
const isNews = (sale) => !state.busy && sale.state === "open" && sale.revision > state.sale.revision;

function heard({ type, body }) {
  const ours = state.sale && body?.id === state.sale.id;
  if (type === "sale" && ours && state.paying && body.state === "completed") finish(body);
  else if (type === "sale" && ours && (state.paying || isNews(body))) show(body);
  else if (type === "payment") look();
  else if (type === "device") heardDevices(body);
  else if (type === "paired") update({ paired: body });
  else if (type === "shift") update({ shift: chosenShift(body) });
}
