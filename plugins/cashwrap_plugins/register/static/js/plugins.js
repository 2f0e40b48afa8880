/** The till's plugins: what they add, how they do, and what may be done about them. */

import { get, post } from "./api.js";
import { doing } from "./acts.js";
import { ask, tell } from "./store.js";
import { Banner, Button, Empty, html, Icon, useEffect, useState } from "./ui.js";
import { Denied, may, SubPage, under } from "./sub_page.js";
import { nameOf, named, t } from "./words.js";

const MANAGE = "plugins.manage";

export function Plugins() {
  const [plugins, show] = useState(null);
  useEffect(() => {
    doing(() => get("/plugins")).then((found) => show(found || []));
  }, []);
  return html`<${SubPage} title=${t("plugins")} lead=${t("plugins.words")}>
    ${plugins && !plugins.length && html`<${Empty} icon="plug" title=${t("plugins.none")} />`}
    <ul class="rows plugin-rows">${(plugins || []).map((one) => html`<li key=${one.name}>
      <button type="button" onClick=${() => under({ kind: "plugin", name: one.name })}>
        <span class="what"><b>${title(one)}</b><small>${nameOf(one.summary, one.name)}</small></span>
        <span class="plugin-figures"><span>${one.version}</span>
          ${slowest(one) > 0 && html`<span>p99 ${duration(slowest(one))}</span>`}
          ${one.faults > 0 && html`<span class="bad">${t("plugins.faults", { count: one.faults })}
            </span>`}</span>
        <${State} state=${one.state} /><${Icon} name="forward" size="20" /></button></li>`)}</ul>
  <//>`;
}

export const title = (plugin) => nameOf(plugin.title, plugin.name);

const State = ({ state }) => html`<span class="badge is-${state}">${t(`plugin.state.${state}`)}</span>`;

/** One plugin: all that is known of it, and what may be done. */
export function PluginPage({ name }) {
  const [plugin, show] = useState(null);
  const [absent, miss] = useState(false);
  const load = async () => {
    const found = await doing(() => get("/plugins"));
    const one = found?.find((each) => each.name === name);
    show(one || null);
    miss(Boolean(found) && !one);
  };
  useEffect(() => void load(), [name]);
  const act = async (what, body) => {
    if ((await doing(() => post(`/plugins/${name}/${what}`, body))) === undefined) return;
    tell(t(`plugin.${what}.done`));
    await load();
  };
  const setAside = async () => {
    const reason = await ask("reason", { title: t("plugin.set-aside"), done: t("plugin.set-aside"),
      danger: true, reasons: [t("reason.plugin_slow"), t("reason.plugin_wrong")] });
    if (reason) await act("set-aside", { reason });
  };
  const back = { kind: "plugins" };
  if (absent) return html`<${SubPage} title=${name} back=${back}>
    <${Empty} icon="plug" title=${t("plugins.absent")} /><//>`;
  if (!plugin) return html`<${SubPage} title=${name} back=${back} />`;
  const { state } = plugin;
  return html`<${SubPage} title=${title(plugin)} lead=${nameOf(plugin.summary)} back=${back}
    beside=${html`<${State} state=${state} />`}>
    ${plugin.reason && state !== "active" && html`<${Banner} icon="warn"
      kind=${state === "disabled" ? "" : "danger"}><strong>${t(`plugin.why.${state}`)}</strong>
      <p>${plugin.reason}</p><//>`}
    ${plugin.needs_restart && html`<${Banner} kind="doubt">${t("plugin.restart")}<//>`}
    <${Denied} right=${MANAGE} />
    ${may(MANAGE) && html`<div class="row">
      ${plugin.has_settings && html`<${Button} icon="gear" kind="primary"
        onClick=${() => under({ kind: "settings", name })}>${t("plugin.settings")}<//>`}
      ${state === "aside" && html`<${Button} icon="again" kind="primary"
        onClick=${() => act("restore")}>${t("plugin.restore")}<//>`}
      ${state === "active" && html`<${Button} icon="held" onClick=${setAside}>
        ${t("plugin.set-aside")}<//>`}
      ${state === "disabled" && html`<${Button} icon="check" onClick=${() => act("enable")}>
        ${t("plugin.enable")}<//>`}
      ${state !== "disabled" && html`<${Button} icon="close" kind="danger"
        onClick=${() => act("disable")}>${t("plugin.disable")}<//>`}</div>`}
    <dl class="facts">${facts(plugin).map(([what, value]) => html`<div key=${what}>
      <dt>${t(what)}</dt><dd>${value}</dd></div>`)}</dl>
    <section class="block"><h2>${t("plugin.adds")}</h2>
      ${plugin.hooks.length ? html`<ul class="chips-row">${plugin.hooks.map((hook) => html`<li
          key=${hook}>${named("hook", hook)}</li>`)}</ul>` : html`<p class="fine">${t("plugin.adds_nothing")}</p>`}
    </section>
    ${plugin.rights.length > 0 && html`<section class="block"><h2>${t("plugin.asks_for")}</h2>
      <ul class="chips-row">${plugin.rights.map((right) => html`<li key=${right}>
        ${named("plugin_right", right)}</li>`)}</ul></section>`}
    <${Times} spent=${plugin.spent} />
  <//>`;
}

function facts(plugin) {
  return [["plugin.name", plugin.name], ["plugin.version", plugin.version || "–"],
    ["plugin.source", named("plugin.source", plugin.source)],
    ["plugin.faults", `${plugin.faults}`], ["plugin.slow", `${plugin.slow}`],
    ...(plugin.requires.length ? [["plugin.requires", plugin.requires.join(", ")]] : [])];
}

function Times({ spent }) {
  if (!spent.length) return null;
  return html`<section class="block"><h2>${t("plugin.times")}</h2><p class="fine">${t("plugin.times.words")}</p>
    <table class="table"><thead><tr><th>${t("plugin.hook")}</th><th>${t("plugin.calls")}</th>
      <th>p50</th><th>p99</th></tr></thead>
    <tbody>${spent.map((one) => html`<tr key=${one.hook}><td>${named("hook", one.hook)}</td>
      <td>${one.calls}</td><td>${duration(one.p50_ns)}</td><td>${duration(one.p99_ns)}</td></tr>`)}
    </tbody></table></section>`;
}

const slowest = (plugin) => Math.max(0, ...plugin.spent.map((one) => one.p99_ns));

/** A duration as people read it: 12 µs, 3.4 ms, 1.2 s. */
function duration(ns) {
  if (ns < 1e6) return `${Math.ceil(ns / 1e3)} µs`;
  const [value, unit] = ns < 1e9 ? [ns / 1e6, "ms"] : [ns / 1e9, "s"];
  return `${value.toFixed(1)} ${unit}`;
}
