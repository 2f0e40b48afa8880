/** The shop's own order of its groups, or of the goods in one: drag, or move step by step. */

import { put } from "./api.js";
import { doing } from "./acts.js";
import { state, tell, update } from "./store.js";
import { Button, html, Sheet, useState } from "./ui.js";
import { t } from "./words.js";

export function Arrange({ group, close }) {
  const start = group ? state.groups.find((one) => one.code === group).items
    .map((item) => [item.sku, item.name]) : state.groups.map((one) => [one.code, one.name]);
  const [order, set] = useState(start);
  const [held, hold] = useState(-1);
  const move = (from, to) => {
    if (to < 0 || to >= order.length || from === to) return;
    const next = [...order];
    next.splice(to, 0, ...next.splice(from, 1));
    set(next);
  };
  const over = (at) => (event) => {
    event.preventDefault();
    if (held >= 0 && held !== at) {
      move(held, at);
      hold(at);
    }
  };
  const save = async (codes) => {
    const path = group ? `/groups/${encodeURIComponent(group)}/order` : "/groups/order";
    const groups = await doing(() => put(path, { codes }));
    if (!groups) return;
    update({ groups });
    tell(t("arranged"));
    close();
  };
  return html`<${Sheet} title=${t(group ? "arrange.goods" : "arrange.groups")}
    close=${() => close()} foot=${html`<${Button} onClick=${() => save([])}>${t("arrange.reset")}<//>
      <span class="grow"></span><${Button} kind="primary"
        onClick=${() => save(order.map(([code]) => code))}>${t("save")}<//>`}>
    <p class="lead">${t("arrange.words")}</p>
    <ol class="rows arranged">${order.map(([code, name], at) => html`<li key=${code} draggable
      class=${held === at ? "held" : ""} onDragStart=${() => hold(at)} onDragEnd=${() => hold(-1)}
      onDragOver=${over(at)}><span class="grip" aria-hidden="true">⠿</span>
      <span class="grow">${name}</span>
      <${Button} kind="ghost" aria-label=${t("arrange.up", { name })} disabled=${at === 0}
        onClick=${() => move(at, at - 1)}>↑<//>
      <${Button} kind="ghost" aria-label=${t("arrange.down", { name })}
        disabled=${at === order.length - 1} onClick=${() => move(at, at + 1)}>↓<//></li>`)}</ol>
  <//>`;
}
