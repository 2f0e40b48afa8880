/** What is plugged into this till, and how it does. */

import { get, post } from "./api.js";
import { doing } from "./acts.js";
import { state, tell, update } from "./store.js";
import { SubPage, under } from "./sub_page.js";
import { Button, Empty, html, Icon, useEffect, useState } from "./ui.js";
import { dateTime, nameOf, t } from "./words.js";

const ICONS = { printer: "print", scale: "scale", drawer: "shift", display: "screen",
  scanner: "code", terminal: "card" };

/** What the till says of devices: one that does worse, or works again, is told once. */
export function heardDevices(devices) {
  const before = new Map((state.devices || []).map((one) => [`${one.plugin} ${one.name}`, one.state]));
  update({ devices });
  for (const one of devices) {
    const was = before.get(`${one.plugin} ${one.name}`);
    const worse = ["lost", "warn"].includes(one.state);
    if (!was || was === one.state || (!worse && one.state !== "ok") || was === "unknown" && !worse) continue;
    const told = nameOf(one.detail) || t(`device.state.${one.state}`);
    tell(`${nameOf(one.title, one.name)}: ${told}`, worse ? "bad" : "", worse && state.sub?.kind !== "devices"
      ? { name: t("devices.show"), does: () => under({ kind: "devices" }) } : null);
  }
}

export function Hardware() {
  const [looking, look] = useState(false);
  const load = async (ask) => {
    look(true);
    const devices = await doing(ask);
    look(false);
    update({ devices: devices || state.devices || [] });
  };
  useEffect(() => void load(() => get("/devices")), []);
  const devices = state.devices;
  return html`<${SubPage} title=${t("devices")} lead=${t("devices.words")} beside=${html`
    <${Button} icon="again" disabled=${looking} onClick=${() => load(() => post("/devices/look"))}>
      ${t(looking ? "devices.looking" : "devices.look")}<//>`}>
    ${devices && !devices.length && html`<${Empty} icon="plug" title=${t("devices.none")}>
      ${t("devices.none.words")}<//>`}
    <ul class="cards device-cards" aria-busy=${looking ? "true" : undefined}>
      ${(devices || []).map((one) => html`<${Device} key=${`${one.plugin}.${one.name}`} one=${one} />`)}
    </ul><//>`;
}

function Device({ one }) {
  return html`<li class="card device is-${one.state}"><span class="device-icon">
      <${Icon} name=${ICONS[one.kind] || "plug"} size="28" /></span>
    <div><header class="row"><strong class="grow">${nameOf(one.title, one.name)}</strong>
        <span class="badge is-${one.state}">${t(`device.state.${one.state}`)}</span></header>
      <p class="fine">${[t(`device.kind.${one.kind}`), one.name].join(" · ")}</p>
      ${nameOf(one.detail) && html`<p>${nameOf(one.detail)}</p>`}
      ${["lost", "warn"].includes(one.state) && one.since_ms > 0 && html`<p class="fine">
        ${t("devices.since", { at: dateTime(one.since_ms) })}</p>`}
      ${one.looked_ms > 0 && html`<p class="fine">${t("devices.looked", { at: dateTime(one.looked_ms) })}
        </p>`}</div></li>`;
}
