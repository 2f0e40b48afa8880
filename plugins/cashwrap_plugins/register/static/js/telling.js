/** Sheets that tell: why this price, what became different, what the till knows of some goods. */

import { get, remove } from "./api.js";
import { cancel, change, doing, send, suspend } from "./acts.js";
import { told } from "./offers.js";
import { ask, state } from "./store.js";
import { Banner, Button, Choice, Empty, Field, html, Sheet, useEffect, useState } from "./ui.js";
import { dateTime, has, money, named, nameOf, quantity, t, unit } from "./words.js";

/** Every rule that counted, what it took off which goods, and why others did not. */
export function Why({ close }) {
  const sale = state.sale;
  const [proof, show] = useState(null);
  useEffect(() => {
    doing(() => get(`/sales/${sale.id}/proof`)).then(show);
  }, [sale.id]);
  const names = new Map([...sale.applied, ...sale.hints, ...sale.choices].map((one) =>
    [one.rule, nameOf(one.name, one.rule)]));
  const name = (rule) => names.get(rule) || nameOf(proof?.names?.[rule], rule);
  return html`<${Sheet} title=${t("why.title")} close=${() => close()} size="wide">
    <dl class="why-sums"><div><dt>${t("why.list")}</dt><dd>${money(sale.totals.list_minor)}</dd></div>
      <div class="off"><dt>${t("saved")}</dt><dd>${money(-sale.totals.discount_minor)}</dd></div>
      <div class="big"><dt>${t("total")}</dt><dd>${money(sale.totals.payable_minor)}</dd></div></dl>
    <h3>${t("why.applied")}</h3>
    ${sale.applied.length === 0 && html`<p class="fine">${t("why.none")}</p>`}
    ${sale.applied.map((rule) => html`<section class="rule" key=${rule.rule}>
      <header><strong>${nameOf(rule.name, rule.rule)}</strong><b>${money(-rule.saving_minor)}</b>
      </header><ul>${goodsOf(sale, rule.rule).map(([line, minor]) => html`<li>
        <span>${line.name} × ${quantity(line.quantity_milli)}</span><span>${money(-minor)}</span>
        </li>`)}</ul></section>`)}
    ${sale.discounts.map((one) => html`<section class="rule" key=${one.id}><header>
      <strong>${t("discount")} · ${one.reason}</strong><${Button} icon="close" kind="ghost"
      aria-label=${t("remove")} onClick=${() => change((now) =>
        remove(`/sales/${now.id}/discounts/${encodeURIComponent(one.id)}`))} /></header></section>`)}
    ${sale.hints.length > 0 && html`<h3>${t("why.hints")}</h3>
      <ul class="plain">${sale.hints.map((hint) => html`<li>${told(hint)}</li>`)}</ul>`}
    ${sale.choices.length > 0 && html`<h3>${t("why.choices")}</h3>
      ${sale.choices.map((one) => html`<div class="row" key=${one.rule}>
        <span class="grow">${nameOf(one.name, one.rule)}</span>
        <${Choice} label=${nameOf(one.name, one.rule)} value=${one.choice}
          options=${[["chosen", t("use")], ["refused", t("leave_out")]]}
          choose=${(choice) => send("choices", { rule: one.rule, choice })} /></div>`)}`}
    ${proof && proof.rejected.length > 0 && html`<h3>${t("why.rejected")}</h3>
      <ul class="plain">${proof.rejected.map((one) => html`<li>
        <strong>${name(one.rule)}</strong> — ${whyNot(one, name)}</li>`)}</ul>`}
    ${proof && html`<p class="fine">${t(proof.certificate.proved === false
      ? "why.unproved" : "why.proved")}</p>`}
  <//>`;
}

function goodsOf(sale, rule) {
  return sale.lines.map((line) => [line, line.rules.filter((one) => one.rule === rule)
    .reduce((sum, one) => sum + one.minor, 0)]).filter(([, minor]) => minor !== 0);
}

export function whyNot(one, name) {
  const short = [one.short_minor && money(one.short_minor),
    one.short_count && t("items", { count: one.short_count })].filter(Boolean).join(" + ");
  const key = `why.${one.reason}`;
  return has(key) ? t(key, { short, by: one.by ? name(one.by) : "" }) : one.reason;
}

