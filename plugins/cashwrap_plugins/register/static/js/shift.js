/** The drawer: open a shift, move cash, hand it over, count it, close it with the Z. */

import { get, post } from "./api.js";
import { doing } from "./acts.js";
import { OverShort } from "./counting.js";
import { lookShift } from "./flow.js";
import { Keypad } from "./keypad.js";
import { asTask, forget, useKept } from "./kept.js";
import { PastShifts } from "./past_shifts.js";
import { ask, state, tell, update } from "./store.js";
import { task } from "./tasks.js";
import { Banner, Button, html, Icon, useEffect, useState } from "./ui.js";
import { dateTime, digits, money, parseMoney, t } from "./words.js";

async function send(what, body = {}) {
  const done = await doing(() => post(`/shift/${what}`, body));
  if (done !== undefined) update({ shift: await lookShift() });
  return done;
}

export function Shift() {
  const [past, show] = useState(false);
  if (past) return html`<${PastShifts} back=${() => show(false)} />`;
  const list = html`<${Button} icon="receipts" onClick=${() => show(true)}>${t("shift.past")}<//>`;
  const shift = state.shift;
  if (!shift) return html`<${Open} list=${list} />`;
  if (shift.state === "counting") return html`<${Counted} shift=${shift} list=${list} />`;
  return html`<${Working} shift=${shift} list=${list} />`;
}

function Working({ shift, list }) {
  const shared = shift.registers.length > 1;
  return html`<div class="page"><${Head} shift=${shift} list=${list} /><${Facts} shift=${shift} />
    <${InDoubt} />
    <div class="tiles">
      <${Tile} icon="in" name="paid_in" act=${() => move("paid_in")} />
      <${Tile} icon="out" name="paid_out" act=${() => move("paid_out")} />
      <${Tile} icon="safe" name="safe_drop" act=${() => move("safe_drop")} />
      <${Tile} icon="cash" name="no_sale" act=${noSale} />
      <${Tile} icon="receipts" name="x" act=${readX} />
      <${Tile} icon="lock" name="blind_close" act=${closeBlind} />
      <${Tile} icon="held" name="suspend" act=${setAside} />
      ${shared && html`<${Tile} icon="out" name="leave" act=${leave} />`}
    </div></div>`;
}

const Head = ({ shift, list }) => html`<header class="page-head"><h1>${t("shift.number", {
    number: shift.number })}</h1><span class="badge">${t(`shift.state.${shift.state}`)}</span>${list}
  </header>`;

const Facts = ({ shift }) => html`<dl class="facts"><div><dt>${t("shift.since")}</dt>
    <dd>${dateTime(shift.opened_ms)}</dd></div>
  <div><dt>${t("shift.float")}</dt><dd>${money(shift.float_minor)}</dd></div>
  <div><dt>${t("shift.staff")}</dt><dd>${shift.staff.map(nameOfStaff).join(", ") || "–"}</dd></div>
  <div><dt>${t("shift.drawer")}</dt><dd>${shift.drawer || state.shop.till}</dd></div>
  ${shift.registers.length > 1 && html`<div><dt>${t("shift.registers")}</dt>
    <dd>${shift.registers.join(", ")}</dd></div>`}</dl>`;

const nameOfStaff = (code) => state.shop.staff.find((one) => one.id === code)?.name || code;

const Tile = ({ icon, name, act }) => html`<button type="button" class="tile" onClick=${act}>
  <${Icon} name=${icon} size="30" /><strong>${t(`shift.${name}`)}</strong>
  <small>${t(`shift.${name}.words`)}</small></button>`;

/** Payments without an answer, of all registers: the Z names them, and somebody should look. */
function InDoubt() {
  const [count, show] = useState(0);
  useEffect(() => {
    get("/health").then((found) => show(found.payments_in_doubt), () => {});
  }, [state.sale]);
  return count > 0 && html`<${Banner} kind="doubt" icon="warn"><strong>${t("shift.in_doubt", {
    count })}</strong><p>${t("shift.in_doubt.words")}</p><p><${Button}
    onClick=${() => update({ screen: "receipts" })}>${t("screen.receipts")}<//></p><//>`;
}

const PATHS = { paid_in: "paid-in", paid_out: "paid-out", safe_drop: "safe-drop" };
const REASONS = { paid_in: ["change", "float"], paid_out: ["supplies", "delivery", "refund"],
  safe_drop: [] };

/** Cash in or out without a sale; a reload of the page goes on with what was keyed in. */
async function move(name) {
  const label = t(name === "safe_drop" ? "shift.bag" : "reason");
  const reasons = REASONS[name].map((one) => t(`cash_reason.${one}`));
  const given = await asTask("money", { name }, () =>
    ask("money", { title: t(`shift.${name}`), label, reasons, name: "money" }));
  if (given && (await send(PATHS[name], given)) !== undefined) {
    tell(t(`shift.${name}.done`, { minor: money(given.amount_minor) }));
  }
}

