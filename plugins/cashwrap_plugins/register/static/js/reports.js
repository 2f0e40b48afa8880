/** What a shopkeeper looks for at the till: the day's takings, what became of holds, what came back. */

import { get } from "./api.js";
import { doing } from "./acts.js";
import { DayField } from "./day_field.js";
import { SubPage } from "./sub_page.js";
import { state } from "./store.js";
import { Empty, html, useEffect, useState } from "./ui.js";
import { money, named, quantity, t } from "./words.js";

/** A report of one business day, today's at first. */
function Daily({ title, path, lead, children }) {
  const [day, choose] = useState(state.shop.day);
  const [found, show] = useState(null);
  useEffect(() => {
    show(null);
    doing(() => get(`${path}?day=${day}`)).then(show);
  }, [day]);
  const input = html`<${DayField} day=${day} choose=${choose} />`;
  return html`<${SubPage} title=${title} lead=${lead} beside=${input}>
    ${found === undefined && html`<${Empty} icon="lock" title=${t("report.closed")} />`}
    ${found && children(found)}<//>`;
}

const Fact = ({ name, value, off }) => html`<div><dt>${name}</dt>
  <dd class=${off ? "off" : ""}>${value}</dd></div>`;

export const Takings = () => html`<${Daily} title=${t("takings")} path="/reports/takings">
  ${({ totals }) => html`<dl class="facts big"><${Fact} name=${t("takings.net")}
      value=${money(totals.payable_minor)} /><${Fact} name=${t("takings.sales")}
      value=${totals.sales} /><${Fact} name=${t("saved")} off=${totals.discount_minor > 0} value=${money(-totals.discount_minor)} />
    <${Fact} name=${t("takings.returned")} value=${`${money(-totals.returned_minor)} · ${totals.returns}`} />
    <${Fact} name=${t("takings.tax")} value=${money(totals.tax_minor)} />
    <${Fact} name=${t("takings.voids")} value=${totals.post_voids} /></dl>
  <${Table} head=${[t("tender"), t("amount")]} empty=${t("day.none")}
    rows=${totals.takings.map((one) => [named("tender", one.kind), money(one.amount_minor)])} />`}<//>`;

export const HoldReport = () => html`<${Daily} title=${t("hold_report")} path="/reports/holds">
  ${({ total, by_reason, by_staff, by_hour }) => Object.values(total).every((one) => !one)
    ? html`<${Empty} icon="held" title=${t("hold_report.none")} />` : html`<dl class="facts big">
    <${Fact} name=${t("holds.suspended")} value=${total.suspended} />
    <${Fact} name=${t("holds.resumed")} value=${total.resumed} />
    <${Fact} name=${t("holds.recovered")} value=${money(total.recovered_minor)} />
    <${Fact} name=${t("holds.waiting")} value=${`${total.waiting} · ${money(total.waiting_minor)}`} />
    <${Fact} name=${t("holds.lost")}
      value=${money(total.cancelled_minor + total.abandoned_minor)} /></dl>
  <${Holds} title=${t("reason")} of=${by_reason} name=${(one) =>
    (one ? named("suspend_reason", one) : t("held.no_reason"))} />
  <${Holds} title=${t("staff")} of=${by_staff} name=${(one) => one || "–"} />
  <${Holds} title=${t("hour")} of=${by_hour} name=${(one) => `${one}:00`} />`}<//>`;

function Holds({ title, of, name }) {
  const rows = Object.entries(of).map(([one, sums]) => [name(one), sums.suspended, sums.resumed,
    sums.finished, sums.cancelled, sums.waiting + sums.abandoned,
    money(sums.cancelled_minor + sums.abandoned_minor)]);
  return rows.length > 0 && html`<${Table} rows=${rows} head=${[title, t("holds.suspended"),
    t("holds.resumed"), t("holds.finished"), t("holds.cancelled"), t("holds.waiting"),
    t("holds.lost")]} />`;
}

export const ReturnReport = () => html`<${Daily} title=${t("return_report")} path="/reports/returns">
  ${({ by_reason, by_staff, by_goods }) => html`
  <${Returned} title=${t("reason")} of=${by_reason} prefix="return_reason" />
  <${Returned} title=${t("staff")} of=${by_staff} />
  <${Table} head=${[t("goods"), t("quantity"), t("amount")]} empty=${t("return_report.none")}
    rows=${by_goods.map((one) => [one.name, quantity(one.quantity_milli), money(one.amount_minor)])} />`}<//>`;

function Returned({ title, of, prefix }) {
  const rows = Object.entries(of).map(([one, sums]) => [one ? (prefix ? named(prefix, one) : one)
    : "–", sums.returns, money(sums.refund_minor)]);
  return rows.length > 0 && html`<${Table} head=${[title, t("count"), t("amount")]} rows=${rows} />`;
}

function Table({ head, rows, empty }) {
  if (!rows.length) return empty ? html`<${Empty} icon="receipts" title=${empty} />` : null;
  return html`<div class="panel"><table class="table"><thead><tr>${head.map((one) => html`<th>${one}
    </th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((one) => html`<td>${one}</td>`)}
    </tr>`)}</tbody></table></div>`;
}
