/** The customer's screen: the cart as it grows, what it saves, what is to pay, and thanks. */

import { get, live } from "./api.js";
import { loadPanels, Panels } from "./panels.js";
import { listen, update } from "./store.js";
import { html, render } from "./ui.js";
import { loadWords, money, nameOf, quantity, speak, t, useCurrency } from "./words.js";

const THANKS_MS = 12_000;
const register = new URLSearchParams(location.search).get("register") || "";
const root = document.getElementById("register");
let shop = null;
let sale = null;
let timer = 0;

function draw() {
  document.documentElement.dataset.theme = localStorage.getItem("theme") === "dark" ? "dark" : "light";
  speak(localStorage.getItem("language") || shop.language);
  render(html`<${Display} />`, root);
}

function Display() {
  if (!sale || (!sale.lines.length && !sale.returns.length)) {
    return html`<main class="display"><div class="side welcome"><h1>${t("display.welcome")}</h1>
      <p>${[shop.name, shop.branch].filter(Boolean).join(" · ")}</p>
      <${Panels} place="customer" permit=${asItIs} /></div></main>`;
  }
  const paid = sale.state === "completed";
  const lines = sale.lines.filter((line) => !line.parent);
  return html`<main class="display">
    <section class="list" aria-label=${t("lines")}><ol>${lines.slice(-9).map((line) => html`
      <li key=${line.number}><i>${quantity(line.quantity_milli)}</i><span>${line.name}</span>
        <b class="figure">${money(sum(line))}</b></li>`)}</ol></section>
    <section class="side" role="status">
      <p>${t(paid ? (sale.change_minor ? "change" : "paid") : "display.to_pay")}</p>
      <b>${money(paid ? sale.change_minor || Math.abs(sale.paid_minor) : sale.due_minor)}</b>
      ${sale.totals.discount_minor > 0 && html`<span class="saved">${t("saved")}
        ${" "}${money(sale.totals.discount_minor)}</span>`}
      ${paid ? html`<p>${t("display.thanks")}</p>`
        : html`<p>${sale.applied.map((one) => nameOf(one.name, one.rule)).join(" · ")}</p>`}
      <${Panels} place="customer" permit=${asItIs} />
    </section></main>`;
}

/** Nobody stands at this screen who could approve an act. */
const asItIs = (act) => act();

const sum = (line) => (line.parts.length
  ? sale.lines.filter((one) => one.parent === line.number) : [line])
  .reduce((total, one) => total + one.payable_minor, 0);

function heard({ type, body }) {
  if (type !== "sale") return;
  clearTimeout(timer);
  sale = ["cancelled", "suspended"].includes(body.state) ? null : body;
  if (body.state === "completed") {
    timer = setTimeout(() => {
      sale = null;
      update({ sale });
    }, THANKS_MS);
  }
  update({ sale });
}

await loadWords();
shop = await get("/shop");
useCurrency({ ...shop.currency, digits: shop.currency.minor_digits });
const open = await get("/sales").catch(() => []);
sale = open.filter((one) => one.register === register).pop() || null;
addEventListener("storage", draw);
listen(draw);
update({ sale });
loadPanels();
live(register, heard, () => {});
