/** The parts that every screen is made of. */

import {
  html, render, useEffect, useLayoutEffect, useRef, useState,
} from "../vendor/preact.js";
import { Toasts } from "./toasts.js";
import { t } from "./words.js";

export { html, render, useEffect, useLayoutEffect, useRef, useState };

const PATHS = {
  sell: "M4 5h16v10H4z M8 19h8 M12 15v4 M8 9h3 M14 9h2 M8 12h2",
  held: "M9 6v12 M15 6v12",
  receipts: "M6 3h12v18l-3-2-3 2-3-2-3 2z M9 8h6 M9 12h6",
  shift: "M4 10h16v9H4z M6 10V6h12v4 M10 14h4",
  more: "M6 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2z M12 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2z M18 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14z M16 16l4 4",
  undo: "M8 5L4 9l4 4 M4 9h10a6 6 0 0 1 0 12h-3",
  close: "M6 6l12 12 M18 6L6 18",
  plus: "M12 5v14 M5 12h14",
  minus: "M5 12h14",
  trash: "M5 7h14 M9 7V4h6v3 M7 7l1 13h8l1-13",
  note: "M5 4h14v12l-4 4H5z M9 9h6 M9 13h4",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M4 21c1-5 4-7 8-7s7 2 8 7",
  percent: "M6 18L18 6 M7.5 5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z M16.5 14a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  tag: "M4 4h8l8 8-8 8-8-8z M8.5 8.5h.01",
  swap: "M4 8h14l-4-4 M20 16H6l4 4",
  cash: "M3 6h18v12H3z M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z M6 9h.01 M18 15h.01",
  code: "M4 4h6v6H4z M14 4h6v6h-6z M4 14h6v6H4z M14 14h2v2h-2z M20 14v6 M14 20h3",
  card: "M3 6h18v12H3z M3 10h18 M7 15h4",
  split: "M12 20v-7 M12 13L5 5 M12 13l7-8 M5 10V5h5 M19 10V5h-5",
  check: "M5 12l5 5 9-10",
  warn: "M12 4l9 16H3z M12 10v4 M12 17h.01",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M12 11v5 M12 8h.01",
  back: "M15 5l-7 7 7 7",
  print: "M7 8V3h10v5 M5 8h14v8h-3 M5 8v8h3 M8 13h8v8H8z",
  lock: "M6 11h12v9H6z M8 11V8a4 4 0 0 1 8 0v3",
  moon: "M19 14A8 8 0 0 1 10 5a8 8 0 1 0 9 9z",
  language: "M4 6h9 M8 4v2 M11 6c-1 4-4 7-7 8 M6 9c1 2 3 4 6 5 M13 20l4-10 4 10 M14.5 17h5",
  in: "M12 3v11 M7 10l5 5 5-5 M4 20h16",
  out: "M12 15V4 M7 8l5-5 5 5 M4 20h16",
  safe: "M4 4h16v15H4z M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M6 19v2 M18 19v2",
  screen: "M3 5h18v11H3z M9 20h6",
  cart: "M3 4h3l2 11h10l2-8H7 M9 19h.01 M17 19h.01",
  back2: "M9 14l-5-5 5-5 M4 9h11a5 5 0 0 1 0 10h-4",
  cap: "M2 9l10-5 10 5-10 5z M6 11v5c3 3 9 3 12 0v-5",
  stock: "M4 8l8-4 8 4v9l-8 4-8-4z M4 8l8 4 8-4 M12 12v9",
  why: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2 M12 17h.01 M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  pad: "M6 4h12v16H6z M9 8h6 M9 12h.01 M12 12h.01 M15 12h.01 M9 16h.01 M12 16h.01 M15 16h.01",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z M12 3v3 M12 18v3 M3 12h3 M18 12h3 M5.6 5.6l2.2 2.2 M16.2 16.2l2.2 2.2 M5.6 18.4l2.2-2.2 M16.2 7.8l2.2-2.2",
  plug: "M9 3v5 M15 3v5 M6 8h12v3a6 6 0 0 1-12 0z M12 17v4",
  calendar: "M4 6h16v14H4z M4 11h16 M8 3v5 M16 3v5",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1 M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  again: "M20 11a8 8 0 1 0-2 6 M20 5v6h-6",
  forward: "M9 5l7 7-7 7",
  scale: "M4 20h16l-2-8H6z M12 12V8 M6 8h12l-1-4H7z",
  gift: "M4 8h16v4H4z M5 12v8h14v-8 M12 8v12 M12 8c-4 0-5-4-2-4 2 0 2 4 2 4z M12 8c4 0 5-4 2-4-2 0-2 4-2 4z",
  star: "M12 4l2.5 5.2 5.5.7-4 4 1 5.6-5-2.7-5 2.7 1-5.6-4-4 5.5-.7z",
  scale: "M12 4v16 M7 20h10 M5 7h14 M5 7l-3 7h6z M19 7l-3 7h6z",
  box: "M4 8l8-4 8 4v8l-8 4-8-4z M4 8l8 4 8-4 M12 12v8 M8 6l8 4",
  del: "M9 6h11v12H9l-6-6z M12 10l4 4 M16 10l-4 4",
};

