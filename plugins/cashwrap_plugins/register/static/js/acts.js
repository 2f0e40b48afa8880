/** What a cashier does: each act asks the till, shows its answer, and says what was refused. */

import { get, patch, post, remove } from "./api.js";
import { ask, state, tell, update } from "./store.js";
import { problem, t } from "./words.js";

let last = Promise.resolve();

/** One act after the other, in the order in which they were wanted. */
export function inOrder(act) {
  const next = last.then(act);
  last = next.catch(() => {});
  return next;
}

/** Do an act; where it needs somebody else's right, ask for their PIN and do it again. */
export async function permitted(act) {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (error.code !== "staff.approval_needed") throw error;
      if (!(await ask("approval", { act: error.act, message: error.message }))) return undefined;
    }
  }
}

/** Do an act and tell what went wrong; the answer is undefined when it was not done. */
export async function doing(act) {
  update({ busy: state.busy + 1 });
  try {
    return await permitted(act);
  } catch (error) {
    if (error.status === 401) update({ session: null, phase: "sign_in" });
    tell(problem(error), "bad");
    return undefined;
  } finally {
    update({ busy: state.busy - 1 });
  }
}

/** Whether a line is what it was; quick, since a cart may have hundreds of them. */
function same(was, line) {
  return !!was && Object.keys(line).every((key) => was[key] === line[key]
    || (typeof line[key] === "object" && JSON.stringify(was[key]) === JSON.stringify(line[key])));
}

/** Show a sale as the till has it now, and which of its lines is new or changed. */
export function show(sale) {
  const before = new Map((state.sale?.lines || []).map((line) => [line.number, line]));
  sale.lines = sale.lines.map((line) => (same(before.get(line.number), line)
    ? before.get(line.number) : line)); // what did not change is not drawn again
  const changed = sale.lines.filter((line) => {
    const was = before.get(line.number);
    return !was || was.quantity_milli !== line.quantity_milli;
  });
  const touched = changed.filter((line) => !line.parent).pop();
  const gone = !sale.lines.some((line) => line.number === state.selected);
  update({
    sale,
    touched: touched ? touched.number : state.touched,
    ...(gone ? { selected: 0 } : {}),
  });
}

async function begun() {
  if (!state.sale) {
    const given = { order_type: state.orderType || "" };
    update({ sale: await post("/sales", given), finished: null });
  }
  return state.sale;
}

/** Change the open sale, beginning one where there is none. */
export function change(send) {
  return inOrder(() =>
    doing(async () => {
      const sale = await begun();
      const next = await send(sale);
      if (next) show(next);
      return next;
    }),
  );
}

const PLU_DIGITS_MAX = 6; // a label of a scale is longer, and has the weight in it

/** Scan a code; goods of which it names no weight are put on the scale, or not sold. */
export async function scan(code) {
  const known = new Set((state.sale?.lines || []).map((line) => line.number));
  const sale = await change((now) => post(`/sales/${now.id}/scan`, { code }));
  const line = sale?.lines.find((one) => !known.has(one.number) && one.measure === "weight");
  if (!line || code.length > PLU_DIGITS_MAX) return sale;
  const weight = await ask("weigh", { item: line });
  return weight ? changeLine(line.number, weight) : undo();
}


export function add(sku, more = {}) {
  const quantity = more.quantity || state.times || "1";
  update({ times: "" });
  return change((sale) => post(`/sales/${sale.id}/lines`, { sku, ...more, quantity }));
}

export const setQuantity = (line, quantity) =>
  change((sale) => patch(`/sales/${sale.id}/lines/${line}`, { quantity }));

export const changeLine = (line, fields) =>
  change((sale) => patch(`/sales/${sale.id}/lines/${line}`, fields));

export async function voidLine(line, reason = "") {
  const done = await change((sale) => remove(
    `/sales/${sale.id}/lines/${line.number}?reason=${encodeURIComponent(reason)}`));
  if (done) tell(t("voided", { name: line.name }), "", { name: t("undo"), does: undo });
}

export const undo = () => state.sale && change((sale) => post(`/sales/${sale.id}/undo`));

/** Send something to the open sale by its last word: `discounts`, `coupons`, `customer`, ... */
export const send = (what, body) => change((sale) => post(`/sales/${sale.id}/${what}`, body));

/** Change the note, seller or order type of the whole sale. */
export const changeSale = (fields) => change((sale) => patch(`/sales/${sale.id}`, fields));

export function leave() {
  update({ sale: null, selected: 0, touched: 0, paying: false, cartOpen: false, times: "" });
}

