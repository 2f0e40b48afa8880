/** The keyboard and the scanner, wherever the focus is. */

import { cancel, scan, suspend, swipe, undo, voidLine } from "./acts.js";
import { keyQuantity } from "./cart.js";
import { payCode } from "./paying.js";
import { checkPrice } from "./price_check.js";
import { listen } from "./scanner.js";
import { isReceiptCode, returnOf } from "./returns.js";
import { endSearch } from "./selling.js";
import { ask, state, top, update } from "./store.js";

export function keys() {
  listen(scanned);
  document.addEventListener("keydown", pressed);
}

/** A code goes to whatever waits for one: a sheet, a payment, else the sale. */
function scanned(code) {
  if (state.phase !== "working") return;
  const sheet = top();
  if (sheet) sheet.props.scanned?.(code);
  else if (state.screen === "more" && state.sub?.kind === "price_check") checkPrice(code);
  else if (isReceiptCode(code) && state.screen !== "receipts") takeBack(code);
  else if (state.paying && state.sale) payCode(code);
  else if (state.screen === "receipts") update({ receiptQuery: code });
  else if (state.screen === "held") swipe(code);
  else {
    if (state.query) endSearch();
    update({ screen: "sell", finished: null });
    scan(code);
  }
}

/** A receipt that is scanned while selling: its goods come back, on the sale that is open. */
function takeBack(code) {
  update({ screen: "sell", paying: false, finished: null });
  returnOf(code);
}

const chosen = () => state.sale?.lines.find((line) => line.number === (state.selected || state.touched));

/** What was searched for before is chosen: what is typed now takes its place. */
function beginSearch() {
  document.getElementById("search")?.focus();
  document.getElementById("search")?.select();
}

const BOUND = {
  F1: () => ask("help"),
  F2: beginSearch,
  F3: () => chosen() && keyQuantity(chosen()),
  F4: () => ask("member"),
  F6: suspend,
  F7: () => update({ screen: "held", paying: false }),
  F8: () => state.sale?.lines.length && ask("discount", {}),
  F9: () => state.sale && update({ paying: true, finished: null }),
  F10: () => update({ screen: "sell", paying: false, finished: null }),
};

function pressed(event) {
  if (state.phase !== "working" || event.defaultPrevented) return;
  if (top()) return;
  const typing = event.target.closest?.("input, textarea, select");
  const bound = BOUND[event.key];
  if (bound) bound();
  else if (event.key === "Escape" && state.paying) update({ paying: false });
  else if (typing || state.paying || state.finished || state.screen !== "sell") return;
  else if (event.key === "z" && (event.ctrlKey || event.metaKey)) undo();
  else if (event.key === "/") beginSearch();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(event.key === "ArrowDown");
  else if (event.key === "Delete" && event.shiftKey) cancel();
  else if (event.key === "Delete" && chosen()) voidLine(chosen());
  else if (event.key === "Escape") state.query ? endSearch() : update({ selected: 0 });
  else return;
  event.preventDefault();
}

/** Choose the line above or below, as far as the focus is not on a button of the goods. */
function walk(down) {
  const lines = (state.sale?.lines || []).filter((line) => !line.parent);
  if (!lines.length) return;
  const at = lines.findIndex((line) => line.number === state.selected);
  const next = at < 0 ? (down ? 0 : lines.length - 1) : at + (down ? 1 : -1);
  const line = lines[Math.max(0, Math.min(lines.length - 1, next))];
  update({ selected: line.number, touched: line.number });
}
