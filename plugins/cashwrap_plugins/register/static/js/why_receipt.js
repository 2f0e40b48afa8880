/** Why a finished sale cost what it did: from its record, also where nothing was saved. */

import { get } from "./api.js";
import { doing } from "./acts.js";
import { whyNot } from "./telling.js";
import { Empty, html, Sheet, useEffect, useState } from "./ui.js";
import { money, nameOf, quantity, t } from "./words.js";

export function WhyReceipt({ number, close }) {
  const [found, show] = useState(undefined);
  useEffect(() => {
    doing(() => get(`/receipts/${encodeURIComponent(number)}/proof`)).then((answer) =>
      answer === undefined ? close() : show(answer));
  }, [number]);
  return html`<${Sheet} title=${t("why.title")} close=${() => close()} size="wide">
    ${found === null && html`<${Empty} icon="why" title=${t("why.no_rules")} />`}
    ${found && html`<${Proved} found=${found} />`}<//>`;
}

function Proved({ found }) {
  const { proof, names, lines } = found;
  const name = (rule) => nameOf(names[rule], rule);
  const byHand = found.discount_minor - proof.applied.reduce((sum, one) => sum + one.saving_minor, 0);
  return html`<dl class="why-sums"><div><dt>${t("why.list")}</dt><dd>${money(found.list_minor)}</dd>
      </div><div class="off"><dt>${t("saved")}</dt><dd>${money(-found.discount_minor)}</dd></div>
      <div class="big"><dt>${t("total")}</dt><dd>${money(found.payable_minor)}</dd></div></dl>
    <h3>${t("why.applied")}</h3>
    ${proof.applied.length === 0 && html`<p class="fine">${t("why.none")}</p>`}
    ${proof.applied.map((one) => html`<section class="rule" key=${one.rule}><header>
      <strong>${name(one.rule)}</strong><b>${money(-one.saving_minor)}</b></header>
      <ul>${lines.filter((line) => line.rules[one.rule]).map((line) => html`<li>
        <span>${line.name} × ${quantity(line.quantity_milli)}</span>
        <span>${money(-line.rules[one.rule])}</span></li>`)}</ul></section>`)}
    ${byHand > 0 && html`<section class="rule"><header><strong>${t("why.by_hand")}</strong>
      <b>${money(-byHand)}</b></header></section>`}
    ${proof.rejected.length > 0 && html`<h3>${t("why.rejected")}</h3>
      <ul class="plain">${proof.rejected.map((one) => html`<li><strong>${name(one.rule)}</strong> —
        ${whyNot(one, name)}</li>`)}</ul>`}
    <p class="fine">${t(proof.certificate.proved === false ? "why.unproved" : "why.proved")}</p>`;
}
