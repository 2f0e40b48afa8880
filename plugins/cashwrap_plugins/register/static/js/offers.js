/** What came off and why, and what the customer may still take: gifts, more for less, points. */

import { get } from "./api.js";
import { doing, voidLine } from "./acts.js";
import { choose } from "./selling.js";
import { ask, state } from "./store.js";
import { Button, Empty, html, Icon, Sheet, useEffect, useLayoutEffect, useState } from "./ui.js";
import { money, nameOf, quantity, t } from "./words.js";

const HINTS_SHOWN = 2;

export function Savings({ sale }) {
  const hints = sale.hints.slice(0, HINTS_SHOWN);
  if (!sale.applied.length && !hints.length && !sale.offers.length && !sale.rewards.length) return null;
  return html`<div class="savings">
    ${sale.applied.length > 0 && html`<button type="button" class="saved" onClick=${() => ask("why")}>
      <${Icon} name="tag" size="18" /><span>${sale.applied.map((one) =>
        nameOf(one.name, one.rule)).join(" · ")}</span>
      <b>${money(-sale.saved_minor)}</b><em>${t("why")}</em></button>`}
    ${sale.offers.map((one) => html`<button type="button" class="hint gift" key=${one.rule}
      onClick=${() => ask("offer", { rule: one.rule, name: one.name })}>
      <${Icon} name="gift" size="18" /><span>${offered(one)}</span>
      <em>${t("offer.choose")}</em></button>`)}
    ${hints.map((hint) => hint.names_goods
      ? html`<button type="button" class="hint" key=${hint.rule} onClick=${() => more(hint)}>
        <${Icon} name="plus" size="18" /><span>${told(hint)}</span><em>${t("add")}</em></button>`
      : html`<p class="hint" key=${hint.rule}><${Icon} name="info" size="18" />
        <span>${told(hint)}</span></p>`)}
    ${sale.rewards.length > 0 && html`<p class="hint reward"><${Icon} name="star" size="18" />
      <span>${sale.rewards.map(earned).join(" · ")}</span></p>`}
  </div>`;
}

export function told(hint) {
  const values = { rule: nameOf(hint.name, hint.rule), gain: money(hint.gain_minor),
    minor: money(hint.add_minor), count: hint.add_count };
  return t(hint.add_minor ? "hint.minor" : "hint.count", values);
}

const offered = (one) => t(one.free ? "offer.gift" : "offer.cheaper", {
  rule: nameOf(one.name, one.rule), count: one.units });

/** What a promotion gives other than money: so many times the points, points more, coupons. */
export function earned(one) {
  const name = nameOf(one.name, one.rule);
  if (one.kind === "coupon") return t("reward.coupon", { name, count: one.count });
  const parts = [one.times_ppm && one.times_ppm !== 1_000_000 && `× ${one.times_ppm / 1_000_000}`,
    one.extra && `+ ${one.extra}`].filter(Boolean);
  return [name, ...parts].join(" ");
}

const goodsOf = (rule) => doing(() =>
  get(`/sales/${state.sale.id}/rules/${encodeURIComponent(rule)}/goods`));

/** Add what a hint is about: at once where that is one good, else after choosing. */
async function more(hint) {
  const goods = await goodsOf(hint.rule);
  if (!goods) return;
  if (goods.length === 1) await choose(goods[0]);
  else await ask("offer", { rule: hint.rule, name: hint.name });
}

/** The goods of a promotion to choose from, and those of them that are taken already. */
export function Offer({ rule, name, close }) {
  const [goods, show] = useState(null);
  const sale = state.sale;
  useEffect(() => {
    goodsOf(rule).then((found) => show(found || []));
  }, [rule]);
  useLayoutEffect(() => {
    document.querySelector(".sheet [data-first]")?.focus();
  }, [goods]);
  const left = sale?.offers.find((one) => one.rule === rule);
  const hint = sale?.hints.find((one) => one.rule === rule);
  const taken = (sale?.lines || []).filter((line) => line.rules.some((one) => one.rule === rule)
    && goods?.some((item) => item.sku === line.sku || item.sku === line.family));
  return html`<${Sheet} title=${nameOf(name, rule)} close=${() => close()} foot=${html`
    <span class="grow fine">${left ? offered(left) : hint ? told(hint) : t("offer.complete")}</span>
    <${Button} kind="primary" onClick=${() => close()}>${t("offer.done")}<//>`}>
    ${taken.length > 0 && html`<ul class="rows taken" aria-label=${t("offer.taken")}>
      ${taken.map((line) => html`<li class="return-line" key=${line.number}>
        <${Icon} name="check" size="20" /><span class="grow">${line.name} × ${
          quantity(line.quantity_milli)}</span><b>${money(line.payable_minor)}</b>
        <${Button} icon="trash" kind="ghost danger" aria-label=${t("offer.remove", { name: line.name })}
          onClick=${() => voidLine(line)} /></li>`)}</ul>`}
    ${goods && (goods.length === 0 ? html`<${Empty} icon="gift" title=${t("offer.none")} />`
      : html`<div class="chips">${goods.map((item, at) => html`<button type="button" class="chip"
        key=${item.sku} data-first=${at ? undefined : ""} disabled=${isOut(item)}
        onClick=${() => choose(item)}><b>${item.name}</b><small>${isOut(item) ? t("sold_out")
          : item.unit_minor === null ? t("choose_spec") : money(item.unit_minor)}</small>
        </button>`)}</div>`)}
  <//>`;
}

const isOut = (item) => item.available_milli !== null && item.available_milli <= 0;
