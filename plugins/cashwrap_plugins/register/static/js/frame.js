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
import { ask, state, update } from "./store.js";
import { Toasts } from "./toasts.js";
import { Banner, Button, Empty, html, Icon, useLayoutEffect, useRef } from "./ui.js";
import { t } from "./words.js";

const SCREENS = { sell: Selling, held: Held, receipts: Receipts, shift: Shift, more: More };

export function Frame() {
  if (state.phase === "starting") return html`<main class="alone" aria-busy="true"></main>`;
  if (state.phase === "offline") return html`<${Offline} />`;
  if (state.phase === "sign_in") return html`<${SignIn} /><${Messages} /><${Dialogs} />`;
  const Screen = state.paying || state.finished ? Paying : SCREENS[state.screen];
  return html`<div class="frame">
    ${state.shop.training && html`<div class="training" role="status">
      <${Icon} name="cap" size="18" /> ${t("training.banner")}</div>`}
    ${!state.linked && html`<div class="unlinked" role="status">
      <${Icon} name="warn" size="18" /> ${t("unlinked")}</div>`}
    <${Rail} /><main class="screen" id="main"><${Screen} key=${state.screen} /></main>
    <${Messages} /><${Dialogs} />${state.stalled && html`<${Stalled} />`}
  </div>`;
}

const Messages = () => state.dialogs.length === 0 && html`<${Toasts} />`;

function Rail() {
  return html`<nav class="rail" aria-label=${t("screens")}>
    <div class="mark" aria-hidden="true"><img src="icon.svg" alt="" width="40" height="40" /></div>
    ${Object.keys(SCREENS).map((name) => html`<button type="button" key=${name}
      aria-current=${state.screen === name ? "page" : undefined}
      onClick=${() => update({ screen: name, sub: null, paying: false, finished: null })}>
      <${Icon} name=${name} size="26" /><span>${t(`screen.${name}`)}</span></button>`)}
    <span class="grow"></span><${Clerk} />
  </nav>`;
}

/** Who is signed in; a touch lets somebody else take over, the sale stays. */
function Clerk() {
  const who = state.session?.name || state.session?.staff;
  return who && html`<button type="button" class="clerk" title=${t("relieve")}
    aria-label=${t("relieve.of", { name: who })} onClick=${() => ask("relieve")}>
    <i aria-hidden="true" data-letter=${[...who][0]}></i><span>${who}</span></button>`;
}

/** The till does not answer: what was asked is kept and goes on by itself. */
function Stalled() {
  const self = useRef();
  useLayoutEffect(() => self.current.showModal(), []);
  return html`<dialog ref=${self} class="sheet narrow" aria-label=${t("offline.title")}
      onCancel=${(event) => event.preventDefault()}>
    <div class="sheet-inner"><div class="sheet-body stalled" role="alert">
      <span class="spinner" aria-hidden="true"></span><h2>${t("offline.title")}</h2>
      <p>${t("stalled.words")}</p></div></div></dialog>`;
}

function Offline() {
  return html`<main class="alone">
    <${Empty} icon="warn" title=${t("offline.title")}>${t("offline.words")}<//>
    <${Banner} kind="danger">${String(state.problem?.message || "")}<//>
    <${Button} kind="primary big" onClick=${begin}>${t("again")}<//></main>`;
}