export function Icon({ name, size = 22 }) {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 24 24" aria-hidden="true"
    ><path d=${PATHS[name]} /></svg>`;
}

export function Button({ icon, kind = "", children, wide, ...rest }) {
  const classes = `button ${kind} ${wide ? "wide" : ""}`;
  return html`<button type="button" class=${classes} ...${rest}>
    ${icon && html`<${Icon} name=${icon} />`}${children && html`<span>${children}</span>`}
  </button>`;
}

const sheets = []; // those that are open; the newest lies on top

/** A sheet over the screen. Escape, the cross and a touch beside it close it. */
export function Sheet({ title, close, children, size = "", foot }) {
  const self = useRef();
  useLayoutEffect(() => {
    const back = document.activeElement;
    sheets.push(self);
    self.current.showModal();
    self.current.querySelector("[data-first]")?.focus();
    return () => {
      sheets.splice(sheets.indexOf(self), 1);
      if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    };
  }, []);
  const beside = (event) => event.target === self.current && close();
  const cancel = (event) => {
    event.preventDefault();
    close();
  };
  return html`<dialog ref=${self} class="sheet ${size}" aria-label=${title} onCancel=${cancel}
    onPointerDown=${beside}>
    <div class="sheet-inner">
      <header class="sheet-head"><h2>${title}</h2>
        <${Button} icon="close" kind="ghost" aria-label=${t("close")} onClick=${close} /></header>
      <div class="sheet-body">${children}</div>
      ${foot && html`<footer class="sheet-foot">${foot}</footer>`}
    </div>
    ${sheets[sheets.length - 1] === self && html`<${Toasts} />`}
  </dialog>`;
}

export function Empty({ icon, title, children }) {
  return html`<div class="empty"><span class="empty-icon"><${Icon} name=${icon} size="36" /></span>
    <strong>${title}</strong>${children && html`<p>${children}</p>`}</div>`;
}

/** One of several, as buttons that stand together. */
export function Choice({ label, options, value, choose }) {
  return html`<div class="choice" role="group" aria-label=${label}>
    ${options.map(([key, name]) => html`<button type="button" key=${key}
      aria-pressed=${key === value} onClick=${() => choose(key)}>${name}</button>`)}
  </div>`;
}

export function Field({ label, value, input, type = "text", first, ...rest }) {
  return html`<label class="field"><span>${label}</span>
    <input type=${type} value=${value} data-first=${first ? "" : undefined} autocomplete="off"
      onInput=${(event) => input(event.target.value)} ...${rest} /></label>`;
}

export function Banner({ kind = "", icon = "info", children }) {
  return html`<div class="banner ${kind}" role="status"><${Icon} name=${icon} />
    <div>${children}</div></div>`;
}
