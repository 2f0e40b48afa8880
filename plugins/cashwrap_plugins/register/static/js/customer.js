/** The customer's screen: the cart as it grows, what it saves, what is to pay, and thanks. */

import { get, live, standAt } from "./api.js";
import { glyph } from "./glyph.js";
import { loadPanels, Panels } from "./panels.js";
import { Square, useLink } from "./square.js";
import { listen, update } from "./store.js";
import { html, Icon, render, useEffect, useState } from "./ui.js";
import { taken } from "./taken.js";
import { loadWords, money, nameOf, quantity, speak, t, time, useCurrency, useZone } from "./words.js";

const THANKS_MS = 20_000;
const AGAIN_MS = 2000;
const SHOWN_LINES = 9;
const FEW_LINES = 5; // then they begin at the top
const register = new URLSearchParams(location.search).get("register") || "";
standAt(register);
const root = document.getElementById("register");
let shop = null;
let sale = null;
let linked = true;
let timer = 0;

function draw() {
  const theme = localStorage.getItem("theme") || "light";
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  speak(localStorage.getItem("language") || shop.language);
  render(html`<${Display} />`, root);
}

function Display() {
  const none = !sale || (!sale.lines.length && !sale.returns.length);
  return html`${none ? html`<${Welcome} />` : html`<${Cart} key=${sale.id} />`}
    ${!linked && html`<i class="unlinked-dot" role="status" aria-label=${t("unlinked")} />`}`;
}

/** Nobody is served: the shop's name, the time, a word of welcome in each language. */
function Welcome() {
  const [, tick] = useState(0);
  useEffect(() => {
    const clock = setInterval(() => tick((count) => count + 1), 10_000);
    return () => clearInterval(clock);
  }, []);
  return html`<main class="display idle">
    <div class="idle-top"><span>${shop.branch}</span><time>${time(Date.now())}</time></div>
    <div class="idle-shop"><span class="idle-mark" aria-hidden="true">${glyph(shop.name || "c")}</span>
      <h1>${shop.name}</h1>
      <p>${t("display.welcome")}</p><p class="other">${t("display.welcome_other")}</p></div>
    <${Panels} place="customer" permit=${asItIs} /></main>`;
}

function Cart() {
  const paid = sale.state === "completed";
  const lines = sale.lines.filter((line) => !line.parent);
  const hidden = lines.length - SHOWN_LINES;
  const list = lines.slice(-SHOWN_LINES);
  return html`<main class="display">
    <section class="list" aria-label=${t("lines")}>
      <header><b>${shop.name}</b><span>${t("items", { count: quantity(count(lines)) })}</span></header>
      ${hidden > 0 && html`<p class="earlier">${t("display.earlier", { count: hidden })}</p>`}
      <ol class=${lines.length + sale.returns.length <= FEW_LINES ? "few" : ""}>${sale.returns.flatMap((back) => back.goods.map((goods) => html`<li class="back"
          key=${`${back.id}-${goods.line}`}><i>${quantity(goods.quantity_milli)}</i>
          <span>${goods.name}</span><b>${money(-goods.amount_minor)}</b></li>`))}
        ${list.map((line, at) => html`<${Line} key=${line.number} line=${line}
          newest=${!paid && at === list.length - 1} />`)}</ol></section>
    <section class="side ${paid ? "paid" : ""}" role="status">
      ${sale.member && html`<p class="member"><${Icon} name="person" /> ${masked(sale.member)}${
        sale.points > 0 && ` · ${t("points.of", { points: sale.points })}`}</p>`}
      ${paid ? html`<${Thanks} />` : html`<${ToPay} />`}
      <${Panels} place="customer" permit=${asItIs} />
    </section></main>`;
}

function Line({ line, newest }) {
  const all = line.parts.length ? sale.lines.filter((one) => one.parent === line.number) : [line];
  const sum = all.reduce((total, one) => total + one.payable_minor, 0);
  const gross = all.reduce((total, one) => total + one.gross_minor, 0);
  return html`<li class=${newest ? "newest" : ""}><i>${quantity(line.quantity_milli)}</i>
    <span>${line.name}${line.parts.length > 0 && html`<small>${all.map((one) => one.name).join(" · ")}
      </small>`}</span>
    <b>${gross > sum && html`<s>${money(gross)}</s>`}${money(sum)}</b></li>`;
}

/** What is to pay, what it saves, and the code to scan where the customer pays by one. */
function ToPay() {
  const asked = sale.payments.find((one) => one.show);
  const saved = sale.totals.discount_minor;
  return html`<p>${t(sale.due_minor < 0 ? "give_back" : "display.to_pay")}</p>
    <b class="amount" data-due=${sale.due_minor}>${money(Math.abs(sale.due_minor))}</b>
    ${saved > 0 && html`<span class="saved">${t("saved")} ${money(saved)}</span>`}
    ${asked ? html`<${Square} code=${asked.show} label=${t("display.scan_to_pay")} kind="pay" />`
      : html`<p class="why">${sale.applied.map((one) => nameOf(one.name, one.rule)).join(" · ")}</p>`}
    ${!asked && sale.hints.length > 0 && html`<p class="more">${hint(sale.hints[0])}</p>`}`;
}

function Thanks() {
  const link = useLink(sale.number);
  return html`<p>${t(sale.change_minor ? "change" : sale.paid_minor < 0 ? "given_back" : "paid")}</p>
    <b class="amount">${money(sale.change_minor || taken(sale))}</b>
    ${sale.totals.discount_minor > 0 && html`<span class="saved">${t("saved")}
      ${" "}${money(sale.totals.discount_minor)}</span>`}
    <p>${t("display.thanks")}</p>
    ${link && html`<${Square} code=${link} label=${t("receipt.link")} kind="pay" />`}`;
}

const hint = (one) => t(one.add_minor ? "hint.minor" : "hint.count", {
  rule: nameOf(one.name, one.rule), gain: money(one.gain_minor), minor: money(one.add_minor),
  count: one.add_count });
const count = (lines) => lines.reduce((sum, line) =>
  sum + (line.measure === "weight" ? 1000 : line.quantity_milli), 0);

/** Others stand in the queue: of a card or a number only its ends are shown. */
const masked = (member) => (member.length < 7 ? member : `${member.slice(0, 3)}••••${member.slice(-4)}`);

/** Nobody stands at this screen who could approve an act. */
const asItIs = (act) => act();

function show(next) {
  clearTimeout(timer);
  sale = next && ["cancelled", "suspended"].includes(next.state) ? null : next;
  if (sale?.state === "completed") timer = setTimeout(() => show(null), THANKS_MS);
  update({ sale });
}

/** Whose shop it is; asked again where the till does not answer yet. */
async function look() {
  for (;;) {
    try {
      shop = await get("/shop");
      useCurrency({ ...shop.currency, digits: shop.currency.minor_digits });
      return useZone(shop.timezone);
    } catch {
      await new Promise((again) => setTimeout(again, AGAIN_MS));
    }
  }
}

/** Each time that the link is there it begins with how all stands: nothing falls between. */
function heard({ type, body }) {
  if (type === "sale") return show(body);
  if (type !== "snapshot") return;
  const mine = body.sales.at(-1);
  if (mine || sale?.state !== "completed") show(mine || null);
}

function joined(now) {
  linked = now;
  update({});
}

await loadWords();
await look();
listen(draw);
draw();
addEventListener("storage", draw);
loadPanels();
live(register, heard, joined);
