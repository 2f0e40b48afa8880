/** Weighed goods: what the scale shows while it is looked at, and what that would cost. */

import { get } from "./api.js";
import { Keypad } from "./keypad.js";
import { useKept } from "./kept.js";
import { state } from "./store.js";
import { Banner, Button, html, Sheet, useEffect, useLayoutEffect, useState } from "./ui.js";
import { money, problem, quantity, t, unit } from "./words.js";

const EVERY_MS = 120; // between two looks at the scale
const AGAIN_MS = 1000; // where it did not answer

/** What so much of weighed goods costs before promotions: whole minor units, half up. */
export const priced = (unit_minor, milli) => Math.floor((unit_minor * milli + 500) / 1000);

/** The weight of goods, by the scale of this till or by hand: `{quantity, weighed}`. */
export function Weigh({ item: given, close }) {
  const item = usePrice(given);
  const scales = state.shop.scales || [];
  const [by, choose] = useKept("weigh:by", scales[0] ?? "");
  const add = (milli, weighed) => close({ quantity: quantity(milli), weighed });
  return by !== ""
    ? html`<${ByScale} item=${item} scale=${by} scales=${scales} choose=${choose} add=${add}
        close=${close} />`
    : html`<${ByHand} item=${item} scales=${scales} choose=${choose} add=${add} close=${close} />`;
}

/** The goods at the price of this sale's customer, who may have one of their own. */
function usePrice(given) {
  const [item, show] = useState(given);
  const customer = given.number ? "" : state.sale?.customer; // a line has its price already
  useEffect(() => {
    if (customer) get(`/items/${encodeURIComponent(given.sku)}?customer=${
      encodeURIComponent(customer)}`).then(show, () => {});
  }, [given.sku, customer]);
  return item;
}

/** Ask what a scale shows, again and again while somebody looks. */
function useShown(scale) {
  const [shown, show] = useState({});
  useEffect(() => {
    let timer = 0;
    let over = false;
    const look = async () => {
      let next = EVERY_MS;
      try {
        const reading = await get(`/scale/shown?name=${encodeURIComponent(scale)}`);
        if (!over) show({ reading });
      } catch (error) {
        next = AGAIN_MS;
        if (!over) show({ error });
      }
      if (!over) timer = setTimeout(look, next);
    };
    look();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [scale]);
  return shown;
}

function ByScale({ item, scale, scales, choose, add, close }) {
  const { reading, error } = useShown(scale);
  const fits = reading && reading.unit === item.unit;
  const milli = fits ? reading.quantity_milli : 0;
  const ready = fits && reading.stable && milli > 0;
  const done = () => ready && add(milli, true);
  useEnter(done);
  const lamp = !reading ? "" : !fits || milli <= 0 ? "empty" : reading.stable ? "stable" : "moving";
  return html`<${Sheet} title=${item.name} close=${() => close()} size="narrow" foot=${html`
    <${Button} icon="sell" onClick=${() => choose("")}>${t("weigh.by_hand")}<//>
    <span class="grow"></span>
    <${Button} kind="primary" disabled=${!ready} onClick=${done}>
      ${t(item.number ? "save" : "add")} · ${money(priced(item.unit_minor || 0, Math.max(milli, 0)))}<//>`}>
    <div class="scale ${lamp}" data-first="" tabindex="-1" role="status" data-milli=${milli}>
      <span class="scale-lamp"><i aria-hidden="true" />${t(`weigh.${lamp || "asking"}`)}</span>
      <b>${shownAs(milli)}</b>
      <span>${unit(item.unit)}</span>
    </div>
    ${error && html`<${Banner} kind="doubt" icon="warn"><strong>${t("weigh.failed")}</strong>
      <p>${problem(error)}</p><//>`}
    ${reading && !fits && html`<${Banner} kind="doubt" icon="warn">${t("weigh.other_unit", {
      shown: unit(reading.unit), unit: unit(item.unit) })}<//>`}
    <dl class="sums weigh-sums">
      <div><dt>${t("weigh.price")}</dt><dd>${money(item.unit_minor || 0)} / ${unit(item.unit)}</dd></div>
      <div><dt>${t("weigh.tare")}</dt><dd>${quantity(reading?.tare_milli || 0)} ${unit(item.unit)}</dd></div>
      <div class="big"><dt>${t("total")}</dt>
        <dd>${money(priced(item.unit_minor || 0, Math.max(milli, 0)))}</dd></div></dl>
    <${Scales} scales=${scales} now=${scale} choose=${choose} />
  <//>`;
}

/** A weight as a scale shows it: with all of its thousandths. */
function shownAs(milli) {
  const text = String(Math.abs(milli)).padStart(4, "0");
  return `${milli < 0 ? "-" : ""}${text.slice(0, -3)}.${text.slice(-3)}`;
}

function Scales({ scales, now, choose }) {
  return scales.length > 1 && html`<div class="reasons" role="group" aria-label=${t("weigh.scales")}>
    ${scales.map((one) => html`<button type="button" class="reason" key=${one}
      aria-pressed=${one === now} onClick=${() => choose(one)}>${one}</button>`)}</div>`;
}

/** Enter takes what stands there, wherever the focus of the sheet is but on another button. */
function useEnter(done) {
  useLayoutEffect(() => {
    const heard = (event) => {
      if (event.key !== "Enter" || event.target.closest?.("button")) return;
      event.preventDefault();
      done();
    };
    document.addEventListener("keydown", heard);
    return () => document.removeEventListener("keydown", heard);
  });
}

function ByHand({ item, scales, choose, add, close }) {
  const [text, input] = useKept("weigh:text", "");
  const milli = text ? Math.round(Number(text) * 1000) : 0;
  const done = () => milli > 0 && add(milli, false);
  return html`<${Sheet} title=${item.name} close=${() => close()} size="narrow" foot=${html`
    ${scales.length > 0 && html`<${Button} icon="undo" onClick=${() => choose(scales[0])}>
      ${t("weigh.by_scale")}<//><span class="grow"></span>`}
    <${Button} kind="primary" disabled=${milli <= 0} onClick=${done}>
      ${t(item.number ? "save" : "add")} · ${money(priced(item.unit_minor || 0, milli))}<//>`}>
    ${scales.length === 0 && html`<p class="lead">${t("weigh.no_scale")}</p>`}
    <div class="entry" data-first="" tabindex="-1"><b>${text || "0"}</b><span>${unit(item.unit)}</span>
      <em>${money(item.unit_minor || 0)} / ${unit(item.unit)}</em></div>
    <${Keypad} value=${text} input=${input} decimals=${3} enter=${done} />
  <//>`;
}
