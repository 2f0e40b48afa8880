/** The page's own settings, who is here, and doors to everything else. */

import { signOut, train } from "./flow.js";
import { Languages, Themes } from "./sign_in.js";
import { ask, state } from "./store.js";
import { Button, html } from "./ui.js";
import { named, t } from "./words.js";

export function More() {
  const who = state.session;
  const group = state.groups.find((one) => one.code === state.group);
  return html`<div class="page"><header class="page-head"><h1>${t("screen.more")}</h1></header>
    <div class="settings">
      <section><h2>${t("you")}</h2><p><strong>${who.name || who.staff || t("everybody")}</strong>
        ${who.role && html` <span class="badge">${named("role", who.role)}</span>`}</p>
        <p class="fine">${[state.shop.name, state.shop.branch, state.register || state.shop.till]
          .filter(Boolean).join(" · ")}</p>
        <${Button} icon="lock" onClick=${signOut}>${t("sign_out")}<//></section>
      <section><h2>${t("language")}</h2><${Languages} /></section>
      <section><h2>${t("theme")}</h2><${Themes} /></section>
      <section><h2>${t("arrange")}</h2>
        <div class="row"><${Button} icon="swap" onClick=${() => ask("arrange", {})}>
            ${t("arrange.groups")}<//>
          ${group && html`<${Button} icon="swap"
            onClick=${() => ask("arrange", { group: group.code })}>${t("arrange.goods_of", {
              name: group.name })}<//>`}</div></section>
      <section><h2>${t("training")}</h2><p class="fine">${t("training.words")}</p>
        <${Button} icon="cap" disabled=${!!state.sale?.lines.length && !state.shop.training}
          onClick=${() => train(!state.shop.training)}>
          ${t(state.shop.training ? "training.end" : "training.begin")}<//></section>
      <section><h2>${t("customer_screen")}</h2><p class="fine">${t("customer_screen.words")}</p>
        <${Button} icon="screen" onClick=${() => open(
          `customer.html?register=${encodeURIComponent(state.register)}`, "customer")}>
          ${t("customer_screen.open")}<//></section>
      <section><h2>${t("help")}</h2><${Button} icon="info" onClick=${() => ask("help")}>
        ${t("help.keys")}<//></section>
    </div></div>`;
}
