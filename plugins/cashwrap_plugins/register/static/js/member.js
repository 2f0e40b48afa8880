/** Who buys: a card that is scanned or keyed in, how the shop prices for them, their points. */

import { changeSale, send } from "./acts.js";
import { earned } from "./offers.js";
import { Panels } from "./panels.js";
import { state } from "./store.js";
import { Banner, Button, Choice, Field, html, Sheet, useState } from "./ui.js";
import { money, t } from "./words.js";

export function Member({ close }) {
  const sale = state.sale;
  const [code, input] = useState(sale?.member || "");
  const [group, setGroup] = useState(sale?.customer || "member");
  const [points, setPoints] = useState(sale?.points ? String(sale.points) : "");
  const save = async (member) => {
    const customer = member ? group : "";
    const body = { member, customer, tier: sale?.tier || "", groups: customer ? [customer] : [],
      points: member ? Number(points || 0) : 0 };
    if (await send("customer", body)) close();
  };
  return html`<${Sheet} title=${t("member")} close=${() => close()} size="narrow" foot=${html`
    ${sale?.member && html`<${Button} onClick=${() => save("")}>${t("member.remove")}<//>`}
    <${Button} kind="primary" disabled=${!code} onClick=${() => save(code)}>${t("save")}<//>`}>
    <form onSubmit=${(event) => (event.preventDefault(), code && save(code))}>
      <${Field} label=${t("member.code")} value=${code} input=${input} first inputmode="numeric" />
      <div class="points"><${Field} label=${t("points.balance")} value=${points} inputmode="numeric"
        input=${(text) => setPoints(text.replace(/\D/g, "").slice(0, 12))} /></div>
      <button type="submit" hidden></button>
    </form>
    <${Choice} label=${t("member.prices")} value=${group} choose=${setGroup}
      options=${[["member", t("member.prices.member")], ["", t("member.prices.none")]]} />
    ${sale?.member && html`<${Points} sale=${sale} />`}
    ${!sale?.member && html`<${Banner}>${t("member.words")}<//>`}
    <${Panels} place="member" />
    ${sale && sale.saved_minor > 0 && html`<p class="off">
      ${t("customer_saved", { minor: money(sale.saved_minor) })}</p>`}
  <//>`;
}

/** What of the member's points this sale uses, and what it gives. */
function Points({ sale }) {
  const used = sale.points_wanted !== 0;
  return html`${sale.points > 0 && html`<div class="use-points">
      <${Choice} label=${t("points.use")} value=${used ? "use" : "keep"}
        options=${[["keep", t("points.keep")], ["use", t("points.use")]]}
        choose=${(way) => changeSale({ points: way === "use" ? -1 : 0 })} />
      <p class="fine" role="status">${used ? t("points.used", { points: sale.points_used,
        left: sale.points - sale.points_used }) : t("points.of", { points: sale.points })}</p></div>`}
    ${sale.rewards.map((one) => html`<p class="fine" key=${one.rule}>${t("points.earns")}
      ${" "}${earned(one)}</p>`)}`;
}
