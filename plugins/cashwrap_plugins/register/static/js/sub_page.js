/** A screen under More: its title, the way back, and which one is open. */

import { state, update } from "./store.js";
import { Button, html, Icon, useLayoutEffect, useRef } from "./ui.js";
import { t } from "./words.js";

/** Go to a screen under More: `{kind, ...}`, or null for More itself. */
export const under = (sub) => update({ sub, screen: "more" });

/** Whether who is signed in may do something, if need be with somebody's word. */
export const may = (right) => state.session?.rights[right]?.how !== "denied";

/** A word for who may not: they see everything, and somebody else changes it. */
export const Denied = ({ right }) => !may(right) && html`<p class="fine denied">
  <${Icon} name="lock" size="18" /> ${t("denied")}</p>`;

export function SubPage({ title, lead, back = null, beside, children }) {
  const head = useRef();
  useLayoutEffect(() => head.current.focus({ preventScroll: true }), [state.sub]);
  return html`<div class="page sub-page"><header class="page-head">
      <${Button} icon="back" onClick=${() => under(back)}>${t("back")}<//>
      <h1 tabindex="-1" ref=${head}>${title}</h1>${beside}</header>
    ${lead && html`<p class="lead">${lead}</p>`}${children}</div>`;
}
