/** Shifts that are over: each Z as it was printed, printed again. */

import { get } from "./api.js";
import { doing } from "./acts.js";
import { Button, Choice, Empty, html, useEffect, useState } from "./ui.js";
import { dateTime, LANGUAGES, money, t } from "./words.js";

const SHOWN = 60;

export function PastShifts({ back }) {
  const [shifts, show] = useState(null);
  const [many, more] = useState(SHOWN);
  const [chosen, choose] = useState(0);
  useEffect(() => {
    doing(() => get("/shift/all")).then((all) => show((all || []).filter((one) => one.z).reverse()));
  }, []);
  return html`<div class="page with-side ${chosen ? "chosen" : ""}"><div class="page-main">
    <header class="page-head"><${Button} icon="back" onClick=${back}>${t("back")}<//>
      <h1>${t("shift.past")}</h1></header>
    ${shifts && shifts.length === 0 && html`<${Empty} icon="shift" title=${t("shift.past.none")} />`}
    ${shifts && shifts.length > 0 && html`<ul class="rows">${shifts.slice(0, many).map((one) => html`
      <li key=${one.z}><button type="button" aria-pressed=${chosen === one.z}
        onClick=${() => choose(one.z)}><b>Z ${one.z}</b>
        <span class="grow what">${dateTime(one.opened_ms)} – ${dateTime(one.closed_ms)}
          <small>${[t("shift.number", { number: one.number }), one.worked.join(", "),
            one.staff.join(", ")].filter(Boolean).join(" · ")}</small></span>
        <b>${one.declared ? money(one.declared.cash_minor) : "–"}</b></button></li>`)}</ul>`}
    ${shifts && shifts.length > many && html`<${Button} onClick=${() => more(many + SHOWN)}>
      ${t("receipts.more")}<//>`}</div>
    ${chosen ? html`<${ZPaper} key=${chosen} z=${chosen} leave=${() => choose(0)} />`
      : html`<section class="paper-side"><${Empty} icon="receipts"
          title=${t("shift.past.choose")} /></section>`}</div>`;
}

function ZPaper({ z, leave }) {
  const [language, speak] = useState(document.documentElement.lang);
  const [text, show] = useState("");
  useEffect(() => {
    doing(() => get(`/shift/z/${z}?language=${language}`)).then((found) => found && show(found.text));
  }, [language]);
  return html`<section class="paper-side" aria-label=${t("shift.z")}><div class="row">
      <${Button} icon="back" kind="ghost phone-only" aria-label=${t("back")} onClick=${leave} />
      <${Choice} label=${t("language")} value=${language} choose=${speak}
        options=${LANGUAGES.map((one) => [one, one === "en" ? "English" : "中文"])} />
      <span class="grow"></span>
      <${Button} icon="print" onClick=${() => print()}>${t("print")}<//></div>
    <pre class="paper" tabindex="0">${text}</pre></section>`;
}
