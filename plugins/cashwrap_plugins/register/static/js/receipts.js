/** Receipts of the day: look, print again, take goods back, reverse a sale. */

import { get, post } from "./api.js";
import { change, doing } from "./acts.js";
import { Paper } from "./done.js";
import { ask, state, tell, update } from "./store.js";
import { Button, Empty, Field, html, useEffect, useState } from "./ui.js";
import { money, named, t, time } from "./words.js";

export function Receipts() {
  const [rows, show] = useState(null);
  const [chosen, choose] = useState(null);
  const query = (state.receiptQuery || "").trim();
  const load = () => doing(() => get("/receipts")).then((found) => show(found || []));
  useEffect(() => {
    load();
  }, []);
  const find = async () => {
    if (!query) return;
    const found = await doing(() => get(`/receipts/${encodeURIComponent(query)}`));
    if (!found) return;
    update({ receiptQuery: "" });
    choose({ number: found.number, sale: found.sale });
  };
  useEffect(() => {
    if (query.length > 5) find();
  }, [query]);
  return html`<div class="page with-side"><div class="page-main">
    <header class="page-head"><h1>${t("screen.receipts")}</h1>
      <form onSubmit=${(event) => (event.preventDefault(), find())}>
        <${Field} label=${t("receipts.find")} value=${state.receiptQuery || ""}
          input=${(text) => update({ receiptQuery: text })} /></form></header>
    ${rows && rows.length === 0 && html`<${Empty} icon="receipts" title=${t("receipts.none")} />`}
    ${rows && rows.length > 0 && html`<ul class="rows">${rows.map((one) => html`<li key=${one.number}>
      <button type="button" aria-pressed=${chosen?.number === one.number}
        onClick=${() => choose(one)}><b>#${one.number}</b><span>${time(one.at_ms)}</span>
        <span class="grow what">${one.first}${one.lines > 1 ? ` + ${one.lines - 1}` : ""}
          <small>${[...one.tenders.map((name) => named("tender", name)), one.staff].join(" · ")}
          </small></span>
        ${one.type !== "sale" && html`<span class="badge">${named("receipt_type", one.type)}</span>`}
        <b>${money(one.payable_minor)}</b></button></li>`)}</ul>`}
    </div>
    ${chosen ? html`<${Chosen} one=${chosen} key=${chosen.number} />`
      : html`<section class="paper-side"><${Empty} icon="receipts"
          title=${t("receipts.choose")} /></section>`}
  </div>`;
}

function Chosen({ one }) {
  const path = `/receipts/${one.number}`;
  const reprint = async () => {
    if (await doing(() => post(`${path}/reprint`, { gift: false }))) tell(t("reprinted"));
  };
  const back = async () => {
    const given = await ask("return_lines", { number: one.number });
    if (!given) return;
    const body = { receipt: one.number, ...given };
    if (await change((sale) => post(`/sales/${sale.id}/returns`, body))) {
      update({ screen: "sell", finished: null });
    }
  };
  const reverse = async () => {
    const reason = await ask("reason", { title: t("post_void"), danger: true, done: t("post_void"),
      reasons: [t("reason.mistake"), t("reason.customer_left")] });
    if (!reason) return;
    const done = await doing(() => post(`${path}/post-void`, { reason }));
    if (done?.number) tell(t("post_voided"));
    else if (done) update({ sale: await get(`/sales/${done.sale}`), paying: true });
  };
  return html`<${Paper} path=${path}>
    <${Button} icon="back2" kind="primary" onClick=${back}>${t("return")}<//>
    <${Button} icon="receipts" onClick=${reprint}>${t("reprint")}<//>
    <${Button} icon="undo" kind="danger" onClick=${reverse}>${t("post_void")}<//><//>`;
}