/** What is different since the sale was suspended, by whom and why, for the customer to hear. */
export function Changes({ changes, hold, close }) {
  const rows = [...changes.lines.map((one) => [one.name, one.before_minor, one.after_minor]),
    ...changes.rules.map((one) => [nameOf(one.name, one.rule), -one.before_minor,
      -one.after_minor])];
  const more = changes.after_minor - changes.before_minor;
  return html`<${Sheet} title=${t("changes")} close=${() => close()} foot=${html`
    <${Button} kind="primary" data-first="" onClick=${() => close()}>${t("understood")}<//>`}>
    <${Banner} kind="doubt" icon="warn"><strong>${more === 0 ? t("changes.same", {
        after: money(changes.after_minor) }) : t("changes.words", {
        before: money(changes.before_minor), after: money(changes.after_minor) })}</strong>
      ${changes.repriced && html`<p>${t("changes.repriced")}</p>`}
      ${hold && html`<p class="fine">${t("changes.hold", { when: dateTime(hold.at_ms),
        who: [hold.staff, hold.register].filter(Boolean).join(" · "), why: [named("suspend_reason",
          hold.reason), hold.said].filter(Boolean).join(" · ") || "–" })}</p>`}<//>
    ${rows.length > 0 && html`<table class="table"><thead><tr><th>${t("goods")}</th>
      <th>${t("before")}</th><th>${t("now")}</th><th>${t("difference")}</th></tr></thead>
      <tbody>${rows.map(([what, before, after]) => html`<tr><td>${what}</td><td>${money(before)}</td>
        <td>${money(after)}</td><td>${after > before ? "+" : ""}${money(after - before)}</td>
        </tr>`)}</tbody></table>`}
    ${changes.unsellable.map((one) => html`<p>${t("changes.unsellable", { name: one.name })}</p>`)}
    ${changes.short.map((sku) => html`<p>${t("changes.short", { name: state.sale?.lines.find(
      (line) => line.sku === sku)?.name || sku })}</p>`)}
    ${changes.returns.map((one) => html`<p>${t("changes.return", { number: one.number,
      before: money(one.before_minor), after: money(one.after_minor) })}</p>`)}
    ${changes.coupons.map((one) => html`<p>${t("changes.coupon", { name: one.coupon })}</p>`)}
  <//>`;
}

/** What is done less often with the whole sale. */
export function SaleMore({ close }) {
  const [code, input] = useState("");
  const on = (act) => () => (close(), act());
  const none = !state.sale?.lines.length;
  const show = () => code && send("coupons", { code }).then((done) => done && close());
  return html`<${Sheet} title=${t("sale.more")} close=${() => close()} size="narrow">
    <form class="row" onSubmit=${(event) => (event.preventDefault(), show())}>
      <${Field} label=${t("coupon")} value=${code} input=${input} first />
      <${Button} kind="primary" disabled=${!code} onClick=${show}>${t("use")}<//></form>
    <div class="menu">
      <${Button} wide icon="percent" disabled=${none} onClick=${on(() => ask("discount", {}))}>
        ${t("discount.order")}<//>
      <${Button} wide icon="note" disabled=${none} onClick=${on(() => ask("note", {}))}>
        ${t("note.sale")}<//>
      <${Button} wide icon="person" disabled=${none} onClick=${on(() => ask("seller", {}))}>
        ${t("seller.sale")}<//>
      <${Button} wide icon="why" disabled=${none} onClick=${on(() => ask("why"))}>
        ${t("why.title")}<//>
      <${Button} wide icon="held" disabled=${none} onClick=${on(suspend)}>${t("suspend")}<//>
      <${Button} wide icon="close" kind="danger" disabled=${!state.sale} onClick=${on(cancel)}>
        ${t("cancel_sale")}<//></div>
  <//>`;
}

const KEYS = ["F1", "F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10", "Ctrl+Z", "↑↓", "Del",
  "Shift+Del", "Esc"];

export function Help({ close }) {
  return html`<${Sheet} title=${t("help")} close=${() => close()}>
    <dl class="keys">${KEYS.map((key) => html`<div key=${key}><dt><kbd>${key}</kbd></dt>
      <dd>${t(`key.${key}`)}</dd></div>`)}</dl>
    <p class="fine">${t("help.scan")}</p><//>`;
}
