/** Number pads: one for amounts and quantities, one for PINs. The keyboard works on both. */

import { html, Icon, useLayoutEffect, useRef } from "./ui.js";
import { t } from "./words.js";

/** Return the text after one more key. */
export function keyed(text, key, decimals) {
  if (key === "del") return text.slice(0, -1);
  if (key === "clear") return "";
  if (key === ".") {
    if (!decimals || text.includes(".")) return text;
    return `${text || "0"}.`;
  }
  const part = text.split(".")[1];
  if (part !== undefined && part.length + key.length > decimals) return text;
  const next = text === "0" ? key : text + key;
  return next.length > 12 ? text : next.replace(/^0+(?=\d)/, "");
}

const OTHER = "button:not(.key)"; // Enter there means that button
const BURST_MS = 45; // a scanner types faster than that

const pads = []; // those on the screen; the newest lies on top and hears the keys

/**
 * Listen to the keyboard while the pad is there; fields that are typed in keep their keys.
 * What a scanner typed is no amount: after a scan the value is again what it was before.
 */
function useKeys(value, input, press, enter) {
  const burst = useRef({ last: 0, before: "" });
  useLayoutEffect(() => {
    pads.push(burst);
    return () => pads.splice(pads.indexOf(burst), 1);
  }, []);
  useLayoutEffect(() => {
    const onTop = () => pads[pads.length - 1] === burst;
    const scanned = () => onTop() && input(burst.current.before);
    document.addEventListener("scanned", scanned);
    const heard = (event) => {
      if (event.timeStamp - burst.current.last > BURST_MS) burst.current.before = value;
      burst.current.last = event.timeStamp;
      if (!onTop() || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest?.("input, textarea, select")) return;
      if (/^[0-9.]$/.test(event.key)) press(event.key);
      else if (event.key === "Backspace") press("del");
      else if (event.key === "Enter" && (enter.always || !event.target.closest?.(OTHER))) enter();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", heard);
    return () => {
      document.removeEventListener("keydown", heard);
      document.removeEventListener("scanned", scanned);
    };
  });
}

export function Keypad({ value, input, decimals = 2, enter = () => {}, keys }) {
  const press = (key) => input(keyed(value, key, decimals));
  useKeys(value, input, press, enter);
  const all = keys || ["7", "8", "9", "4", "5", "6", "1", "2", "3", decimals ? "." : "00", "0", "del"];
  return html`<div class="keypad" role="group" aria-label=${t("keypad")}>
    ${all.map((key) => html`<button type="button" class="key" key=${key}
      aria-label=${key === "del" ? t("key.delete") : key} onClick=${() => press(key)}>
      ${key === "del" ? html`<${Icon} name="del" size="26" />` : key}</button>`)}
  </div>`;
}

export function PinPad({ value, input, enter, closed = false }) {
  const press = (key) => {
    if (closed) return;
    if (key === "del") input(value.slice(0, -1));
    else if (/^\d$/.test(key) && value.length < 12) input(value + key);
  };
  const done = () => !closed && value.length >= 4 && enter();
  done.always = value.length > 0;
  useKeys(value, input, press, done);
  const dots = Math.max(4, value.length);
  return html`<div class="pin">
    <div class="pin-dots" role="status" aria-label=${t("pin.length", { count: value.length })}>
      ${Array.from({ length: dots }, (_, at) => html`<i class=${at < value.length ? "on" : ""} />`)}
    </div>
    <div class="keypad" role="group" aria-label=${t("pin")}>
      ${["1", "2", "3", "4", "5", "6", "7", "8", "9", "del", "0", "ok"].map((key) => html`
        <button type="button" class="key ${key === "ok" ? "primary" : ""}" key=${key}
          disabled=${closed || (key === "ok" && value.length < 4)}
          aria-label=${{ del: t("key.delete"), ok: t("confirm") }[key] || key}
          onClick=${() => (key === "ok" ? done() : press(key))}>
          ${key === "del" ? html`<${Icon} name="del" size="26" />`
            : key === "ok" ? html`<${Icon} name="check" size="26" />` : key}</button>`)}
    </div>
  </div>`;
}
