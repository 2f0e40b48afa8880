/** Paying: cash with change, codes, cards, several of them, and what to do when no answer comes. */

import { doing, finish, look, pay, show } from "./acts.js";
import { post } from "./api.js";
import { GivingBack } from "./giving_back.js";
import { Keypad } from "./keypad.js";
import { Done } from "./done.js";
import { Square } from "./square.js";
import { Panels } from "./panels.js";
import { ask, state, update } from "./store.js";
import { Banner, Button, Field, html, Icon, useEffect, useState } from "./ui.js";
import { amount, digits, money, named, parseMoney, quantity, t } from "./words.js";

export function Paying() {
  if (state.finished) return html`<${Done} sale=${state.finished} />`;
  const sale = state.sale;
  if (!sale) return null;
  return html`<div class="paying">
    <header class="paying-head">
      <${Button} icon="back" onClick=${() => update({ paying: false })}>${t("back")}<//>
      <div class="due"><span>${sale.due_minor < 0 ? t("give_back") : t("due")}</span>
        <b>${money(Math.abs(sale.due_minor))}</b></div>
    </header>
    ${sale.due_minor < 0 || (!sale.due_minor && sale.returns.length > 0)
      ? html`<${GivingBack} sale=${sale} />` : html`<${Taking} sale=${sale} />`}
    <aside class="paying-side"><${Bought} sale=${sale} /><${Payments} sale=${sale} />
      <${Panels} place="pay" /></aside>
  </div>`;
}

const ICONS = { cash: "cash", code: "code", credit: "tag", other: "more" };

/** The ways to pay, by what the customer does. */
function ways() {
  const tenders = state.shop.tenders;
  const found = [["cash", t("tender.cash")]];
  if (tenders.some((one) => one.needs_scan)) found.push(["code", t("tender.code")]);
  for (const one of tenders) {
    if (one.kind !== "cash" && !one.needs_scan) found.push([one.driver, named("tender", one.driver)]);
  }
  return [...found, ["credit", t("tender.credit")], ["other", t("tender.other")]];
}

function Taking({ sale }) {
  const [way, choose] = useState("cash");
  useEffect(() => update({ part: "" }), [sale.due_minor]);
  const asked = partAsked();
  if (sale.in_doubt.length) return html`<${InDoubt} sale=${sale} />`;
  return html`<section class="taking" aria-label=${t("pay")}>
    <div class="ways" role="group" aria-label=${t("tender")}>${ways().map(([key, name]) => html`
      <button type="button" class="way" key=${key} aria-pressed=${key === way}
        onClick=${() => choose(key)}><${Icon} name=${ICONS[key] || "card"} size="26" />
        <span>${name}</span></button>`)}</div>
    ${way === "cash" ? html`<${Cash} sale=${sale} />`
      : way === "code" ? html`<${Code} sale=${sale} part=${asked} />`
      : way === "other" ? html`<${Other} sale=${sale} part=${asked} />`
      : way === "credit" ? html`<${Credit} sale=${sale} part=${asked} />`
      : html`<${Terminal} sale=${sale} driver=${way} part=${asked} />`}
    ${way !== "cash" && html`<${Part} sale=${sale} />`}
  </section>`;
}

/** The part of what is due that is to be paid this way, null for all of it. */
const partAsked = () => (state.part ? parseMoney(state.part) : null);
const setPart = (part) => update({ part });

function Part({ sale }) {
  return html`<div class="part"><${Icon} name="split" />
    <${Field} label=${t("part")} value=${state.part} input=${setPart} inputmode="decimal"
      placeholder=${amount(sale.due_minor)} />
    <div class="part-quick">${[2, 3, 4].map((count) => html`<${Button} key=${count}
      onClick=${() => setPart(amount(Math.ceil(sale.due_minor / count)).replaceAll(",", ""))}>
      1/${count}<//>`)}</div></div>`;
}

/** What people hand over for an amount: exact, then the next notes. */
export function quick(due, notes) {
  const found = new Set([due]);
  for (const note of [...notes].sort((one, other) => one - other)) {
    if (note >= 100) found.add(Math.ceil(due / note) * note);
  }
  return [...found].filter((one) => one > 0).sort((one, other) => one - other).slice(0, 6);
}

