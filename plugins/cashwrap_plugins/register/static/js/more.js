/** The page's own settings, who is here, and doors to everything else. */

import { signOut, train } from "./flow.js";
import { Hardware } from "./hardware.js";
import { PairedScreens } from "./pairing.js";
import { PanelPage } from "./panels.js";
import { PluginPage, Plugins } from "./plugins.js";
import { PriceCheck } from "./price_check.js";
import { HoldReport, ReturnReport, Takings } from "./reports.js";
import { SettingsPage } from "./settings_page.js";
import { under } from "./sub_page.js";
import { Languages, Themes } from "./sign_in.js";
import { ask, state } from "./store.js";
import { Button, html } from "./ui.js";
import { named, nameOf, t } from "./words.js";

const BELOW = { plugins: Plugins, plugin: PluginPage, settings: SettingsPage, devices: Hardware,
  pairing: PairedScreens, panel: PanelPage, price_check: PriceCheck, takings: Takings,
  hold_report: HoldReport, return_report: ReturnReport };
const ASKED = [["price_check", "search"], ["takings", "cash"], ["hold_report", "held"],
  ["return_report", "back2"]];

/** Whether who is here may see takings, if only with an approval. */
const mayCount = () => state.session.rights?.["shift.count"]?.how !== "denied";

export function More() {
  if (state.sub) {
    const { kind, ...about } = state.sub;
    return html`<${BELOW[kind]} key=${JSON.stringify(state.sub)} ...${about} />`;
  }
  const who = state.session;
  const group = state.groups.find((one) => one.code === state.group);
  return html`<div class="page"><header class="page-head"><h1>${t("screen.more")}</h1></header>
    <div class="settings">
      <section><h2>${t("you")}</h2><p><strong>${who.name || who.staff || t("everybody")}</strong>
        ${who.role && html` <span class="badge">${named("role", who.role)}</span>`}</p>
        <p class="fine">${[state.shop.name, state.shop.branch, state.register || state.shop.till]
          .filter(Boolean).join(" · ")}</p>
        <${Button} icon="lock" onClick=${signOut}>${t("sign_out")}<//></section>
      <section><h2>${t("reports")}</h2><div class="menu">
        ${ASKED.filter(([kind]) => kind !== "takings" || mayCount()).map(([kind, icon]) => html`
          <${Button} key=${kind} icon=${icon} wide onClick=${() => under({ kind })}>${t(kind)}<//>`)}
        </div></section>
      <section><h2>${t("more.till")}</h2><div class="menu">
        ${[["plugins", "plug"], ["devices", "print"], ["pairing", "link"]].map(([kind, icon]) => html`
          <${Button} key=${kind} icon=${icon} wide onClick=${() => under({ kind })}>${t(kind)}<//>`)}
        ${state.panels.filter((one) => one.place === "more").map((one) => html`
          <${Button} key=${one.id} icon="plug" wide onClick=${() => under({ kind: "panel", id: one.id })}>
            ${nameOf(one.title, one.name)}<//>`)}</div></section>
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
