/** Sheets for goods with choices: variants of a family, modifiers, set meals. */

import { get } from "./api.js";
import { doing } from "./acts.js";
import { state } from "./store.js";
import { Button, Empty, html, Sheet, useEffect, useLayoutEffect, useState } from "./ui.js";
import { money, quantity, t } from "./words.js";

const open = (choice) => choice.leaf ? !choice.leaf.blocked : choice.choices.some(open);

/** The values to offer on each axis, and the variant that is picked by them. */
function walked(picker, picked) {
  const axes = [];
  let choices = picker.choices;
  let leaf = null;
  for (const [at] of picker.axes.entries()) {
    const now = choices.find((one) => one.value === picked[at] && open(one)) || choices.find(open)
      || choices[0];
    axes.push({ axis: picker.axes[at], choices, now });
    leaf = now?.leaf || null;
    choices = now?.choices || [];
  }
  return { axes, leaf };
}

/** Size, temperature, sweetness: price and stock of each variant, sold out ones closed. */
export function Picker({ family, name, line, close }) {
  const [picker, show] = useState(null);
  const [item, setItem] = useState(null);
  const [picked, pick] = useState([]);
  const [extra, setExtra] = useState(line ? line.modifiers.map((one) => one.code) : []);
  const [failed, fail] = useState(false);
  useEffect(() => {
    const path = encodeURIComponent(family);
    doing(async () => {
      const customer = encodeURIComponent(state.sale?.customer || "");
      show(await get(`/picker/${path}?customer=${customer}`));
      const now = await get(`/items/${encodeURIComponent(line?.sku || family)}`);
      if (line) pick(Object.values(now.spec));
      setItem(now);
    }).catch(() => fail(true));
  }, [family]);
  useLayoutEffect(() => {
    document.querySelector(".sheet [data-first]")?.focus(); // it was not there yet at first
  }, [picker]);
  const { axes, leaf } = picker ? walked(picker, picked) : { axes: [], leaf: null };
  const groups = useGroups(leaf, item);
  const short = groups.find((group) => chosenOf(group, extra).length < group.at_least);
  const ready = leaf && !leaf.blocked && !short;
  const fits = extra.filter((code) => groups.some((group) => chosenOf(group, [code]).length));
  const minor = (leaf?.price?.unit_minor || 0) + upcharge(groups, fits);
  const done = () => ready && close({ sku: leaf.sku, modifiers: fits });
  return html`<${Sheet} title=${picker?.name || name} close=${() => close()} foot=${html`
    <span class="grow fine">${short ? t("slot.short", { name: short.name }) : stockOf(leaf)}</span>
    <${Button} kind="primary" disabled=${!ready} onClick=${done}>
      ${t(line ? "save" : "add")} · ${money(minor)}<//>`}>
    ${failed && html`<${Empty} icon="warn" title=${t("problem.unknown")} />`}
    ${axes.map(({ axis, choices, now }, at) => html`<fieldset class="slot" key=${axis}>
      <legend>${axis}</legend><div class="chips">${choices.map((choice) => html`
        <button type="button" class="chip" key=${choice.value} disabled=${!open(choice)}
          data-first=${at === 0 && choice === now ? "" : undefined}
          aria-pressed=${choice === now} onClick=${() => pick(axes.map((one, place) =>
            place === at ? choice.value : one.now?.value))}>
          <b>${choice.value}</b>
          <small>${!open(choice) ? t(choice.leaf?.blocked === "no_price" ? "no_price" : "sold_out")
            : choice.leaf ? money(choice.leaf.price.unit_minor) : ""}</small>
          ${open(choice) && choice.leaf && stockOf(choice.leaf) && html`
            <small>${stockOf(choice.leaf)}</small>`}</button>`)}
      </div></fieldset>`)}
    <${Groups} groups=${groups} chosen=${extra} choose=${setExtra} />
  <//>`;
}

/** The modifiers of the picked variant, which may differ from those of another. */
function useGroups(leaf, item) {
  const [of, show] = useState({ sku: "", groups: [] });
  useEffect(() => {
    if (!leaf) return;
    get(`/items/${encodeURIComponent(leaf.sku)}`).then((now) =>
      show({ sku: leaf.sku, groups: now.modifier_groups }), () => {});
  }, [leaf?.sku]);
  return of.groups.length ? of.groups : item?.modifier_groups || [];
}

const stockOf = (leaf) => !leaf || leaf.available_milli === null ? ""
  : t("left", { count: quantity(leaf.available_milli) });
const more = (minor) => (minor > 0 ? "+" : "") + money(minor);
const chosenOf = (group, codes) => group.modifiers.filter((one) => codes.includes(one.code));
const upcharge = (groups, codes) => groups.flatMap((group) => chosenOf(group, codes))
  .reduce((sum, one) => sum + one.price_minor, 0);

