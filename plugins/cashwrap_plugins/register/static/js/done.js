/** After the last payment: the change in large figures, the receipt as it is printed. */

import { get } from "./api.js";
import { Panels } from "./panels.js";
import { state, update } from "./store.js";
import { Button, Choice, html, Icon, useEffect, useLayoutEffect, useState } from "./ui.js";
import { Square, useLink } from "./square.js";
import { taken } from "./taken.js";
import { LANGUAGES, money, t } from "./words.js";

export function Done({ sale }) {
  const back = sale.change_minor;
  const refund = sale.paid_minor < 0;
  const link = useLink(sale.number);
  const next = () => update({ finished: null, screen: "sell" });
  useLayoutEffect(() => {
    const heard = (event) => {
      if ((event.key === "Enter" || event.key === "Escape") && !state.dialogs.length) {
        event.preventDefault();
        next();
      }
    };
    document.addEventListener("keydown", heard);
    return () => document.removeEventListener("keydown", heard);
  }, []);
  useEffect(() => {
    get("/groups").then((groups) => update({ groups }), () => {}); // what is left of the goods now
  }, [sale.id]);
  return html`<div class="done">
    <section class="done-main" role="status">
      <span class="done-mark"><${Icon} name="check" size="44" /></span>
      <h1>${t(sale.returns.length ? "done.returned" : "done.title")}</h1>
      <p>${t("receipt_number", { number: sale.number })}</p>
      <div class="done-change"><span>${t(back ? "change" : refund ? "given_back" : "paid")}</span>
        <b>${money(back || taken(sale))}</b></div>
      ${sale.totals.discount_minor > 0 && html`<p class="off">${t("customer_saved", {
        minor: money(sale.totals.discount_minor) })}</p>`}
      <${Button} kind="primary big" data-first="" onClick=${next}>${t("next_customer")}<//>
      ${link && html`<${Square} code=${link} label=${t("receipt.link")} kind="link" />`}
      <${Panels} place="done" />
    </section>
    <${Paper} path=${`/sales/${sale.id}/receipt`} />
  </div>`;
}

/** A receipt as text, in the language that the customer reads. */
export function Paper({ path, children }) {
  const [language, choose] = useState(document.documentElement.lang);
  const [{ text, code }, show] = useState({});
  useEffect(() => {
    get(`${path}${path.includes("?") ? "&" : "?"}language=${language}`).then(
      (paper) => show({ text: paper.text, code: paper.document.lookup }),
      (error) => show({ text: error.message }));
  }, [path, language]);
  return html`<section class="paper-side" aria-label=${t("receipt")}>
    <div class="row"><${Choice} label=${t("language")} value=${language} choose=${choose}
      options=${LANGUAGES.map((one) => [one, one === "en" ? "English" : "中文"])} />
      <span class="grow"></span>${children}
      <${Button} icon="print" onClick=${() => print()}>${t("print")}<//></div>
    <div class="paper" tabindex="0"><pre>${text ?? ""}</pre>
      ${code && html`<${Square} code=${code} label=${t("receipt.code")} />`}</div></section>`;
}
