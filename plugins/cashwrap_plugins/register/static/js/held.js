/** Suspended sales: found by code, card, phone or table, and brought back with one touch. */

import { get, post } from "./api.js";
import { doing, resume } from "./acts.js";
import { ask, state, tell, update } from "./store.js";
import { Button, Choice, Empty, Field, html, useEffect, useState } from "./ui.js";
import { dateTime, minutes, money, named, t } from "./words.js";

export function Held() {
  const [holds, show] = useState(null);
  const [wanted, choose] = useState("");
  const query = (state.holdQuery || "").trim().toLowerCase();
  useEffect(() => {
    doing(() => get("/holds")).then((found) => show(found || []));
  }, [state.holdsSeen]);
  const reasons = [...new Set((holds || []).map((one) => one.reason))];
  const places = [...new Set((holds || []).map((one) => one.register))];
  const filters = [["", t("all")],
    ...(reasons.length > 1 ? reasons.map((one) => [`reason ${one}`, reasonOf(one)]) : []),
    ...(places.length > 1 ? places.map((one) => [`place ${one}`, one || state.shop.till]) : [])];
  const only = filters.some(([key]) => key === wanted) ? wanted : "";
  const found = (holds || []).filter((one) => fits(one, query) &&
    (!only || only === `reason ${one.reason}` || only === `place ${one.register}`));
  return html`<div class="page"><header class="page-head"><h1>${t("screen.held")}</h1>
      <${Field} label=${t("held.find")} value=${state.holdQuery || ""}
        input=${(text) => update({ holdQuery: text })} /></header>
    ${filters.length > 1 && html`<div class="row"><${Choice} label=${t("filter")} options=${filters}
      value=${only} choose=${choose} /></div>`}
    ${holds && found.length === 0 && html`<${Empty} icon="held" title=${holds.length
      ? t("nothing_found", { query: state.holdQuery }) : t("held.none")}>${t("held.none.words")}<//>`}
    <div class="cards">${found.map((one) => html`<${Card} key=${one.code} one=${one} />`)}</div></div>`;
}

const fits = (one, query) => !query ||
  [one.code, one.sale, one.key, one.member, one.staff, one.first, one.said].some((text) =>
    text.toLowerCase().includes(query));
const reasonOf = (reason) => (reason ? named("suspend_reason", reason) : t("held.no_reason"));

function Card({ one }) {
  return html`<article class="card"><header><strong>${one.key || one.code}</strong>
      <b>${money(one.total_minor)}</b></header>
    <p>${one.first}${one.lines > 1 && ` + ${one.lines - 1}`}</p>
    <p class="fine">${[one.code, reasonOf(one.reason), one.said, dateTime(one.at_ms), one.staff,
      one.register].filter(Boolean).join(" · ")}</p>
    <p><span class="badge ${isOver(one) ? "doubt" : ""}">${waited(one)}</span></p>
    <${Button} kind="primary" wide onClick=${() => bring(one.code)}>${t("resume")}<//>
    <div class="row"><${Button} icon="print" onClick=${() => slip(one)}>${t("held.slip")}<//>
      <span class="grow"></span><${Button} icon="trash" kind="danger" aria-label=${t("held.cancel_of", {
        code: one.code })} onClick=${() => cancel(one)}>${t("held.cancel")}<//></div>
  </article>`;
}

/** Whether its quote has run out, so that it comes back at today's prices. */
function isOver(one) {
  const { suspend_quote: quote, suspend_quote_minutes: most } = state.shop;
  return quote === "reprice" || (quote === "expire" && Date.now() - one.at_ms > most * 60_000);
}

function waited(one) {
  const count = minutes(Math.max(0, Date.now() - one.at_ms));
  return isOver(one) ? t("held.over", { count }) : t("held.waits", { count });
}

async function slip(one) {
  const found = await doing(() => get(`/holds/${encodeURIComponent(one.code)}/slip`));
  if (found) await ask("report", { title: t("held.slip_of", { code: one.code }), text: found.text });
}

async function cancel(one) {
  const reason = await ask("reason", { title: t("held.cancel_of", { code: one.code }), danger: true,
    done: t("held.cancel"), reasons: ["reason.not_back", "reason.customer_left", "reason.mistake"]
      .map((key) => t(key)) });
  if (!reason) return;
  const gone = await doing(() => post(`/holds/${encodeURIComponent(one.code)}/cancel`, { reason }));
  if (!gone) return;
  update({ holdsSeen: state.holdsSeen + 1 });
  tell(t("held.cancelled", { code: one.code }));
}

function bring(code) {
  update({ holdQuery: "" });
  return resume(code);
}
