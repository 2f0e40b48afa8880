/** Messages that pass: beside what is worked on, never over the button that takes the money. */

import { hush, state } from "./store.js";
import { Button, html } from "./ui.js";
import { t } from "./words.js";

/** The newest messages. A sheet has its own, since nothing beside a sheet can be touched. */
export function Toasts() {
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