function Cash({ sale }) {
  const [text, input] = useState("");
  const due = sale.cash_due_minor;
  const given = text ? parseMoney(text) : due;
  const back = given - due;
  const take = (minor) => pay("cash", { tendered_minor: minor });
  return html`<div class="cash">
    <div class="cash-sums">
      <div><span>${t("given")}</span><b class=${text ? "" : "dim"}>${money(given || 0)}</b></div>
      <div class=${back < 0 ? "short" : "change"}><span>${t(back < 0 ? "still_due" : "change")}</span>
        <b>${money(Math.abs(back || 0))}</b></div>
    </div>
    <div class="quick">${quick(due, state.shop.denominations).map((minor, at) => html`
      <${Button} key=${minor} kind=${at ? "" : "soft"} onClick=${() => take(minor)}>
        ${at ? money(minor) : t("exact", { minor: money(minor) })}<//>`)}</div>
    <${Keypad} value=${text} input=${input} decimals=${digits()} enter=${() => take(given)} />
    <button type="button" class="pay" disabled=${!given || state.busy > 0}
      onClick=${() => take(given)}><span>${t("take_cash")}</span><b>${money(given || 0)}</b></button>
    ${due !== sale.due_minor && html`<p class="fine">${t("cash_rounded", {
      due: money(sale.due_minor), cash: money(due) })}</p>`}
  </div>`;
}

function Code({ sale, part }) {
  const [code, input] = useState("");
  const send = () => code && payCode(code).then(() => input(""));
  return html`<div class="code-way">
    <div class="scan-box"><${Icon} name="code" size="72" /><strong>${t("scan_code")}</strong>
      <p>${t("scan_code.words", { minor: money(part ?? sale.due_minor) })}</p></div>
    <form onSubmit=${(event) => (event.preventDefault(), send())}>
      <${Field} label=${t("code_by_hand")} value=${code} input=${input} inputmode="numeric" />
      <${Button} kind="primary" type="submit" disabled=${!code || state.busy > 0} onClick=${send}>
        ${t("ask_payment")}<//></form>
  </div>`;
}

export const payCode = (code) => pay("scan", withAmount({ code }, partAsked()));
const withAmount = (body, part) => (part ? { ...body, amount_minor: part } : body);

function Terminal({ sale, driver, part }) {
  return html`<div class="code-way"><div class="scan-box"><${Icon} name="card" size="72" />
      <strong>${named("tender", driver)}</strong><p>${t("card.words")}</p></div>
    <button type="button" class="pay" disabled=${state.busy > 0}
      onClick=${() => pay(encodeURIComponent(driver), withAmount({}, part))}>
      <span>${t("ask_payment")}</span><b>${money(part ?? sale.due_minor)}</b></button></div>`;
}

function Credit({ sale, part }) {
  const [code, input] = useState("");
  const send = () => pay("credit", withAmount({ code }, part));
  return html`<form class="code-way" onSubmit=${(event) => (event.preventDefault(), send())}>
    <${Field} label=${t("credit_code")} value=${code} input=${input} first />
    <${Button} kind="primary big" disabled=${!code} onClick=${send}>
      ${t("take_credit", { minor: money(part ?? sale.due_minor) })}<//></form>`;
}

function Other({ sale, part }) {
  const [name, setName] = useState("");
  const [reference, setReference] = useState("");
  const send = () => pay("record", { tender: "other", name, reference, amount_minor: part ?? sale.due_minor });
  return html`<form class="code-way" onSubmit=${(event) => (event.preventDefault(), send())}>
    <p>${t("record.words")}</p>
    <${Field} label=${t("record.name")} value=${name} input=${setName} first />
    <${Field} label=${t("record.reference")} value=${reference} input=${setReference} />
    <${Button} kind="primary big" disabled=${!name} onClick=${send}>
      ${t("record.take", { minor: money(part ?? sale.due_minor) })}<//></form>`;
}