async function count(shift) {
  const given = await asTask("count", { shift }, () => ask("counting", { shift }));
  if (given) await send("declare", { number: shift.number, ...given });
}

task("money", ({ name }) => move(name));
task("count", ({ shift }) => count(shift));

async function noSale() {
  const reason = await ask("reason", { title: t("shift.no_sale"), done: t("shift.no_sale"),
    reasons: [t("reason.change"), t("reason.check_drawer")] });
  if (reason && (await send("no-sale", { reason })) !== undefined) tell(t("shift.no_sale.done"));
}

async function readX() {
  const path = `/shift/x?language=${document.documentElement.lang}`;
  const found = await doing(() => get(path));
  if (!found) return;
  const seen = found.report.hidden && state.session.rights?.["shift.count"]?.how !== "denied" &&
    state.shop.guarded ? { name: t("shift.see"), path: `${path}&expected=true` } : null;
  await ask("report", { title: t("shift.x"), text: found.text, more: seen });
}

async function closeBlind() {
  if (state.sale?.lines.length) return tell(t("finish_first"), "bad");
  await send("blind-close", { number: state.shift.number });
}

async function setAside() {
  if (state.sale?.lines.length) return tell(t("finish_first"), "bad");
  if ((await send("suspend")) !== undefined) tell(t("shift.suspended"));
}

async function leave() {
  if ((await send("leave")) !== undefined) tell(t("shift.left"));
}

function Open({ list }) {
  const [text, input] = useKept("open:float", "");
  const [all, show] = useState([]);
  useEffect(() => {
    get("/shift/all").then(show, () => {});
  }, [state.shift]);
  const minor = text ? parseMoney(text) : 0;
  const begin = async () => {
    if ((await send("open", { float_minor: minor || 0 })) !== undefined) {
      forget("open:");
      tell(t("shift.opened"));
      update({ screen: "sell" });
    }
  };
  const waiting = all.filter((one) => one.state !== "closed");
  return html`<div class="page narrow-page"><header class="page-head"><h1>${t("shift.open")}</h1>${list}
    </header>${waiting.map((one) => html`<${Waiting} key=${one.number} shift=${one} />`)}
    <p class="lead">${t("shift.open.words")}</p>
    <div class="entry"><b>${money(minor || 0)}</b><span>${t("shift.float")}</span></div>
    <${Keypad} value=${text} input=${input} decimals=${digits()} enter=${begin} />
    <button type="button" class="pay" onClick=${begin}><span>${t("shift.open")}</span>
      <b>${money(minor || 0)}</b></button></div>`;
}

/** A shift that can be gone on with here: a tray that was set aside, another drawer, a count. */
function Waiting({ shift }) {
  const go = {
    suspended: ["shift.resume", () => send("resume", { number: shift.number })],
    open: ["shift.join", () => send("join", { drawer: shift.drawer })],
    counting: ["shift.count", () => update({ shift })],
  }[shift.state];
  return html`<article class="card shift-card"><header><strong>${t("shift.number", {
      number: shift.number })}</strong><span class="badge">${t(`shift.state.${shift.state}`)}</span>
    </header><p class="fine">${[shift.drawer || state.shop.till, shift.registers.join(", "),
      shift.staff.map(nameOfStaff).join(", "), dateTime(shift.opened_ms)].filter(Boolean).join(" · ")}
    </p><${Button} kind="primary" onClick=${go[1]}>${t(go[0])}<//></article>`;
}

/** Counted without being told what is expected; then the Z. */
function Counted({ shift, list }) {
  const close = async () => {
    const z = await send(`close?language=${document.documentElement.lang}`,
      { number: shift.number });
    if (z) await ask("report", { title: t("shift.z"), text: z.text });
  };
  const others = state.shop.registers.length > 1;
  return html`<div class="page narrow-page"><${Head} shift=${shift} list=${list} />
    ${!shift.declared && html`<${Banner} icon="info">${t("shift.counting.words")}<//>`}
    <ol class="steps"><li class=${shift.declared ? "over" : ""}>${t("shift.step1")}</li>
      <li>${t("shift.step2")}</li></ol>
    ${shift.declared && html`<${OverShort} shift=${shift} />`}
    <div class="row"><${Button} kind=${shift.declared ? "" : "primary big"} icon="cash"
        onClick=${() => count(shift)}>${t(shift.declared ? "shift.count_again" : "shift.count")}<//>
      <${Button} kind=${shift.declared ? "primary big" : ""} icon="lock"
        disabled=${!shift.declared && state.shop.count_required} onClick=${close}>
        ${t("shift.close")}<//>
      ${others && html`<${Button} onClick=${() => update({ shift: null })}>${t("shift.later")}<//>`}
    </div></div>`;
}
