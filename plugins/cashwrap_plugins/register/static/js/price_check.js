/** Price check: scan or search, and see price, codes and stock, without selling anything. */

import { get } from "./api.js";
import { SubPage } from "./sub_page.js";
import { ask, state, update } from "./store.js";
import { Button, Empty, Field, html, useEffect, useState } from "./ui.js";
import { money, problem, quantity, t, unit } from "./words.js";

/** What the scanner read while the page is open goes here, and not to the sale. */
export const checkPrice = (code) => update({ checked: code });

export function PriceCheck() {
  const [query, input] = useState("");
  const [items, show] = useState([]);
  const [found, tell] = useState(null);
  const look = async (code) => {
    try {
      tell(await get(`/lookup?code=${encodeURIComponent(code)}`));
    } catch (error) {
      tell({ wrong: problem(error), code });
    }
  };
  useEffect(() => {
    const code = state.checked;
    if (!code) return;
    update({ checked: "" });
    look(code);
  }, [state.checked]);
  useEffect(() => {
    if (!query.trim()) return show([]);
    const timer = setTimeout(() => get(`/items?limit=12&query=${encodeURIComponent(query.trim())}`)
      .then((page) => show(page.items), () => show([])), 150);
    return () => clearTimeout(timer);
  }, [query]);
  const enter = (event) => {
    event.preventDefault();
    if (/^\d{4,}$/.test(query.trim()) && !items.length) look(query.trim());
    else if (items.length) tell({ item: items[0] });
  };
  return html`<${SubPage} title=${t("price_check")} lead=${t("price_check.words")}>
    <form class="narrow-form" onSubmit=${enter}><${Field} label=${t("price_check.find")} value=${query}
      input=${input} first autofocus /></form>
    ${!found && !items.length && html`<${Empty} icon="tag" title=${query.trim()
      ? t("nothing_found", { query: query.trim() }) : t("price_check.empty")}>
      ${!query.trim() && t("price_check.empty.words")}<//>`}
    ${found?.wrong && html`<${Empty} icon="search" title=${found.wrong}>${found.code}<//>`}
    ${found?.item && html`<${Price} found=${found} />`}
    ${items.length > 0 && html`<ul class="rows">${items.map((item) => html`<li key=${item.sku}>
      <button type="button" onClick=${() => tell({ item })}><span class="grow what">${item.name}
        <small>${item.sku}</small></span><b>${item.unit_minor === null ? "–"
          : money(item.unit_minor)}</b></button></li>`)}</ul>`}<//>`;
}

function Price({ found }) {
  const { item } = found;
  const pack = found.unit && found.unit !== item.unit;
  return html`<article class="card price-card" role="status"><h2>${item.name}</h2>
    <p class="goods-price"><b>${item.unit_minor === null ? "–" : money(item.unit_minor)}</b>
      <small> / ${unit(item.unit)}</small></p>
    ${pack && html`<p>${t("price_check.pack", { unit: found.unit,
      count: quantity(found.base_quantity_milli) })}</p>`}
    <p class="fine">${[item.sku, ...item.plus, ...item.gtins].join(" · ")}</p>
    ${item.available_milli !== null && html`<p>${t("available")} <b>${quantity(
      item.available_milli)}</b></p>`}
    ${!item.sellable && !item.is_family && html`<p class="wrong">${t("price_check.not_sold")}</p>`}
    <div class="row"><${Button} icon="stock" onClick=${() => ask("goods", { item })}>${t("stock")}<//>
    </div></article>`;
}
