/** All that the till knows of some goods: the price of each unit, and where there is how much. */

import { add, changeLine, doing } from "./acts.js";
import { get } from "./api.js";
import { state } from "./store.js";
import { Banner, Empty, html, Sheet, useEffect, useLayoutEffect, useState } from "./ui.js";
import { has, money, quantity, t, unit } from "./words.js";

export const isOut = (item) => item.available_milli !== null && item.available_milli <= 0;

/** `out` is given where the goods were meant to be sold and are not here. */
export function Goods({ item, out, close }) {
  const [places, show] = useState(null);
  useEffect(() => {
    get(`/stock/${encodeURIComponent(item.sku)}`).then(show, () => show([]));
  }, [item.sku]);
  const elsewhere = (places || []).filter((one) => !isHere(one) && one.available_milli > 0);
  return html`<${Sheet} title=${item.name} close=${() => close()} size="narrow">
    ${out && places && html`<${Banner} kind="doubt" icon="stock"><strong>${t("sold_out.here")}</strong>
      <p>${elsewhere.length ? t("sold_out.elsewhere", { places: elsewhere.map((one) =>
        `${place(one.location)} ${quantity(one.available_milli)}`).join(" · ") })
        : t("sold_out.nowhere")}</p><//>`}
    <p class="goods-price"><b>${item.unit_minor === null ? "–" : money(item.unit_minor)}</b>
      <small>/ ${unit(item.unit)}</small></p>
    <p class="fine codes">${[item.sku, ...item.plus, ...item.gtins].join(" · ")}</p>
    <${Packs} item=${item} close=${close} />
    <h3>${t("stock")}</h3>
    ${places && (places.length === 0
      ? html`<${Empty} icon="stock" title=${t("stock.unknown")} />`
      : html`<${Places} places=${places} />`)}
  <//>`;
}

/** One piece or a whole case of it: each unit has its own price. */
function Packs({ item, close }) {
  if (!canChoose(item) || !item.sellable) return null;
  const sell = (name) => (close(), add(item.sku, { unit: name }));
  return html`<h3>${t("packs")}</h3><${Chips} item=${item} choose=${sell} />`;
}

const priced = (item) => item.packs.filter((pack) => pack.unit_minor !== null);
const canChoose = (item) => priced(item).length > 0 && item.unit_minor !== null;

/** The units of some goods; `now` is the one that is chosen, if one is. */
function Chips({ item, now, choose }) {
  const all = [{ unit: item.unit, unit_minor: item.unit_minor }, ...priced(item)];
  return html`<div class="chips packs">${all.map((one, at) => html`<button type="button" class="chip"
      key=${one.unit} aria-pressed=${now === undefined ? undefined : one.unit === now}
      data-first=${now === one.unit ? "" : undefined} onClick=${() => choose(at ? one.unit : "")}>
      <b>1 ${unit(one.unit)}</b>
      ${one.quantity_milli && html`<small>${t("packs.holds", { count: quantity(one.quantity_milli),
        unit: unit(item.unit) })}</small>`}
      <small>${money(one.unit_minor)}</small></button>`)}</div>`;
}

/** The unit of a line in the cart: the piece that was scanned is to be a case. */
export function Units({ line, close }) {
  const [item, show] = useState(null);
  useEffect(() => {
    const customer = encodeURIComponent(state.sale?.customer || "");
    doing(() => get(`/items/${encodeURIComponent(line.sku)}?customer=${customer}`)).then(
      (found) => found ? show(found) : close());
  }, [line.sku]);
  useLayoutEffect(() => {
    document.querySelector(".sheet [data-first]")?.focus(); // it was not there yet at first
  }, [item]);
  const choose = async (name) => {
    if ((name || item.unit) === line.unit) return close();
    if (await changeLine(line.number, { spec: { unit: name } })) close();
  };
  return html`<${Sheet} title=${line.name} close=${() => close()} size="narrow">
    ${item && (canChoose(item) ? html`<h3>${t("packs")}</h3><${Chips} item=${item} now=${line.unit}
      choose=${choose} />`
      : html`<${Empty} icon="tag" title=${t("no_price")} />`)}<//>`;
}

function Places({ places }) {
  return html`<table class="table places"><thead><tr><th>${t("place")}</th><th>${t("on_hand")}</th>
      <th>${t("available")}</th></tr></thead><tbody>${places.map((one) => html`<tr
      key=${one.location} class=${isHere(one) ? "here" : ""}><td>${place(one.location)}
        <small class="fine">${one.age_s === null ? t("age.unknown") : ago(one.age_s)}</small></td>
      <td>${quantity(one.on_hand_milli)}</td><td>${quantity(one.available_milli)}</td>
      </tr>`)}</tbody></table>`;
}

const isHere = (one) => one.location === `store:${state.shop.store}`;

function place(location) {
  const [kind, name] = location.split(":");
  if (location === `store:${state.shop.store}`) return t("place.here");
  return has(`place.${kind}`) ? `${t(`place.${kind}`)} ${name || ""}` : location;
}

/** How old the till's news of a place is: of its own shop there is none older than now. */
function ago(seconds) {
  if (seconds < 1) return t("age.now");
  if (seconds < 120) return t("age", { seconds });
  if (seconds < 7200) return t("age.minutes", { minutes: Math.floor(seconds / 60) });
  if (seconds < 172_800) return t("age.hours", { hours: Math.floor(seconds / 3600) });
  return t("age.days", { days: Math.floor(seconds / 86_400) });
}
