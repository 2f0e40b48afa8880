/** Sales that were made: found by day, number, amount, member or goods; and what waits for money. */

import { get } from "./api.js";
import { doing } from "./acts.js";
import { DayField } from "./day_field.js";
import { Chosen } from "./receipt_side.js";
import { isReceiptCode, returnFreely, saleOf } from "./returns.js";
import { state, update } from "./store.js";
import { Banner, Button, Choice, Empty, Field, html, useEffect, useRef, useState } from "./ui.js";
import { dayOf, money, named, t, time } from "./words.js";

const TYPES = ["", "sale", "return", "exchange", "post_void"];
const PAGE = 50;

export function Receipts() {
  const [page, show] = useState(null);
  const [chosen, choose] = useState(null);
  const [type, only] = useState("");
  const [day, setDay] = useState(0);
  const asked = useRef(0);
  const query = (state.receiptQuery || "").trim();
  const load = async (before = 0) => {
    const number = (asked.current += 1);
    const found = await doing(() => get(`/receipts/search?${new URLSearchParams({ query, type, day,
      before, limit: PAGE })}`));
    if (number !== asked.current || !found) return;
    show((now) => ({ rows: [...(before ? now.rows : []), ...found.rows], next: found.next }));
  };
  useEffect(() => {
    if (isReceiptCode(query)) return void find();
    const timer = setTimeout(load, query ? 250 : 0);
    return () => clearTimeout(timer);
  }, [query, type, day, state.receiptsSeen]);
  const find = async () => {
    const sale = await saleOf(query);
    update({ receiptQuery: "" });
    if (sale) choose({ number: sale, sale });
  };
  const enter = (event) => {
    event.preventDefault();
    if (page?.rows.length) choose(page.rows[0]);
  };
  return html`<div class="page with-side ${chosen ? "chosen" : ""}"><div class="page-main">
    <header class="page-head"><h1>${t("screen.receipts")}</h1>
      <${Button} icon="back2" onClick=${returnFreely}>${t("return.free")}<//>
      <form onSubmit=${enter}><${Field} label=${t("receipts.find")} value=${state.receiptQuery || ""}
        placeholder=${t("receipts.find.words")}
        input=${(text) => update({ receiptQuery: text })} /></form></header>
    <div class="row"><${Choice} label=${t("receipts.which")} value=${type} choose=${only}
        options=${TYPES.map((one) => [one, one ? named("receipt_type", one) : t("all")])} />
      <${DayField} day=${day} choose=${setDay} every /></div>
    <${Unpaid} />
    ${page && page.rows.length === 0 && !page.next && html`<${Empty} icon="receipts"
      title=${query ? t("nothing_found", { query }) : t(day ? "day.none" : "receipts.none")} />`}
    ${page && page.rows.length > 0 && html`<ul class="rows">${page.rows.map((one, at) => html`
      ${one.day !== page.rows[at - 1]?.day && html`<li class="row-day" key=${`day ${one.day}`}>
        ${dayOf(one.day)}</li>`}
      <${Row} key=${one.number} one=${one} chosen=${chosen?.sale === one.sale} choose=${choose} />`)}
      </ul>`}
    ${page?.next > 0 && html`<${More} key=${page.next} load=${() => load(page.next)} />`}
    </div>
    ${chosen ? html`<${Chosen} one=${chosen} key=${chosen.sale} leave=${() => choose(null)} />`
      : html`<section class="paper-side"><${Empty} icon="receipts"
          title=${t("receipts.choose")}>${t("receipts.scan")}<//></section>`}
  </div>`;
}

function Row({ one, chosen, choose }) {
  const who = [...one.tenders.map((name) => named("tender", name)), one.staff, one.register,
    one.member].filter(Boolean);
  return html`<li><button type="button" class=${one.voided_by ? "void" : ""} aria-pressed=${chosen}
      onClick=${() => choose(one)}><b>#${one.number}</b><span>${time(one.at_ms)}</span>
    <span class="grow what">${one.first || t("return")}${one.lines > 1 ? ` + ${one.lines - 1}` : ""}
      <small>${who.join(" · ")}</small></span>
    <span class="badges">${one.type !== "sale" && html`<i class="badge">
        ${named("receipt_type", one.type)}</i>`}
      ${one.voided_by > 0 && html`<i class="badge danger">${t("receipt.voided")}</i>`}
      ${one.returns > 0 && !one.voided_by && html`<i class="badge doubt">
        ${t(one.returned_whole ? "receipt.returned" : "receipt.returned_part")}</i>`}
      ${one.copies > 0 && html`<i class="badge">${t("receipt.copies", { count: one.copies })}</i>`}
    </span><b>${money(one.payable_minor)}</b></button></li>`;
}

/** The next page, as soon as its place is scrolled to. */
function More({ load }) {
  const self = useRef();
  useEffect(() => {
    const seen = new IntersectionObserver(([entry]) => entry.isIntersecting && load());
    seen.observe(self.current);
    return () => seen.disconnect();
  }, []);
  return html`<div class="row" ref=${self}><${Button} wide onClick=${load}>${t("receipts.more")}<//>
    </div>`;
}

/** Sales of all registers with money on them that are not finished: in doubt, or paid in part. */
function Unpaid() {
  const [open, show] = useState([]);
  useEffect(() => {
    get("/sales").then(show, () => {});
  }, [state.receiptsSeen, state.sale]);
  const waiting = open.filter((one) => one.in_doubt.length || one.paid_minor);
  return waiting.map((one) => html`<${Banner} kind="doubt" icon="warn" key=${one.id}>
    <strong>${t(one.in_doubt.length ? "doubt" : "receipts.part_paid")} · ${money(one.totals.payable_minor)}
    </strong><p>${[one.lines[0]?.name, one.staff, one.register].filter(Boolean).join(" · ")}</p>
    ${one.in_doubt.length > 0 && html`<p>${t("doubt.step2")}</p>`}
    ${one.register === state.register && html`<p><${Button}
      onClick=${() => update({ sale: one, screen: "sell", paying: true, finished: null })}>
      ${t("receipts.go_on")}<//></p>`}<//>`);
}