export async function cancel() {
  const sale = state.sale;
  if (!sale) return;
  if (!sale.lines.length && !sale.returns.length) {
    if (await doing(() => post(`/sales/${sale.id}/cancel`, { reason: "" }))) leave();
    return;
  }
  const reason = await ask("reason", { title: t("cancel_sale"), reasons: [
    "reason.customer_left", "reason.mistake", "reason.no_money"].map((key) => t(key)),
    danger: true, done: t("cancel_sale") });
  if (reason === undefined) return;
  if (await doing(() => post(`/sales/${sale.id}/cancel`, { reason }))) {
    leave();
    tell(t("cancelled"));
  }
}

/** Suspend the sale, with a reason where the shop wants one. */
export async function suspend() {
  const sale = state.sale;
  if (!sale || !sale.lines.length) return;
  const given = await ask("suspend");
  if (!given) return;
  if (!(await doing(() => post(`/sales/${sale.id}/suspend`, given)))) return;
  leave();
  tell(t("suspended"), "", { name: t("screen.held"), does: () => update({ screen: "held" }) });
}

/** Bring a suspended sale back and say what has become different. */
export async function resume(code) {
  if (state.sale?.lines.length) {
    tell(t("finish_first"), "bad");
    return;
  }
  const old = state.sale;
  const back = await doing(async () => {
    if (old) await post(`/sales/${old.id}/cancel`, { reason: "" });
    return post(`/holds/${encodeURIComponent(code)}/resume`);
  });
  const hold = back && (await get(`/holds/${encodeURIComponent(code)}`).catch(() => null));
  if (back) await welcome(back, hold);
}

/** A card: with a cart on the till it puts that aside under the card, else it brings it back. */
export async function swipe(key) {
  const full = state.sale?.lines.length > 0;
  let reason = "";
  if (full && state.shop.suspend_reason_required) {
    reason = await ask("reason", { title: t("suspend"), reasons: state.shop.suspend_reasons,
      done: t("suspend") });
    if (!reason) return;
  }
  const done = await doing(() => post("/holds/swipe", { key, reason }));
  if (done?.hold) {
    leave();
    update({ holdsSeen: (state.holdsSeen || 0) + 1 });
    tell(t("suspended"));
  } else if (done?.resumed) await welcome(done.resumed);
}

async function welcome(back, hold) {
  update({ sale: back.sale, screen: "sell", selected: 0, finished: null });
  const { changes } = back;
  const told = ["lines", "rules", "unsellable", "coupons", "short", "returns"];
  const differs = changes && (changes.before_minor !== changes.after_minor ||
    told.some((kind) => changes[kind].length > 0));
  if (differs) await ask("changes", { changes, hold });
  else tell(t("resumed"));
}

/** Look again at the open sale: a payment may have been decided meanwhile. */
export function look() {
  const sale = state.sale;
  if (!sale) return Promise.resolve();
  return inOrder(async () => {
    try {
      const now = await get(`/sales/${sale.id}`);
      if (now.state === "completed") finish(now);
      else if (now.state === "cancelled") leave();
      else if (state.sale?.id === now.id) show(now);
    } catch (error) {
      if (error.code === "api.sale_ended") await showEnded(sale.id);
      /* else the next message or touch asks again */
    }
  });
}

/** Show how a sale ended of which the till has only the receipt: it was restarted since. */
export async function showEnded(id) {
  try {
    const { document: paper } = await get(`/sales/${id}/receipt`);
    finish({ id, number: paper.number, returns: paper.returned,
      change_minor: paper.totals.change_minor,
      payments: [], // what was given is summed up here
      paid_minor: paper.tenders.reduce((sum, one) => sum + givenBy(one), 0),
      totals: { discount_minor: paper.savings?.saved_minor || 0 } });
  } catch {
    if (state.sale?.id === id) leave();
  }
}

const givenBy = ({ given_minor: given, change_minor: back, amount_minor: amount }) =>
  (given === null || given === undefined ? amount : given - back);

/** Show what was paid and clear the cart for the next customer. */
export function finish(sale) {
  leave();
  update({ finished: sale });
}

/** Pay by a path of the sale, as `cash`; a sale that is paid in full is finished. */
export function pay(how, body) {
  return inOrder(() =>
    doing(async () => {
      const { id } = state.sale;
      try {
        const sale = await post(`/sales/${id}/pay/${how}`, body);
        if (sale.state === "completed") finish(sale);
        else show(sale);
        return sale;
      } catch (error) {
        if (error.code !== "api.sale_ended") throw error;
        return showEnded(id); // it was paid, and the till restarted before it said so
      }
    }),
  );
}
