/** The selling screen: find goods on the left, the cart on the right. */

import { add, scan } from "./acts.js";
import { get } from "./api.js";
import { Cart } from "./cart.js";
import { isOut } from "./goods_sheet.js";
import { asTask } from "./kept.js";
import { Grid, Groups, Shelf } from "./shelf.js";
import { state, tell, update, ask } from "./store.js";
import { task } from "./tasks.js";
import { Button, Empty, html, Icon, useRef } from "./ui.js";
import { problem, t } from "./words.js";

export function Selling() {
  if (state.shift?.state !== "open" && state.shop.shifts_required) {
    return html`<div class="closed"><${Empty} icon="shift" title=${t("no_shift")}>
      ${t("no_shift.words")}<//>
      <${Button} kind="primary big" onClick=${() => update({ screen: "shift" })}>
        ${t("shift.open")}<//></div>`;
  }
  return html`<div class="selling ${state.cartOpen ? "cart-open" : ""}">
    <section class="goods" aria-label=${t("goods")}>
      <div class="goods-head"><${Search} /></div>
      ${state.found ? html`<${Found} />` : html`<${Groups} /><${Shelf} />`}
    </section>
    <${Cart} />
  </div>`;
}

let asked = 0;

async function search(query) {
  update({ query });
  const number = (asked += 1);
  if (!query.trim()) return update({ found: null });
  try {
    const page = await get(`/items?limit=60&query=${encodeURIComponent(query.trim())}`);
    if (number === asked) update({ found: page.items });
  } catch (error) {
    tell(problem(error), "bad");
  }
}

export const endSearch = () => {
  asked += 1;
  update({ query: "", found: null });
};

/** Enter in the search: a whole code is scanned, one thing found is chosen. */
async function enter(query) {
  const times = /^(\d+(?:\.\d+)?)\s*[x*×]$/i.exec(query.trim());
  if (times) {
    update({ times: times[1] });
    return endSearch();
  }
  if (/^\d{8,}$/.test(query.trim())) {
    endSearch();
    return scan(query.trim());
  }
  await search(query);
  if (state.found?.length === 1) {
    const [item] = state.found;
    endSearch();
    return choose(item);
  }
  document.querySelector(".grid .good:not(:disabled)")?.focus();
}

function Search() {
  const field = useRef();
  return html`<div class="search" role="search">
    <${Icon} name="search" />
    <input ref=${field} id="search" type="search" value=${state.query} autocomplete="off"
      placeholder=${t("search.words")} aria-label=${t("search")} enterkeyhint="search"
      onInput=${(event) => search(event.target.value)}
      onKeyDown=${(event) => {
        if (event.key === "Enter") enter(event.target.value);
        else if (event.key === "Escape") endSearch(), field.current.blur();
      }} />
    ${state.times && html`<span class="times">${state.times} ×</span>`}
    ${state.query && html`<${Button} icon="close" kind="ghost" aria-label=${t("clear")}
      onClick=${endSearch} />`}
  </div>`;
}

function Found() {
  if (state.found.length) return html`<div class="shelf"><${Grid} items=${state.found} /></div>`;
  return html`<${Empty} icon="search" title=${t("nothing_found", { query: state.query })}>
    ${t("nothing_found.words")}<//>`;
}

/** Sell an item. Where the books have none of it the sale goes on, unless the shop refuses that. */
export async function choose(item) {
  if (!isOut(item) || item.is_family || item.has_slots) return sell(item);
  if (state.shop.negative_stock === "refuse") return ask("goods", { item, out: true });
  const sold = await sell(item);
  if (sold) tell(t("sold_out.books", { name: item.name }), "", { name: t("sold_out.where"),
    does: () => ask("goods", { item, out: true }) });
  return sold;
}

/** Sell an item: at once, or after the choices that it needs. */
async function sell(item) {
  if (item.is_family) {
    const picked = await ask("picker", { family: item.sku, name: item.name });
    return picked && add(picked.sku, picked);
  }
  if (item.has_slots) {
    const choices = await ask("meal", { item });
    return choices && add(item.sku, { choices });
  }
  if (item.modifier_groups.some((group) => group.at_least > 0)) {
    const modifiers = await ask("modifiers", { item, chosen: [] });
    return modifiers && add(item.sku, { modifiers });
  }
  if (item.measure === "weight" && !state.times) {
    const weight = await weigh(item);
    return weight && add(item.sku, { quantity: weight.quantity });
  }
  return add(item.sku);
}

const weigh = (item) => asTask("weigh", { item }, () => ask("weigh", { item }));

task("weigh", async ({ item }) => {
  const weight = await weigh(item);
  if (weight) add(item.sku, { quantity: weight.quantity });
});
