/** Sheets of the drawer and of returns: an amount with a reason, a count, a report, goods back. */

import { get } from "./api.js";
import { doing } from "./acts.js";
import { Keypad } from "./keypad.js";
import { state } from "./store.js";
import { Button, Choice, Empty, Field, html, Sheet, useEffect, useState } from "./ui.js";
import { digits, money, named, parseMoney, quantity, t, unit } from "./words.js";

export function Money({ title, label, close }) {
  const [text, input] = useState("");
  const [reason, setReason] = useState("");
  const minor = text ? parseMoney(text) : 0;
  const ready = minor > 0 && reason;
  const done = () => ready && close({ amount_minor: minor, reason });
  return html`<${Sheet} title=${title} close=${() => close()} size="narrow" foot=${html`
    <${Button} kind="primary" disabled=${!ready} onClick=${done}>${t("confirm")}<//>`}>
    <div class="entry"><b>${money(minor || 0)}</b></div>
    <${Keypad} value=${text} input=${input} decimals=${digits()} enter=${done} />
    <${Field} label=${label} value=${reason} input=${setReason} />
  <//>`;
}

/** Notes and coins by their worth, and what other tenders' slips come to. */
export function Counting({ close }) {
  const [pieces, set] = useState({});
  const units = [...state.shop.denominations].sort((one, other) => other - one);
  const total = units.reduce((sum, one) => sum + one * (Number(pieces[one]) || 0), 0);
  const done = () => close({ cash: Object.fromEntries(units.map((one) =>
    [String(one), Number(pieces[one]) || 0]).filter(([, count]) => count > 0)) });
  return html`<${Sheet} title=${t("shift.count")} close=${() => close()} foot=${html`
    <span class="grow total">${t("total")} <b>${money(total)}</b></span>
    <${Button} kind="primary" onClick=${done}>${t("shift.declare")}<//>`}>
    <div class="counting">${units.map((one, at) => html`<label class="count" key=${one}>
      <span>${money(one)}</span>
      <input inputmode="numeric" pattern="[0-9]*" data-first=${at ? undefined : ""}
        aria-label=${t("pieces_of", { minor: money(one) })} value=${pieces[one] ?? ""}
        onInput=${(event) => set({ ...pieces, [one]: event.target.value.replace(/\D/g, "") })}
        placeholder="0" /><em>${money(one * (Number(pieces[one]) || 0))}</em></label>`)}</div>
  <//>`;
}

export function Report({ title, text, close }) {
  return html`<${Sheet} title=${title} close=${() => close()} foot=${html`
    <${Button} icon="print" onClick=${() => print()}>${t("print")}<//>
    <${Button} kind="primary" data-first="" onClick=${() => close()}>${t("close")}<//>`}>
    <pre class="paper" tabindex="0">${text}</pre><//>`;
}

/** Which lines of a receipt come back, how many of each, why, and where the goods go. */
export function ReturnLines({ number, close }) {
  const [found, show] = useState(null);
  const [back, set] = useState({});
  const [reason, setReason] = useState("");
  const [location, setLocation] = useState("sellable");
  useEffect(() => {
    doing(() => get(`/receipts/${number}/returnable`)).then((answer) =>
      answer ? show(answer) : close());
  }, [number]);
  const lines = found?.lines || [];
  const chosen = lines.filter((line) => back[line.line] > 0);
  const ready = chosen.length > 0 && (reason || !state.shop.return_reason_required);
  const step = (line, by) => {
    const most = line.left_milli;
    const next = line.weighed ? (by > 0 ? most : 0) : (back[line.line] || 0) + by * 1000;
    set({ ...back, [line.line]: Math.max(0, Math.min(most, next)) });
  };
  const done = () => ready && close({ reason, location, lines: chosen.map((line) =>
    ({ line: line.line, quantity: quantity(back[line.line]) })) });
  const all = () => set(Object.fromEntries(lines.map((line) => [line.line, line.left_milli])));
  return html`<${Sheet} title=${t("return.of", { number })} close=${() => close()} size="wide"
    foot=${html`<${Button} disabled=${!lines.length} onClick=${all}>${t("return.all")}<//><span class="grow"></span>
      <${Button} kind="primary" disabled=${!ready} onClick=${done}>${t("return.take")}<//>`}>
    ${found && lines.length === 0 && html`<${Empty} icon="receipts" title=${t("return.nothing")} />`}
    <ul class="rows">${lines.map((line) => html`<li class="return-line" key=${line.line}>
      <span class="grow">${line.name}<small class="fine"> ${t("return.left", {
        count: `${quantity(line.left_milli)} ${unit(line.unit)}` })}</small></span>
      <div class="stepper"><${Button} icon="minus" aria-label=${`${t("less")} ${line.name}`}
          onClick=${() => step(line, -1)} /><b>${quantity(back[line.line] || 0)}</b>
        <${Button} icon="plus" aria-label=${`${t("more_of")} ${line.name}`}
          onClick=${() => step(line, 1)} /></div></li>`)}</ul>
    <h3>${t("reason")}</h3>
    <div class="reasons">${state.shop.return_reasons.map((one) => html`<button type="button"
      class="reason" key=${one} aria-pressed=${reason === one} onClick=${() => setReason(one)}>
      ${named("return_reason", one)}</button>`)}</div>
    <h3>${t("return.where")}</h3>
    <${Choice} label=${t("return.where")} value=${location} choose=${setLocation}
      options=${state.shop.return_locations.map((one) => [one, named("location", one)])} />
  <//>`;
}
