/** What stands around every screen: the rail, messages, sheets; and which screen is shown. */

import { begin } from "./flow.js";
import { Dialogs } from "./dialogs.js";
import { Held } from "./held.js";
import { More } from "./more.js";
import { Paying } from "./paying.js";
import { Receipts } from "./receipts.js";
import { Selling } from "./selling.js";
import { Shift } from "./shift.js";
import { SignIn } from "./sign_in.js";
import { hush, state, update } from "./store.js";
import { Banner, Button, Empty, html, Icon } from "./ui.js";
import { t } from "./words.js";

const SCREENS = { sell: Selling, held: Held, receipts: Receipts, shift: Shift, more: More };

export function Frame() {
  if (state.phase === "starting") return html`<main class="alone" aria-busy="true"></main>`;
  if (state.phase === "offline") return html`<${Offline} />`;
  if (state.phase === "sign_in") return html`<${SignIn} /><${Toasts} /><${Dialogs} />`;
  const Screen = state.paying || state.finished ? Paying : SCREENS[state.screen];
  return html`<div class="frame">
    ${state.shop.training && html`<div class="training" role="status">
      <${Icon} name="cap" size="18" /> ${t("training.banner")}</div>`}
    ${!state.linked && html`<div class="unlinked" role="status">
      <${Icon} name="warn" size="18" /> ${t("unlinked")}</div>`}
    <${Rail} /><main class="screen" id="main"><${Screen} key=${state.screen} /></main>
    <${Toasts} /><${Dialogs} />
  </div>`;
}

function Rail() {
  return html`<nav class="rail" aria-label=${t("screens")}>
    <div class="mark" aria-hidden="true"><img src="icon.svg" alt="" width="40" height="40" /></div>
    ${Object.keys(SCREENS).map((name) => html`<button type="button" key=${name}
      aria-current=${state.screen === name ? "page" : undefined}
      onClick=${() => update({ screen: name, sub: null, paying: false, finished: null })}>
      <${Icon} name=${name} size="26" /><span>${t(`screen.${name}`)}</span></button>`)}
  </nav>`;
}

function Toasts() {
  return html`<div class="toasts" aria-live="polite">
    ${state.toasts.map((toast) => html`<div class="toast ${toast.kind}" key=${toast.id}>
      <span>${toast.text}</span>
      ${toast.act && html`<${Button} kind="link" onClick=${() => {
        hush(toast.id);
        toast.act.does();
      }}>${toast.act.name}<//>`}
      <${Button} icon="close" kind="link" aria-label=${t("close")}
        onClick=${() => hush(toast.id)} /></div>`)}
  </div>`;
}

function Offline() {
  return html`<main class="alone">
    <${Empty} icon="warn" title=${t("offline.title")}>${t("offline.words")}<//>
    <${Banner} kind="danger">${String(state.problem?.message || "")}<//>
    <${Button} kind="primary big" onClick=${begin}>${t("again")}<//></main>`;
}
