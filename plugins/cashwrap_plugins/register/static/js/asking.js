/** Sheets that ask: for a manager's PIN, for a reason. */

import { post } from "./api.js";
import { PinPad } from "./keypad.js";
import { state } from "./store.js";
import { Banner, Button, Field, html, Sheet, useEffect, useState } from "./ui.js";
import { has, money, named, problem, t } from "./words.js";

/** Somebody with the right stands beside the cashier and keys in their own PIN. */
export function Approval({ act, message, close }) {
  const others = state.shop.staff.filter((one) => one.id !== state.session?.staff)
    .sort((one, other) => (one.role === "cashier") - (other.role === "cashier"));
  const [approver, choose] = useState(others[0]?.role === "cashier" ? "" : others[0]?.id || "");
  const [pin, setPin] = useState("");
  const trying = useTrying();
  const answer = async (refuse) => {
    const given = pin;
    setPin("");
    const sent = () => post("/approvals", { act, approver, pin: given, refuse });
    if (await trying.does(sent, { "staff.denied": t("approval.no_right") })) close(!refuse);
  };
  const key = `right.${act.right}`;
  return html`<${Sheet} title=${t("approval")} close=${() => close()} size="narrow">
    <${Banner} kind="doubt" icon="lock"><strong>${has(key) ? t(key) : act.right}</strong>
      <p>${act.amount_minor ? money(act.amount_minor) : act.rate_ppm
        ? t("percent_off", { percent: act.rate_ppm / 10000 }) : has(key) ? "" : message}</p><//>
    <div class="people-row" role="group" aria-label=${t("approver")}>
      ${others.map((one) => html`<button type="button" class="person small" key=${one.id}
        aria-pressed=${one.id === approver} onClick=${() => (choose(one.id), trying.forget())}>
        <strong>${one.name}</strong><small>${named("role", one.role)}</small></button>`)}</div>
    <p class="wrong" role="alert">${trying.wrong}</p>
    <${PinPad} value=${pin} input=${setPin} closed=${trying.waits || !approver}
      enter=${() => answer(false)} />
    <div class="row"><span class="grow"></span><${Button} kind="danger"
      disabled=${pin.length < 4 || trying.waits || !approver} onClick=${() => answer(true)}>
      ${t("approval.refuse")}<//></div>
  <//>`;
}

/** Trying a PIN: what was wrong, and how long the till takes none. */
export function useTrying() {
  const [wrong, setWrong] = useState("");
  const [until, wait] = useState(0);
  const [, tick] = useState(0);
  const left = Math.ceil((until - performance.now()) / 1000);
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => tick((count) => count + 1), 1000);
    return () => clearTimeout(timer);
  });
  const does = async (act, words = {}) => {
    try {
      await act();
      return true;
    } catch (error) {
      setWrong(words[error.code] || problem(error));
      if (error.waitMs) wait(performance.now() + error.waitMs);
      return false;
    }
  };
  const forget = () => (setWrong(""), wait(0));
  return { does, forget, waits: left > 0, wrong: left > 0 ? t("pin.wait", { seconds: left }) : wrong };
}

/** One of some reasons, or one's own words. */
export function Reason({ title, lead, reasons, done, danger, close }) {
  const [words, input] = useState("");
  return html`<${Sheet} title=${title} close=${() => close()} size="narrow" foot=${html`
    <${Button} kind=${danger ? "danger solid" : "primary"} disabled=${!words}
      onClick=${() => close(words)}>${done}<//>`}>
    <p class="lead">${lead || t("reason.which")}</p>
    <div class="reasons">${reasons.map((one, at) => html`<button type="button" key=${one}
      data-first=${at ? undefined : ""} class="reason" aria-pressed=${words === one}
      onClick=${() => input(one)}>${one}</button>`)}</div>
    <${Field} label=${t("own_words")} value=${reasons.includes(words) ? "" : words} input=${input} />
  <//>`;
}

/** Why the sale waits, and by what it is found again: the customer's card, phone or table. */
export function Suspend({ close }) {
  const [reason, choose] = useState("");
  const [key, setKey] = useState(state.sale.member || "");
  const [note, setNote] = useState("");
  const needed = state.shop.suspend_reason_required && !reason;
  const done = () => close({ reason, key, note });
  return html`<${Sheet} title=${t("suspend")} close=${() => close()} size="narrow" foot=${html`
    <${Button} kind="primary" disabled=${needed} onClick=${done}>${t("suspend")}<//>`}>
    <p class="lead">${t("suspend.why")}</p>
    <div class="reasons">${state.shop.suspend_reasons.map((one, at) => html`<button type="button"
      data-first=${at ? undefined : ""} class="reason" key=${one} aria-pressed=${reason === one}
      onClick=${() => choose(reason === one ? "" : one)}>${named("suspend_reason", one)}
      </button>`)}</div>
    <${Field} label=${t("suspend.key")} value=${key} input=${setKey} />
    <${Field} label=${t("note")} value=${note} input=${setNote} />
  <//>`;
}
