/** The cart: lines, what comes off and why, what is to pay. */

import { cancel, changeLine, changeSale, doing, setQuantity, suspend, undo, voidLine } from "./acts.js";
import { ask, state, update } from "./store.js";
import { Button, Choice, Empty, html, Icon } from "./ui.js";
import { Component } from "../vendor/preact.js";
import { LongList } from "./long_list.js";
import { Savings } from "./offers.js";
import { Panels } from "./panels.js";
import { money, nameOf, named, quantity, spoken, t, unit } from "./words.js";
import { get } from "./api.js";

export function Cart() {
  const sale = state.sale;
  const lines = sale ? sale.lines.filter((line) => !line.parent) : [];
  const count = lines.reduce((sum, line) => sum + (line.measure === "weight" ? 1000 : line.quantity_milli), 0);
  return html`<aside class="cart" aria-label=${t("cart")}>
    <${Head} sale=${sale} />
    ${lines.length || sale?.returns.length
      ? html`<${Lines} sale=${sale} lines=${lines} selected=${state.selected}
          touched=${state.touched} language=${spoken()} />`
      : html`<div class="lines"><${Empty} icon="cart" title=${t("cart.empty")}>
          ${t("cart.empty.words")}<//></div>`}
    <${Panels} place="cart" />
    ${sale && html`<${Savings} sale=${sale} />`}
    <${Foot} sale=${sale} count=${count} />
  </aside>
  <button type="button" class="cart-bar" onClick=${() => update({ cartOpen: !state.cartOpen })}>
    <${Icon} name="cart" /><span>${t("items", { count: quantity(count) })}</span>
    <b>${money(sale?.due_minor ?? 0)}</b></button>`;
}

function Head({ sale }) {
  const types = state.shop.order_types.filter(Boolean);
  const setType = (order_type) =>
    sale ? changeSale({ order_type }) : update({ orderType: order_type });
  return html`<header class="cart-head">
    <${Button} icon="back" kind="ghost phone-only" aria-label=${t("goods")}
      onClick=${() => update({ cartOpen: false })} />
    ${types.length > 1 && html`<${Choice} label=${t("order_type")}
      options=${types.map((one) => [one, named("order", one)])}
      value=${sale?.order_type || state.orderType || types[0]} choose=${setType} />`}
    <span class="grow"></span>
    <button type="button" class="member ${sale?.member ? "on" : ""}" onClick=${() => ask("member")}>
      <${Icon} name="person" size="20" /><span>${sale?.member || t("member")}</span></button>
    <${Button} icon="more" kind="ghost" aria-label=${t("sale.more")}
      onClick=${() => ask("sale_more")} />
  </header>`;
}

/** The lines; drawn again only when the sale or the choice is another. */
class Lines extends Component {
  shouldComponentUpdate(next) {
    const now = this.props;
    return ["sale", "selected", "touched", "language"].some((name) => next[name] !== now[name]);
  }
  render({ sale, lines, selected, touched, language }) {
    const shared = lines.length > 1 ? common(sale.lines) : "";
    const rows = lines.map((line) => ({ key: line.number, draw: (about) => html`<${Line}
      key=${line.number} line=${line} parts=${parts(sale, line)} shared=${shared} about=${about}
      selected=${selected === line.number} touched=${touched === line.number}
      language=${language} />` }));
    return html`<${LongList} kind="lines" label=${t("lines")} rows=${rows} at=${selected || touched}>
      ${sale.returns.map((back) => html`<${Back} key=${back.id} back=${back} />`)}<//>`;
  }
}

/** The rules that took something off every line: said once below the lines, not on each. */
function common(lines) {
  const [first, ...others] = lines.filter((line) => line.gross_minor > 0);
  if (!first) return "";
  const everywhere = (rule) => others.every((line) => line.rules.some((one) => one.rule === rule));
  return first.rules.map((one) => one.rule).filter(everywhere).join(" ");
}

const NONE = [];
const parts = (sale, line) =>
  line.parts.length ? sale.lines.filter((one) => one.parent === line.number) : NONE;

function Back({ back }) {
  return html`${back.goods.map((goods) => html`<li class="line back">
    <div class="line-top"><div class="line-what"><span class="line-name">${goods.name}</span>
      <span class="line-sub">${t("returned_of", { number: back.of_number || "–" })} ·
        ${quantity(goods.quantity_milli)}</span></div>
      <b class="line-sum">${money(-goods.amount_minor)}</b></div></li>`)}`;
}

/** One line; drawn again only when something of it changed, however long the cart is. */
class Line extends Component {
  shouldComponentUpdate(next) {
    const now = this.props;
    return next.selected !== now.selected || next.touched !== now.touched ||
      next.language !== now.language || next.shared !== now.shared ||
      next.about["aria-setsize"] !== now.about["aria-setsize"] || next.line !== now.line || !same(next.parts, now.parts);
  }
  render({ line, selected, touched, parts, shared, about }) {
    const all = parts.length ? parts : [line];
    const sum = all.reduce((total, one) => total + one.payable_minor, 0);
    const gross = all.reduce((total, one) => total + one.gross_minor, 0);
    const off = all.reduce((total, one) => total + one.discount_minor, 0);
    const cls = `line ${selected ? "selected" : ""} ${touched ? "touched" : ""}`;
    return html`<li class=${cls} ...${about}>
      <button type="button" class="line-top" aria-expanded=${selected}
        onClick=${() => update({ selected: selected ? 0 : line.number })}>
        <span class="line-count">${quantity(line.quantity_milli)}${
          line.measure === "weight" && html`<small>${unit(line.unit)}</small>`}</span>
        <span class="line-what"><span class="line-name">${line.name}</span>
          <span class="line-sub">${money(line.unit_minor)}${
            line.unit !== "each" && line.measure !== "weight" && html` / ${unit(line.unit)}`}${
            line.override_reason && html` <s>${money(line.list_unit_minor)}</s>`}${
            line.modifiers.map((one) => html` · ${one.name}`)}</span>
          ${parts.map((part) => html`<span class="line-sub">· ${part.name}${
            part.quantity_milli !== 1000 ? ` × ${quantity(part.quantity_milli)}` : ""}</span>`)}
          ${rules(all, selected ? "" : shared).map(([name, minor]) => html`<span class="line-rule">
            <i>${name}</i> ${money(-minor)}</span>`)}
          ${line.note && html`<span class="line-note"><${Icon} name="note" size="14" />
            ${line.note}</span>`}
          ${line.seller && html`<span class="line-note"><${Icon} name="person" size="14" />
            ${line.seller}</span>`}</span>
        <span class="line-sum"><b>${money(sum)}</b>${off > 0 && html`<s>${money(gross)}</s>`}</span>
      </button>
      ${selected && html`<${Change} line=${line} />`}
    </li>`;
  }
}

