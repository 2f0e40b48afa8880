/** The count of a drawer: notes and coins by their worth, and each other tender by its slips. */

import { get } from "./api.js";
import { forget, useKept } from "./kept.js";
import { state } from "./store.js";
import { Banner, Button, html, Sheet, useEffect, useState } from "./ui.js";
import { money, named, parseMoney, t } from "./words.js";

export function Counting({ shift, close }) {
  const name = `count:${shift.number}`;
  const [pieces, set] = useKept(`${name}:pieces`, {});
  const [slips, setSlips] = useKept(`${name}:slips`, {});
  const tenders = useTenders(shift);
  const units = [...state.shop.denominations].sort((one, other) => other - one);
  const total = units.reduce((sum, one) => sum + one * (Number(pieces[one]) || 0), 0);
  const wrong = tenders.some((one) => slips[one] && parseMoney(slips[one]) === null);
  const leave = (answer) => (forget(name), close(answer));
  const done = () => leave({
    cash: Object.fromEntries(units.map((one) => [String(one), Number(pieces[one]) || 0])
      .filter(([, count]) => count > 0)),
    tenders: Object.fromEntries(tenders.filter((one) => slips[one])
      .map((one) => [one, parseMoney(slips[one])])),
  });
  return html`<${Sheet} title=${t("shift.count")} close=${() => leave()} foot=${html`
    <span class="grow total">${t("tender.cash")} <b data-counted=${total}>${money(total)}</b></span>
    <${Button} kind="primary" disabled=${wrong} onClick=${done}>${t("shift.declare")}<//>`}>
    <form onKeyDown=${next} onSubmit=${(event) => event.preventDefault()}>
    <h3>${t("shift.notes")}</h3>
    <div class="counting">${units.map((one, at) => html`<label class="count" key=${one}>
      <span>${money(one)}</span>
      <input inputmode="numeric" pattern="[0-9]*" data-first=${at ? undefined : ""}
        aria-label=${t("pieces_of", { minor: money(one) })} value=${pieces[one] ?? ""}
        onInput=${(event) => set({ ...pieces, [one]: event.target.value.replace(/\D/g, "").slice(0, 7) })}
        placeholder="0" /><em>${money(one * (Number(pieces[one]) || 0))}</em></label>`)}</div>
    ${tenders.length > 0 && html`<h3>${t("shift.slips")}</h3>
    <p class="fine">${t("shift.slips.words")}</p>
    <div class="counting">${tenders.map((one) => html`<label class="count slip" key=${one}>
      <span>${named("tender", one)}</span>
      <input inputmode="decimal" aria-label=${named("tender", one)} value=${slips[one] ?? ""}
        placeholder=${t("shift.not_counted")}
        onInput=${(event) => setSlips({ ...slips, [one]: event.target.value.replace(/[^\d.]/g, "") })} />
      <em></em></label>`)}</div>`}</form>
  <//>`;
}

/** Enter goes to the next field, as at every adding machine. */
function next(event) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const fields = [...event.currentTarget.querySelectorAll("input")];
  const at = fields.indexOf(event.target);
  (fields[at + 1] || event.currentTarget.closest(".sheet").querySelector(".sheet-foot .primary")).focus();
}

/** The tenders that may be counted: those of the shop's terminals, and what was taken besides. */
function useTenders(shift) {
  const [names, show] = useState(() => state.shop.tenders.map((one) => one.driver));
  useEffect(() => {
    get(`/shift/x?number=${shift.number}`).then(({ report }) => show((now) =>
      [...new Set([...now, ...report.tenders.map((one) => one.tender)])]), () => {});
  }, [shift.number]);
  return names.filter((one) => one !== "cash");
}

/** After the count: what was expected and counted, as far as the till tells it here. */
export function OverShort({ shift }) {
  const [report, show] = useState(null);
  const [hidden, hide] = useState(false);
  useEffect(() => {
    get(`/shift/x?number=${shift.number}`).then((found) => show(found.report), () => hide(true));
  }, [shift.number, shift.declared?.times]);
  if (hidden || report?.hidden) return html`<p class="fine">${t("shift.hidden")}</p>`;
  if (!report) return null;
  const counted = shift.declared?.tenders || {};
  const rows = report.tenders.filter((one) => one.tender === "cash" || one.expected_minor ||
    counted[one.tender] !== undefined);
  const countOf = (one) => (one.tender === "cash" ? shift.declared?.cash_minor : counted[one.tender]);
  return html`<table class="table over-short"><thead><tr><th>${t("tender")}</th>
      <th>${t("shift.expected")}</th><th>${t("shift.counted")}</th><th>${t("shift.over")}</th></tr>
    </thead><tbody>${rows.map((one) => html`<${Tender} key=${one.tender} one=${one}
      counted=${countOf(one)} />`)}</tbody></table>
    ${report.in_doubt.length > 0 && html`<${Banner} kind="doubt" icon="warn">
      <strong>${t("shift.in_doubt", { count: report.in_doubt.length })}</strong>
      ${report.in_doubt.map((one) => html`<p>${named("tender", one.tender)}
        ${money(one.amount_minor)}</p>`)}<p class="fine">${t("shift.in_doubt.words")}</p><//>`}
    ${report.open_sales.length > 0 && html`<${Banner} kind="doubt" icon="warn">
      ${t("shift.open_sales", { count: report.open_sales.length })}<//>`}`;
}

function Tender({ one, counted }) {
  const over = counted === undefined ? null : counted - one.expected_minor;
  return html`<tr><td>${named("tender", one.tender)}</td><td>${money(one.expected_minor)}</td>
    <td>${counted === undefined ? "–" : money(counted)}</td>
    <td class=${over ? (over < 0 ? "short" : "over") : ""}>${over === null ? "–"
      : over === 0 ? t("shift.exact") : `${over > 0 ? "+" : ""}${money(over)}`}</td></tr>`;
}
