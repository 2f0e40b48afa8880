/** The goods to touch: groups above, a tile for each of the goods, in the shop's own order. */

import { isOut } from "./goods_sheet.js";
import { glyph } from "./glyph.js";
import { choose } from "./selling.js";
import { ask, state, update } from "./store.js";
import { Empty, html, useEffect, useRef } from "./ui.js";
import { money, quantity, spoken, t, unit } from "./words.js";
import { Component } from "../vendor/preact.js";

const TINTS = 8;
const ALL_MAX = 400; // with more goods than that, one group is drawn at a time
const FEW_MILLI = 5000; // then the tile says how many are left

let tints = new Map();
let tintsOf = null;

function tintOf(sku) {
  if (tintsOf !== state.groups) {
    tintsOf = state.groups;
    tints = new Map(state.groups.flatMap((group, at) =>
      group.items.map((item) => [item.sku, (at % TINTS) + 1])));
  }
  return tints.get(sku) || 0;
}

const isWhole = () => state.groups.reduce((sum, one) => sum + one.items.length, 0) <= ALL_MAX;

export function Groups() {
  return html`<div class="groups" role="tablist" aria-label=${t("groups")}>
    ${state.groups.map((group, at) => html`<button type="button" role="tab" key=${group.code}
      class="tint-${(at % TINTS) + 1}" aria-selected=${group.code === state.group}
      onClick=${() => (update({ group: group.code }), jump(group.code))}>
      <i aria-hidden="true" />${group.name}</button>`)}
  </div>`;
}

let jumped = ""; // the group that was touched: scrolling to it chooses no other

function jump(code) {
  jumped = code;
  const there = () => {
    const section = document.getElementById(`group-${code}`);
    const list = section?.closest(".shelf");
    if (list) list.scrollTop += section.getBoundingClientRect().top - list.getBoundingClientRect().top;
  };
  there();
  requestAnimationFrame(there); // what was never drawn had a guessed height
}

/** All groups below each other; the one at the top of what is seen is the chosen one. */
export function Shelf() {
  const list = useRef();
  const whole = isWhole();
  useEffect(() => {
    const tab = document.querySelector(".groups [aria-selected='true']");
    const tabs = tab?.parentElement;
    if (tabs) tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.clientWidth) / 2;
  }, [state.group]);
  const scrolled = () => {
    if (!whole || jumped) return;
    const top = list.current.getBoundingClientRect().top + 48;
    const seen = [...list.current.querySelectorAll("[data-group]")].filter((one) =>
      one.getBoundingClientRect().top <= top).pop();
    if (seen && seen.dataset.group !== state.group) update({ group: seen.dataset.group });
  };
  const mine = () => (jumped = "");
  return html`<div class="shelf" ref=${list} onScroll=${scrolled} onWheel=${mine}
    onPointerDown=${mine} onKeyDown=${mine}>
    <${Tiles} groups=${state.groups} only=${whole ? "" : state.group} language=${spoken()} /></div>`;
}

/** Drawn again when the goods are others, not with every line of a cart. */
class Tiles extends Component {
  shouldComponentUpdate(next) {
    const now = this.props;
    return next.groups !== now.groups || next.only !== now.only || next.language !== now.language;
  }
  render({ groups, only }) {
    const shown = groups.filter((group) => !only || group.code === only);
    return shown.map((group) => html`<section key=${group.code} id=${`group-${group.code}`}
      data-group=${group.code} aria-label=${group.name}>
      ${!only && groups.length > 1 && html`<h2 class="group-name">${group.name}</h2>`}
      <${Grid} items=${group.items} /></section>`);
  }
}

export function Grid({ items }) {
  if (!items.length) return html`<${Empty} icon="stock" title=${t("empty_group")} />`;
  return html`<div class="grid">${items.map((item) => html`
    <${Good} key=${item.sku} item=${item} />`)}</div>`;
}

function Good({ item }) {
  const left = item.available_milli;
  const out = isOut(item) && !item.is_family;
  const about = (event) => (event.preventDefault(), ask("goods", { item }));
  return html`<button type="button" class="good tint-${tintOf(item.sku)} ${out ? "out" : ""}"
    onClick=${() => choose(item)} onContextMenu=${about} title=${item.name}>
    <span class="good-pic" aria-hidden="true">${glyph(item.name)}</span>
    <span class="good-name">${item.name}</span>
    <span class="good-foot">
      <b>${item.unit_minor === null ? (item.is_family ? t("choose_spec") : "–")
        : money(item.unit_minor)}</b>
      ${item.measure === "weight" && html`<small>/${unit(item.unit)}</small>`}
      <span class="grow"></span>
      ${item.has_slots && html`<i class="dot">${t("meal")}</i>`}
      ${item.is_family && html`<i class="dot">${t("spec")}</i>`}
      ${item.packs.length > 0 && html`<i class="dot">${item.packs.map((one) =>
        unit(one.unit)).join(" ")}</i>`}
      ${!item.is_family && left !== null && left <= FEW_MILLI && html`<i class="left">
        ${out ? t("sold_out") : t("left", { count: quantity(left) })}</i>`}
    </span></button>`;
}