function Groups({ groups, chosen, choose, first }) {
  const toggle = (group, code) => {
    if (chosen.includes(code)) return choose(chosen.filter((one) => one !== code));
    const others = chosenOf(group, chosen).map((one) => one.code);
    const kept = others.length < group.at_most ? chosen
      : chosen.filter((one) => one !== others[0]);
    return choose([...kept, code]);
  };
  return groups.map((group, place) => html`<fieldset class="slot" key=${group.code}>
    <legend>${group.name} <small>${howMany(group)}</small></legend>
    <div class="chips">${group.modifiers.map((one, at) => html`<button type="button" class="chip"
      key=${one.code} data-first=${first && place + at === 0 ? "" : undefined} aria-pressed=${chosen.includes(one.code)}
      onClick=${() => toggle(group, one.code)}><b>${one.name}</b>
      <small>${one.price_minor ? more(one.price_minor) : ""}</small></button>`)}</div>
  </fieldset>`);
}

export function Modifiers({ item, chosen, close }) {
  const [codes, choose] = useState(chosen);
  const short = item.modifier_groups.find((one) => chosenOf(one, codes).length < one.at_least);
  return html`<${Sheet} title=${item.name} close=${() => close()} foot=${html`
    <${Button} kind="primary" disabled=${!!short} onClick=${() => close(codes)}>
      ${t("add")} · ${money(item.unit_minor + upcharge(item.modifier_groups, codes))}<//>`}>
    <${Groups} groups=${item.modifier_groups} chosen=${codes} choose=${choose} first /><//>`;
}

/** A set meal: each slot filled as often as it wants; sold out choices are closed, extras said. */
/** How many of a group are chosen, said as shortly as it can be. */
function howMany({ at_least: least, at_most: most }) {
  if (least === most) return t("choose_exactly", { count: most });
  return least ? t("choose_count", { least, most }) : t("choose_up_to", { count: most });
}

export function Meal({ item: known, line, close }) {
  const [item, show] = useState(known);
  const [chosen, choose] = useState(() => filled(known, line));
  useEffect(() => {
    const customer = encodeURIComponent(state.sale?.customer || "");
    get(`/items/${encodeURIComponent(known.sku)}?customer=${customer}`).then((now) => {
      show(now);
      choose((before) => Object.fromEntries(now.slots.map((slot) => [slot.name,
        (before[slot.name] || []).filter((sku) => slot.choices.some((one) =>
          one.sku === sku && canTake(one, slot, line)))])));
    }, () => {});
  }, [known.sku]);
  const toggle = (slot, sku) => {
    const now = chosen[slot.name] || [];
    const rest = now.includes(sku) ? now.filter((one) => one !== sku)
      : [...(now.length < slot.at_most ? now : now.slice(1)), sku];
    choose({ ...chosen, [slot.name]: rest });
  };
  const short = item.slots.find((slot) => (chosen[slot.name] || []).length < slot.at_least);
  const extra = item.slots.flatMap((slot) => slot.choices.filter((one) =>
    chosen[slot.name]?.includes(one.sku))).reduce((sum, one) => sum + one.upcharge_minor, 0);
  return html`<${Sheet} title=${item.name} close=${() => close()} foot=${html`
    <span class="grow fine">${short ? t("slot.short", { name: short.name }) : ""}</span>
    <${Button} kind="primary" disabled=${!!short} onClick=${() => close(chosen)}>
      ${t(line ? "save" : "add")} · ${money((item.unit_minor || 0) + extra)}<//>`}>
    ${item.slots.map((slot, place) => html`<fieldset class="slot" key=${slot.name}>
      <legend>${slot.name} <small>${howMany(slot)}</small></legend>
      <div class="chips">${slot.choices.map((one, at) => html`<button type="button" class="chip"
        key=${one.sku} data-first=${place + at === 0 ? "" : undefined}
        disabled=${!canTake(one, slot, line)} aria-pressed=${!!chosen[slot.name]?.includes(one.sku)}
        onClick=${() => toggle(slot, one.sku)}><b>${one.name}</b>
        <small>${!canTake(one, slot, line) ? t(one.blocked)
          : one.upcharge_minor ? more(one.upcharge_minor) : ""}</small>
        ${canTake(one, slot, line) && few(one) && html`<small>${stockOf(one)}</small>`}
        </button>`)}</div></fieldset>`)}<//>`;
}

const FEW_MILLI = 5000;
const few = (one) => one.available_milli !== null && one.available_milli <= FEW_MILLI
  && one.available_milli > 0;

/** What fills the slots of a line in the cart: the meal's own parts are held by it. */
const partsOf = (line, slot) => (line ? state.sale?.lines || [] : []).filter((one) =>
  one.parent === line.number && one.slot === slot.name).map((one) => one.sku);

const canTake = (one, slot, line) => !one.blocked || partsOf(line, slot).includes(one.sku);

function filled(item, line) {
  return Object.fromEntries(item.slots.map((slot) => {
    const open = slot.choices.filter((one) => canTake(one, slot, line)).map((one) => one.sku);
    if (line) return [slot.name, partsOf(line, slot)];
    return [slot.name, slot.choices.length === slot.at_least ? open : []];
  }));
}
