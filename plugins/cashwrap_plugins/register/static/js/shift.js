/** The drawer: open a shift, move cash, read X, close blind, count, Z. */

import { get, post } from "./api.js";
import { doing } from "./acts.js";
import { lookShift } from "./flow.js";
import { Keypad } from "./keypad.js";
import { ask, state, tell, update } from "./store.js";
import { Banner, Button, html, Icon, useState } from "./ui.js";
import { dateTime, digits, money, parseMoney, t } from "./words.js";

async function send(what, body = {}) {
  const done = await doing(() => post(`/shift/${what}`, body));
  if (done !== undefined) update({ shift: await lookShift() });
  return done;
}

export function Shift() {
  const shift = state.shift;
  if (!shift) return html`<${Open} />`;
  if (shift.state === "counting") return html`<${Counted} shift=${shift} />`;
  return html`<div class="page"><header class="page-head"><h1>${t("shift.number", {
      number: shift.number })}</h1><span class="badge">${t(`shift.state.${shift.state}`)}</span></header>
    <dl class="facts"><div><dt>${t("shift.since")}</dt><dd>${dateTime(shift.opened_ms)}</dd></div>
      <div><dt>${t("shift.float")}</dt><dd>${money(shift.float_minor)}</dd></div>
      <div><dt>${t("shift.staff")}</dt><dd>${shift.staff.join(", ") || "–"}</dd></div>
      <div><dt>${t("shift.drawer")}</dt><dd>${shift.drawer || state.shop.till}</dd></div></dl>
    <div class="tiles">
      <${Tile} icon="in" name="paid_in" act=${() => move("paid_in", "paid-in")} />
      <${Tile} icon="out" name="paid_out" act=${() => move("paid_out", "paid-out")} />
      <${Tile} icon="safe" name="safe_drop" act=${() => move("safe_drop", "safe-drop")} />
      <${Tile} icon="cash" name="no_sale" act=${noSale} />
      <${Tile} icon="receipts" name="x" act=${readX} />
      <${Tile} icon="lock" name="blind_close" act=${closeBlind} />
    </div></div>`;
}

const Tile = ({ icon, name, act }) => html`<button type="button" class="tile" onClick=${act}>
  <${Icon} name=${icon} size="30" /><strong>${t(`shift.${name}`)}</strong>
  <small>${t(`shift.${name}.words`)}</small></button>`;

async function move(name, what) {
  const label = t(name === "safe_drop" ? "shift.bag" : "reason");
  const given = await ask("money", { title: t(`shift.${name}`), label });
  if (given && (await send(what, given)) !== undefined) {
    tell(t(`shift.${name}.done`, { minor: money(given.amount_minor) }));
  }
}

async function noSale() {
  const reason = await ask("reason", { title: t("shift.no_sale"), done: t("shift.no_sale"),
    reasons: [t("reason.change"), t("reason.check_drawer")] });
  if (reason && (await send("no-sale", { reason })) !== undefined) tell(t("shift.no_sale.done"));
}

async function readX() {
  const found = await doing(() => get(`/shift/x?language=${document.documentElement.lang}`));
  if (found) await ask("report", { title: t("shift.x"), text: found.text });
}

async function closeBlind() {
  await send("blind-close", { number: state.shift.number });
}

function Open() {
  const [text, input] = useState("");
  const minor = text ? parseMoney(text) : 0;
  const open = async () => {
    if ((await send("open", { float_minor: minor })) !== undefined) {
      tell(t("shift.opened"));
      update({ screen: "sell" });
    }
  };
  return html`<div class="page narrow-page"><header class="page-head"><h1>${t("shift.open")}</h1>
    </header><p class="lead">${t("shift.open.words")}</p>
    <div class="entry"><b>${money(minor || 0)}</b><span>${t("shift.float")}</span></div>
    <${Keypad} value=${text} input=${input} decimals=${digits()} enter=${open} />
    <button type="button" class="pay" onClick=${open}><span>${t("shift.open")}</span>
      <b>${money(minor || 0)}</b></button></div>`;
}

/** Counted without being told what is expected; then the Z. */
function Counted({ shift }) {
  const count = async () => {
    const given = await ask("counting", { shift });
    if (given) await send("declare", { number: shift.number, ...given });
  };
  const close = async () => {
    const z = await send(`close?language=${document.documentElement.lang}`,
      { number: shift.number });
    if (z) await ask("report", { title: t("shift.z"), text: z.text });
  };
  return html`<div class="page narrow-page"><header class="page-head"><h1>${t("shift.number", {
      number: shift.number })}</h1><span class="badge">${t("shift.state.counting")}</span></header>
    <${Banner} icon="info">${t("shift.counting.words")}<//>
    <ol class="steps"><li class=${shift.declared ? "over" : ""}>${t("shift.step1")}</li>
      <li>${t("shift.step2")}</li></ol>
    <div class="row"><${Button} kind=${shift.declared ? "" : "primary big"} icon="cash"
        onClick=${count}>${t(shift.declared ? "shift.count_again" : "shift.count")}<//>
      <${Button} kind=${shift.declared ? "primary big" : ""} icon="lock"
        disabled=${!shift.declared && state.shop.count_required} onClick=${close}>
        ${t("shift.close")}<//></div></div>`;
}