/** Nobody knows yet whether it was paid: say so, keep asking, never ask for money twice. */
function InDoubt({ sale }) {
  useEffect(() => {
    const timer = setInterval(look, 1500);
    return () => clearInterval(timer);
  }, []);
  const payment = sale.payments.find((one) => one.id === sale.in_doubt[0]);
  const after = (next) => next && (next.state === "completed" ? finish(next) : show(next));
  const decide = async (paid) => {
    const reason = await ask("reason", { title: t(paid ? "doubt.paid" : "doubt.unpaid"),
      reasons: [t("doubt.seen_slip"), t("doubt.seen_app")], done: t("confirm") });
    if (!reason) return;
    const path = `/sales/${sale.id}/payments/${encodeURIComponent(payment.id)}/declare`;
    after(await doing(() => post(path, { paid, reason })));
  };
  const stop = async () => after(await doing(() => post(`/sales/${sale.id}/give-up`)));
  const underWay = payment.state === "pending" || payment.state === "intended";
  const about = { tender: named("tender", payment.driver), minor: money(payment.asked_minor) };
  return html`<section class="taking doubt" aria-label=${t("doubt")}>
    ${underWay ? html`<${Banner}><strong>${t("doubt.pending", about)}</strong><//>`
      : html`<${Banner} kind="doubt" icon="warn"><strong>${t("doubt.title", about)}</strong>
        <p>${t("doubt.words")}</p><//>`}
    ${payment.show && html`<${Square} code=${payment.show} label=${t("display.scan_to_pay")} kind="link" />`}
    <ol class="steps"><li>${t("doubt.step1")}</li><li>${t("doubt.step2")}</li>
      <li>${t("doubt.step3")}</li></ol>
    <div class="row"><span class="spinner" aria-hidden="true"></span>${t("doubt.asking")}</div>
    <div class="doubt-acts">
      <${Button} kind="primary" onClick=${look}>${t("doubt.ask_now")}<//>
      <${Button} onClick=${stop}>${t("doubt.stop")}<//>
      <${Button} onClick=${() => decide(true)}>${t("doubt.paid")}<//>
      <${Button} onClick=${() => decide(false)}>${t("doubt.unpaid")}<//></div>
  </section>`;
}

/** What is paid for, as the customer asks about it; of what came back, too. */
function Bought({ sale }) {
  const lines = sale.lines.filter((line) => !line.parent);
  return html`<h2>${t("paying.goods", { count: lines.length })}</h2>
    <ul class="bought" tabindex="0">${sale.returns.flatMap((back) => back.goods.map((goods) => html`
      <li class="back"><i>${quantity(goods.quantity_milli)}</i><span>${goods.name}</span>
        <b>${money(-goods.amount_minor)}</b></li>`))}
      ${lines.map((line) => html`<li key=${line.number}><i>${quantity(line.quantity_milli)}</i>
        <span>${line.name}</span><b>${money(sumOf(sale, line))}</b></li>`)}</ul>`;
}

const sumOf = (sale, line) => (line.parts.length
  ? sale.lines.filter((one) => one.parent === line.number) : [line])
  .reduce((sum, one) => sum + one.payable_minor, 0);

function Payments({ sale }) {
  return html`${sale.payments.length > 0 && html`<h2>${t("payments")}</h2>`}
    <ul class="payments">${sale.payments.map((one) => html`<li class=${one.verdict} key=${one.id}>
      <span><b>${named("tender", one.driver || one.kind)}</b>
        <small>${t(`verdict.${one.verdict}`)}${one.account && ` · ${one.account}`}</small></span>
      <b>${money(one.amount_minor || one.asked_minor)}</b></li>`)}</ul>
    <dl class="sums"><div><dt>${t("total")}</dt><dd>${money(sale.totals.payable_minor)}</dd></div>
      ${sale.totals.discount_minor !== 0 && html`<div class="off"><dt>${t("saved")}</dt>
        <dd>${money(-sale.totals.discount_minor)}</dd></div>`}
      ${sale.paid_minor !== 0 && html`<div><dt>${t("paid")}</dt>
        <dd>${money(sale.paid_minor)}</dd></div>`}
      <div class="big"><dt>${t(sale.due_minor < 0 ? "give_back" : "due")}</dt>
        <dd>${money(Math.abs(sale.due_minor))}</dd></div></dl>`;
}

