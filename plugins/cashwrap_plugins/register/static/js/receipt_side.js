/** One receipt beside the list: its paper, and what can be done with a finished sale. */

import { get, post } from "./api.js";
import { doing } from "./acts.js";
import { Paper } from "./done.js";
import { returnOf } from "./returns.js";
import { ask, state, tell, update } from "./store.js";
import { Banner, Button, html, useState } from "./ui.js";
import { t } from "./words.js";

export function Chosen({ one, leave }) {
  const [copies, printed] = useState(0);
  const path = `/receipts/${encodeURIComponent(one.number)}`;
  const sold = !one.voided_by && !["return", "post_void"].includes(one.type);
  const again = (gift) => async () => {
    const language = document.documentElement.lang;
    const paper = await doing(() => post(`${path}/reprint?language=${language}`, { gift }));
    if (!paper) return;
    printed(copies + 1);
    seen();
    await ask("report", { title: t(gift ? "gift_receipt" : "reprint"), text: paper.text });
    tell(t(gift ? "gift_printed" : "reprinted"));
  };
  const reverse = async () => {
    const reason = await ask("reason", { title: t("post_void"), danger: true, done: t("post_void"),
      lead: t("post_void.words"), reasons: [t("reason.mistake"), t("reason.customer_left")] });
    if (!reason) return;
    const done = await doing(() => post(`${path}/post-void`, { reason }));
    if (!done) return;
    seen();
    printed(copies + 1);
    if (done.number) tell(t("post_voided"));
    else update({ sale: await get(`/sales/${done.sale}`), screen: "sell", paying: true });
  };
  return html`<${Paper} key=${copies} path=${path}>
    <${Button} icon="back" kind="ghost phone-only" aria-label=${t("back")} onClick=${leave} />
    ${one.voided_by > 0 && html`<${Banner} kind="danger" icon="warn">${t("return.voided", {
      number: one.voided_by })}<//>`}
    ${sold && html`<${Button} icon="back2" kind="primary"
      onClick=${() => returnOf(one.number)}>${t("return")}<//>`}
    <${Button} icon="why" onClick=${() => ask("why_receipt", { number: one.number })}>
      ${t("why")}<//>
    <${Button} icon="receipts" onClick=${again(false)}>${t("reprint")}<//>
    ${sold && html`<${Button} icon="tag" onClick=${again(true)}>${t("gift_receipt")}<//>`}
    ${sold && one.type !== "exchange" && html`<${Button} icon="undo" kind="danger" onClick=${reverse}>
      ${t("post_void")}<//>`}<//>`;
}

const seen = () => update({ receiptsSeen: (state.receiptsSeen || 0) + 1 });
