/** Sheets of the drawer: an amount with a reason, and a report as it is printed. */

import { get } from "./api.js";
import { doing } from "./acts.js";
import { Keypad } from "./keypad.js";
import { forget, useKept } from "./kept.js";
import { Button, Field, html, Sheet, useState } from "./ui.js";
import { digits, money, parseMoney, t } from "./words.js";

export function Money({ title, label, reasons = [], name, close }) {
  const [text, input] = useKept(`${name}:amount`, "");
  const [reason, setReason] = useKept(`${name}:reason`, "");
  const minor = text ? parseMoney(text) : 0;
  const ready = minor > 0 && reason.trim();
  const leave = (answer) => (forget(`${name}:`), close(answer));
  const done = () => ready && leave({ amount_minor: minor, reason });
  return html`<${Sheet} title=${title} close=${() => leave()} size="narrow" foot=${html`
    <${Button} kind="primary" disabled=${!ready} onClick=${done}>${t("confirm")}<//>`}>
    <div class="entry"><b>${money(minor || 0)}</b></div>
    <${Keypad} value=${text} input=${input} decimals=${digits()} enter=${done} />
    ${reasons.length > 0 && html`<div class="reasons">${reasons.map((one) => html`<button
      type="button" class="reason" key=${one} aria-pressed=${reason === one}
      onClick=${() => setReason(one)}>${one}</button>`)}</div>`}
    <${Field} label=${label} value=${reasons.includes(reason) ? "" : reason} input=${setReason} />
  <//>`;
}

/** A report as it is printed; `more` is `{name, path}` of one that shows what this one hides. */
export function Report({ title, text, more, close }) {
  const [shown, show] = useState({ text, more });
  const see = async () => {
    const found = await doing(() => get(shown.more.path));
    if (found) show({ text: found.text, more: null });
  };
  return html`<${Sheet} title=${title} close=${() => close()} foot=${html`
    ${shown.more && html`<${Button} icon="lock" onClick=${see}>${shown.more.name}<//>`}
    <${Button} icon="print" onClick=${() => print()}>${t("print")}<//>
    <${Button} kind="primary" data-first="" onClick=${() => close()}>${t("close")}<//>`}>
    <pre class="paper" tabindex="0">${shown.text}</pre><//>`;
}
