/** Suspended sales: found by code, card, phone or table, and brought back with one touch. */

import { get } from "./api.js";
import { doing, resume } from "./acts.js";
import { state, update } from "./store.js";
import { Button, Empty, Field, html, useEffect, useState } from "./ui.js";
import { dateTime, money, named, t } from "./words.js";

export function Held() {
  const [holds, show] = useState(null);
  const query = (state.holdQuery || "").trim().toLowerCase();
  useEffect(() => {
    doing(() => get("/holds")).then((found) => show(found || []));
  }, [state.holdsSeen]);
  const found = (holds || []).filter((one) => !query ||
    [one.code, one.sale, one.key, one.member].some((text) => text.toLowerCase().includes(query)));
  return html`<div class="page"><header class="page-head"><h1>${t("screen.held")}</h1>
      <${Field} label=${t("held.find")} value=${state.holdQuery || ""}
        input=${(text) => update({ holdQuery: text })} /></header>
    ${holds && found.length === 0 && html`<${Empty} icon="held" title=${t("held.none")}>
      ${t("held.none.words")}<//>`}
    <div class="cards">${found.map((one) => html`<article class="card" key=${one.code}>
      <header><strong>${one.key || one.code}</strong><b>${money(one.total_minor)}</b></header>
      <p>${one.first}${one.lines > 1 && ` + ${one.lines - 1}`}</p>
      <p class="fine">${[one.code, named("suspend_reason", one.reason), one.said,
        dateTime(one.at_ms), one.staff, one.register].filter(Boolean).join(" · ")}</p>
      <${Button} kind="primary" wide onClick=${() => bring(one.code)}>${t("resume")}<//>
    </article>`)}</div></div>`;
}

function bring(code) {
  update({ holdQuery: "" });
  return resume(code);
}
