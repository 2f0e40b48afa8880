/** Money back for goods that came back: to who paid, in cash, or on a credit note. */

import { change, doing, finish, look, show, showEnded } from "./acts.js";
import { get, post, remove } from "./api.js";
import { ask, state } from "./store.js";
import { Banner, Button, html } from "./ui.js";
import { money, named, quantity, t } from "./words.js";

export function GivingBack({ sale }) {
  const give = (to) => doing(() => refund(sale.id, to));
  const waiting = sale.giving.flatMap((payment) => payment.refunds.filter((one) =>
    one.state === "refunding" && (!one.sale || one.sale === sale.id)).map((one) => ({ payment, one })));
  const free = sale.returns.length > 0 && sale.returns.every((one) => !one.of_number);
  return html`<section class="taking giving" aria-label=${t("give_back")}>
    ${waiting.map(({ payment, one }) => html`<${OnItsWay} key=${one.id} sale=${sale}
      payment=${payment} one=${one} />`)}
    <p class="lead">${t(free ? "refund.free" : "refund.words")}</p>
    <ul class="rows">${sale.returns.map((back) => html`<${Back} key=${back.id} back=${back}
      fixed=${waiting.length > 0} />`)}</ul>
    <button type="button" class="pay" disabled=${state.busy > 0 || waiting.length > 0}
      onClick=${() => give("")}>
      <span>${t(!sale.due_minor ? "refund.even" : free ? "refund.shop" : "refund.same")}</span>
      <b>${money(-sale.due_minor)}</b></button>
    ${sale.due_minor < 0 && !waiting.length && html`<div class="quick">
      <${Button} icon="cash" onClick=${() => give("cash")}>${t("refund.cash")}<//>
      <${Button} icon="tag" onClick=${() => give("credit")}>${t("refund.credit")}<//></div>`}
  </section>`;
}

/** Money that a provider was asked to give back and has not answered: never asked for twice. */
function OnItsWay({ sale, payment, one }) {
  const decide = async (paid) => {
    const reason = await ask("reason", { title: t(paid ? "refund.given" : "refund.not_given"),
      done: t("confirm"), reasons: [t("doubt.seen_app"), t("doubt.seen_slip")] });
    if (!reason) return;
    const now = await doing(() => post(`/sales/${sale.id}/payments/${payment.id}/declare`,
      { paid, reason, refund: one.id }));
    if (now) now.state === "completed" ? finish(now) : show(now);
  };
  return html`<${Banner} kind="doubt" icon="warn"><strong>${t("refund.doubt", {
      tender: named("tender", payment.driver || payment.kind), minor: money(one.amount_minor) })}
    </strong><p>${t("refund.doubt.words")}</p><div class="row">
      <${Button} kind="primary" onClick=${look}>${t("doubt.ask_now")}<//>
      <${Button} onClick=${() => decide(true)}>${t("refund.given")}<//>
      <${Button} onClick=${() => decide(false)}>${t("refund.not_given")}<//></div><//>`;
}

/** One return; it can stay with the customer until money has moved. */
function Back({ back, fixed }) {
  const drop = () => change((sale) => remove(`/sales/${sale.id}/returns/${encodeURIComponent(back.id)}`));
  return html`<li class="return-line"><span class="grow">${back.goods.map((one) => html`
      <span class="what">${one.name} × ${quantity(one.quantity_milli)}</span>`)}
      <small class="fine">${[back.of_number ? t("receipt_number", { number: back.of_number })
        : t("return.free"), named("return_reason", back.reason), back.note,
        named("location", back.location)].filter(Boolean).join(" · ")}</small></span>
    <b class="share">${money(-back.refund_minor)}</b>
    <${Button} icon="trash" kind="ghost" disabled=${fixed} aria-label=${t("return.drop")}
      onClick=${drop} /></li>`;
}

async function refund(id, to) {
  let done;
  try {
    done = await post(`/sales/${id}/refund`, { to });
  } catch (error) {
    if (error.code !== "api.sale_ended") throw error;
    return showEnded(id); // it was given, and the till restarted before it said so
  }
  if (done.sale.state === "completed") finish(done.sale);
  else show(done.sale);
  if (done.credit) await slipOf(done.credit);
  return done;
}

/** The credit note's slip: it is money, so it is shown at once. */
async function slipOf(code) {
  const note = await get(`/credits/${encodeURIComponent(code)}`);
  await ask("report", { title: t("credit_note"), text: note.text });
}