const same = (one, other) => one === other || (one.length === other.length
  && one.length > 0 && one.every((part, at) => part === other[at]));

function rules(lines, hidden) {
  const sums = new Map();
  for (const rule of lines.flatMap((line) => line.rules)) {
    if (rule.rule === "rounding" || hidden.split(" ").includes(rule.rule)) continue;
    const name = nameOf(rule.name, rule.rule.startsWith("manual:") ? t("discount") : rule.rule);
    sums.set(name, (sums.get(name) || 0) + rule.minor);
  }
  return [...sums].filter(([, minor]) => minor !== 0);
}

function Change({ line }) {
  const step = (by) => {
    const next = line.quantity_milli + by * 1000;
    return next > 0 ? setQuantity(line.number, quantity(next)) : voidLine(line);
  };
  return html`<div class="line-acts" role="group" aria-label=${line.name}>
    <div class="stepper">
      <${Button} icon="minus" aria-label=${t("less")} onClick=${() => step(-1)} />
      <button type="button" class="button" onClick=${() => keyQuantity(line)}
        aria-label=${`${t("quantity")} ${quantity(line.quantity_milli)}`}>
        ${quantity(line.quantity_milli)}</button>
      <${Button} icon="plus" aria-label=${t("more_of")} onClick=${() => step(1)} />
    </div>
    ${(line.family || line.parts.length > 0) && html`<${Button} icon="swap"
      onClick=${() => respec(line)}>${t("spec")}<//>`}
    ${line.units.length > 1 && html`<${Button} icon="swap" onClick=${() => ask("units", { line })}>
      ${t("packs")}<//>`}
    <${Button} icon="note" onClick=${() => ask("note", { line })}>${t("note")}<//>
    <${Button} icon="percent" onClick=${() => ask("discount", { line })}>${t("discount")}<//>
    <${Button} icon="tag" onClick=${() => ask("price", { line })}>${t("price")}<//>
    <${Button} icon="person" onClick=${() => ask("seller", { line })}>${t("seller")}<//>
    <${Button} icon="stock" onClick=${() => stock(line)}>${t("stock")}<//>
    <${Button} icon="trash" kind="danger" onClick=${() => voidLine(line)}>${t("void")}<//>
  </div>`;
}

export async function keyQuantity(line) {
  if (line.measure === "weight") {
    const weight = await ask("weigh", { item: line });
    return weight && changeLine(line.number, weight);
  }
  const given = await ask("quantity", { title: line.name, unit: line.unit, decimals: 0,
    price: line.unit_minor });
  return given && setQuantity(line.number, given);
}

async function respec(line) {
  if (line.parts.length) {
    const item = await doing(() => get(`/items/${encodeURIComponent(line.sku)}`));
    const choices = item && await ask("meal", { item, line });
    return choices && changeLine(line.number, { spec: { choices } });
  }
  const picked = await ask("picker", { family: line.family, name: line.name, line });
  if (picked) await changeLine(line.number, { spec: picked });
}

const stock = async (line) => ask("goods", { item: await get(`/items/${encodeURIComponent(line.sku)}`) });

function Foot({ sale, count }) {
  const due = sale?.due_minor ?? 0;
  const ready = sale && (sale.lines.length > 0 || sale.returns.length > 0);
  return html`<footer class="cart-foot">
    <dl class="sums"><div><dt>${t("items", { count: quantity(count) })}</dt>
      <dd>${money(sale?.totals.list_minor ?? 0)}</dd></div>
      ${sale && sale.totals.discount_minor !== 0 && html`<div class="off"><dt>${t("saved")}</dt>
        <dd>${money(-sale.totals.discount_minor)}</dd></div>`}
      ${sale && sale.returned_minor !== 0 && html`<div><dt>${t("returned")}</dt>
        <dd>${money(-Math.abs(sale.returned_minor))}</dd></div>`}
      ${sale && sale.paid_minor !== 0 && html`<div><dt>${t("paid")}</dt>
        <dd>${money(-sale.paid_minor)}</dd></div>`}</dl>
    <div class="foot-acts">
      <${Button} icon="undo" disabled=${!sale?.can_undo} onClick=${undo}>${t("undo")}<//>
      <${Button} icon="held" disabled=${!sale?.lines.length} onClick=${suspend}>${t("suspend")}<//>
      <${Button} icon="close" disabled=${!sale} onClick=${cancel}>${t("cancel")}<//>
    </div>
    <button type="button" class="pay" disabled=${!ready} onClick=${() => update({ paying: true })}>
      <span>${due < 0 ? t("give_back") : t("pay")}</span>
      <b data-total=${due}>${money(Math.abs(due))}</b></button>
  </footer>`;
}
