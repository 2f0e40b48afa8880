/** Sheets that change a line, or the sale: quantity, note, seller, discount, price. */

import { changeLine, changeSale, send } from "./acts.js";
import { Keypad } from "./keypad.js";
import { state } from "./store.js";
import { Button, Choice, Field, html, Sheet, useState } from "./ui.js";
import { digits, money, parseMoney, t, unit } from "./words.js";

export function QuantitySheet({ title, unit: name, decimals, price, close }) {
  const [text, input] = useState("");
  const milli = text ? Math.round(Number(text) * 1000) : 0;
  const done = () => milli > 0 && close(text.replace(/\.$/, ""));
  return html`<${Sheet} title=${title} close=${() => close()} size="narrow" foot=${html`
    <${Button} kind="primary" disabled=${milli <= 0} onClick=${done}>${t("confirm")}<//>`}>
    <div class="entry" data-first="" tabindex="-1"><b>${text || "0"}</b><span>${unit(name)}</span>
      ${price != null && milli > 0 && html`<em>≈ ${money(Math.round((price * milli) / 1000))}</em>`}
    </div>
    <${Keypad} value=${text} input=${input} decimals=${decimals} enter=${done} />
  <//>`;
}

export function Note({ line, close }) {
  const [text, input] = useState(line ? line.note : state.sale?.note || "");
  const quick = ["less_sugar", "no_ice", "pack_apart", "gift_wrap", "no_bag"].map((key) =>
    t(`note.${key}`));
  const done = async (event) => {
    event?.preventDefault();
    const act = line ? changeLine(line.number, { note: text }) : changeSale({ note: text });
    if (await act) close();
  };
  return html`<${Sheet} title=${line ? t("note.of", { name: line.name }) : t("note.sale")}
    close=${() => close()} size="narrow"
    foot=${html`<${Button} kind="primary" onClick=${done}>${t("save")}<//>`}>
    <form onSubmit=${done}><${Field} label=${t("note")} value=${text} input=${input} first /></form>
    <div class="reasons">${quick.map((one) => html`<button type="button" class="reason" key=${one}
      onClick=${() => input(text ? `${text}, ${one}` : one)}>${one}</button>`)}</div>
  <//>`;
}

export function Seller({ line, close }) {
  const now = line ? line.seller : state.sale?.seller;
  const choose = async (seller) => {
    const act = line ? changeLine(line.number, { seller }) : changeSale({ seller });
    if (await act) close();
  };
  const [name, input] = useState("");
  return html`<${Sheet} title=${t(line ? "seller" : "seller.sale")} close=${() => close()}
    size="narrow">
    <div class="reasons">${state.shop.staff.map((one) => html`<button type="button" class="reason"
      key=${one.id} aria-pressed=${one.id === now} onClick=${() => choose(one.id)}>${one.name}
      </button>`)}
      ${now && html`<button type="button" class="reason" onClick=${() => choose("")}>
        ${t("nobody")}</button>`}</div>
    <form class="row" onSubmit=${(event) => (event.preventDefault(), name && choose(name))}>
      <${Field} label=${t("own_words")} value=${name} input=${input} />
      <${Button} kind="primary" disabled=${!name} onClick=${() => choose(name)}>${t("save")}<//></form>
  <//>`;
}

/** A discount by hand on a line, or on the order: percent or an amount, with a reason. */
export function Discount({ line, close }) {
  const [kind, setKind] = useState("percent");
  const [text, input] = useState("");
  const [reason, setReason] = useState("");
  const percent = kind === "percent";
  const value = percent ? Number(text || 0) : parseMoney(text || "0");
  const ready = value > 0 && reason && (!percent || value <= 100);
  const done = async () => {
    if (!ready) return;
    const body = percent ? { percent_ppm: Math.round(value * 10_000) } : { amount_minor: value };
    if (await send("discounts", { ...body, reason, lines: line ? [line.number] : [] })) close();
  };
  const set = (next) => (setKind(next), input(""));
  return html`<${Sheet} title=${line ? t("discount.of", { name: line.name }) : t("discount.order")}
    close=${() => close()} foot=${html`<${Button} kind="primary" disabled=${!ready}
      onClick=${done}>${t("confirm")}<//>`}>
    <div class="two"><div>
      <${Choice} label=${t("discount")} value=${kind} choose=${set}
        options=${[["percent", t("discount.percent")], ["amount", t("discount.amount")]]} />
      <div class="entry"><b>${text || "0"}</b><span>${percent ? "%" : ""}</span></div>
      ${percent && html`<div class="quick">${["5", "10", "15", "20"].map((one) => html`
        <${Button} key=${one} onClick=${() => input(one)}>${one} %<//>`)}</div>`}
      <${Reasons} of=${["damaged", "near_expiry", "loyal", "price_match"]} value=${reason}
        choose=${setReason} /></div>
      <${Keypad} value=${text} input=${input} decimals=${percent ? 2 : digits()} enter=${done} />
    </div><//>`;
}

export function PriceOverride({ line, close }) {
  const [text, input] = useState("");
  const [reason, setReason] = useState("");
  const minor = text ? parseMoney(text) : null;
  const ready = minor !== null && reason;
  const done = async () => {
    if (!ready) return;
    if (await send("override", { line: line.number, unit_minor: minor, reason })) close();
  };
  return html`<${Sheet} title=${t("price.of", { name: line.name })} close=${() => close()}
    foot=${html`<${Button} kind="primary" disabled=${!ready} onClick=${done}>${t("confirm")}<//>`}>
    <div class="two"><div><div class="entry"><b>${money(minor ?? 0)}</b>
      <s>${money(line.list_unit_minor)}</s></div>
      <${Reasons} of=${["price_match", "wrong_label", "damaged", "loyal"]} value=${reason}
        choose=${setReason} /></div>
      <${Keypad} value=${text} input=${input} decimals=${digits()} enter=${done} /></div>
  <//>`;
}

function Reasons({ of, value, choose }) {
  const known = of.map((key) => t(`discount_reason.${key}`));
  return html`<div class="reasons" role="group" aria-label=${t("reason")}>
    ${known.map((one) => html`<button type="button" class="reason" key=${one}
      aria-pressed=${value === one} onClick=${() => choose(one)}>${one}</button>`)}</div>
    <${Field} label=${t("own_words")} value=${known.includes(value) ? "" : value}
      input=${choose} />`;
}
