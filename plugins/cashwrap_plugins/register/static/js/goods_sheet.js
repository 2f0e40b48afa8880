/** All that the till knows of some goods: the price of each unit, and where there is how much. */

import { add } from "./acts.js";
import { get } from "./api.js";
import { state } from "./store.js";
import { Banner, Empty, html, Sheet, useEffect, useState } from "./ui.js";
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
  const packs = item.packs.filter((pack) => pack.unit_minor !== null);
  if (!packs.length || item.unit_minor === null || !item.sellable) return null;
  const sell = (name) => (close(), add(item.sku, { unit: name }));
  return html`<h3>${t("packs")}</h3><div class="chips packs">
    <button type="button" class="chip" onClick=${() => sell("")}><b>1 ${unit(item.unit)}</b>
      <small>${money(item.unit_minor)}</small></button>
    ${packs.map((pack) => html`<button type="button" class="chip" key=${pack.unit}
      onClick=${() => sell(pack.unit)}><b>1 ${unit(pack.unit)}</b>
      <small>${t("packs.holds", { count: quantity(pack.quantity_milli), unit: unit(item.unit) })}</small>
      <small>${money(pack.unit_minor)}</small></button>`)}</div>`;
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
