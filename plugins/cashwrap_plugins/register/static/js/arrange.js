/** The shop's own order of its groups, or of the goods in one: by finger, mouse or keyboard. */

import { put } from "./api.js";
import { doing } from "./acts.js";
import { moved, useDragging } from "./dragging.js";
import { state, tell, update } from "./store.js";
import { Button, html, Sheet, useRef, useState } from "./ui.js";
import { t } from "./words.js";

export function Arrange({ group, close }) {
  const start = group ? state.groups.find((one) => one.code === group).items
    .map((item) => [item.sku, item.name]) : state.groups.map((one) => [one.code, one.name]);
  const [order, set] = useState(start);
  const [said, say] = useState("");
  const list = useRef();
  const move = (from, to) => {
    set((now) => moved(now, from, to));
    say(t("arrange.at", { name: order[from][1], at: to + 1, count: order.length }));
  };
  const { held, rows, grips } = useDragging(list, order.length, move);
  const save = async (codes) => {
    const path = group ? `/groups/${encodeURIComponent(group)}/order` : "/groups/order";
    const before = codesOf(group);
    const groups = await doing(() => put(path, { codes }));
    if (!groups) return;
    update({ groups });
    const back = () => doing(() => put(path, { codes: before })).then((old) =>
      old && update({ groups: old }));
    tell(t("arranged"), "", { name: t("undo"), does: back });
    close();
  };
  return html`<${Sheet} title=${t(group ? "arrange.goods" : "arrange.groups")}
    close=${() => close()} foot=${html`<${Button} onClick=${() => save([])}>${t("arrange.reset")}<//>
      <span class="grow"></span><${Button} kind="primary"
        onClick=${() => save(order.map(([code]) => code))}>${t("save")}<//>`}>
    <p class="lead">${t("arrange.words")}</p>
    <ol class="rows arranged" ref=${list}>${order.map(([code, name], at) => html`<li key=${code}
      class=${held === at ? "held" : ""} ...${rows(at)}>
      <button type="button" class="grip" aria-label=${t("arrange.grip", { name })}
        data-first=${at === 0 ? "" : undefined} ...${grips(at)}>⠿</button>
      <span class="grow what">${name}</span>
      <${Button} kind="ghost" aria-label=${t("arrange.up", { name })} disabled=${at === 0}
        onClick=${() => move(at, at - 1)}>↑<//>
      <${Button} kind="ghost" aria-label=${t("arrange.down", { name })}
        disabled=${at === order.length - 1} onClick=${() => move(at, at + 1)}>↓<//></li>`)}</ol>
    <p class="unseen" role="status">${said}</p>
  <//>`;
}

const codesOf = (group) => (group ? state.groups.find((one) => one.code === group).items
  .map((item) => item.sku) : state.groups.map((one) => one.code));
