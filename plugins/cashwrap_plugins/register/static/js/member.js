/** Who buys: a card that is scanned or keyed in, and how the shop prices for them. */

import { send } from "./acts.js";
import { Panels } from "./panels.js";
import { state } from "./store.js";
import { Banner, Button, Choice, Field, html, Sheet, useState } from "./ui.js";
import { money, t } from "./words.js";

export function Member({ close }) {
  const sale = state.sale;
  const [code, input] = useState(sale?.member || "");
  const [group, setGroup] = useState(sale?.customer || "member");
  const save = async (member) => {
    const customer = member ? group : "";
    if (await send("customer", { member, customer, tier: sale?.tier || "" })) close();
  };
  return html`<${Sheet} title=${t("member")} close=${() => close()} size="narrow" foot=${html`
    ${sale?.member && html`<${Button} onClick=${() => save("")}>${t("member.remove")}<//>`}
    <${Button} kind="primary" disabled=${!code} onClick=${() => save(code)}>${t("save")}<//>`}>
    <form onSubmit=${(event) => (event.preventDefault(), code && save(code))}>
      <${Field} label=${t("member.code")} value=${code} input=${input} first inputmode="numeric" />
    </form>
    <${Choice} label=${t("member.prices")} value=${group} choose=${setGroup}
      options=${[["member", t("member.prices.member")], ["", t("member.prices.none")]]} />
    <${Banner}>${t("member.words")}<//>
    ${sale && sale.saved_minor > 0 && html`<p class="off">
      ${t("customer_saved", { minor: money(sale.saved_minor) })}</p>`}
    <${Panels} place="member" />
  <//>`;
}
