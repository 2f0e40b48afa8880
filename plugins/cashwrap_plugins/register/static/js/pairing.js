/** Screens of other machines that may drive this till: who they are, a new one, and out again. */

import { get, post, remove } from "./api.js";
import { doing } from "./acts.js";
import { ask, state, tell, update } from "./store.js";
import { may, SubPage } from "./sub_page.js";
import { Banner, Button, Empty, html, Icon, Sheet, useEffect, useState } from "./ui.js";
import { encode } from "../vendor/uqr.js";
import { dateTime, t } from "./words.js";

const PAIR = "devices.pair";

export function PairedScreens() {
  const paired = may(PAIR) ? state.paired : null;
  const load = () => doing(() => get("/devices/paired")).then((found) => update({ paired: found || [] }));
  useEffect(() => void (may(PAIR) && load()), []);
  const pair = async () => {
    const code = await doing(() => post("/devices/pairing"));
    if (!code) return;
    const before = (paired || []).map((one) => one.id);
    const name = await ask("pairing", { given: code, before });
    if (name) tell(t("pairing.done", { name }));
    await load();
  };
  const revoke = async (one) => {
    const sure = await ask("revoke_screen", { one });
    if (!sure) return;
    if ((await doing(() => remove(`/devices/paired/${encodeURIComponent(one.id)}`))) === undefined) return;
    tell(t("pairing.revoked", { name: one.name }));
    await load();
  };
  return html`<${SubPage} title=${t("pairing")} lead=${t("pairing.words")} beside=${may(PAIR) && html`
    <${Button} icon="plus" kind="primary" onClick=${pair}>${t("pairing.new")}<//>`}>
    ${!may(PAIR) && html`<${Empty} icon="lock" title=${t("pairing.hidden")}>
      ${t("pairing.hidden.words")}<//>`}
    ${paired && !paired.length && html`<${Empty} icon="link" title=${t("pairing.none")}>
      ${t("pairing.none.words")}<//>`}
    ${paired?.length > 0 && html`<ul class="rows">${paired.map((one) => html`<li class="paired"
      key=${one.id}><${Icon} name="screen" size="26" /><span class="what grow"><b>${one.name}</b>
        <small>${told(one)}</small></span>
      ${may(PAIR) && html`<${Button} kind="danger" icon="close" onClick=${() => revoke(one)}>
        ${t("pairing.revoke")}<//>`}</li>`)}</ul>`}<//>`;
}

function told(one) {
  const since = t("pairing.since", { at: dateTime(one.paired_ms), who: one.by || t("everybody") });
  return one.seen_ms ? `${since} · ${t("pairing.seen", { at: dateTime(one.seen_ms) })}` : since;
}

/** The code in large letters, and as a square for a phone's camera, for as long as it counts. */
export function Pairing({ given, before, close }) {
  const [now, tick] = useState(Date.now());
  const left = Math.max(0, Math.ceil((given.expires_at_ms - now) / 1000));
  useEffect(() => {
    const clock = setInterval(() => tick(Date.now()), 1000);
    return () => {
      clearInterval(clock);
      remove("/devices/pairing").catch(() => {}); // nobody reads the code any more
    };
  }, []);
  const fresh = (state.paired || []).find((one) => !before.includes(one.id));
  useEffect(() => void (fresh && close(fresh.name)), [fresh?.id]);
  const address = `${given.address}/pair`;
  return html`<${Sheet} title=${t("pairing.new")} close=${() => close()}>
    ${left === 0 ? html`<${Banner} kind="danger" icon="warn">${t("pairing.over")}<//>` : html`
    <div class="pairing">
      <ol class="steps"><li><span>${t("pairing.step1")}<br /><b class="address">${address}</b></span></li>
        <li><span>${t("pairing.step2")}</span></li><li><span>${t("pairing.step3")}</span></li></ol>
      <div class="pairing-code"><output aria-label=${t("pairing.code")}>${spaced(given.code)}</output>
        <p class="fine" role="timer">${t("pairing.left", { time: minutes(left) })}</p>
        <${Square} text=${`${address}?code=${encodeURIComponent(given.code)}`} /></div>
    </div>`}
    ${!given.fingerprint && html`<${Banner} kind="doubt">${t("pairing.local")}<//>`}
    ${given.fingerprint && left > 0 && html`<div class="fingerprint">
      <strong>${t("pairing.fingerprint")}</strong><code>${given.fingerprint}</code>
      <p class="fine">${t("pairing.fingerprint.words")}</p></div>`}
  <//>`;
}

const spaced = (code) => (code.includes("-") ? code : code.replace(/(.{4})(?=.)/g, "$1-"));
const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function Square({ text }) {
  const { size, data } = encode(text, { border: 2 });
  const dots = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : "")));
  return html`<svg class="pairing-square" viewBox=${`0 0 ${size} ${size}`} role="img"
    aria-label=${t("pairing.square")}><path d=${dots.join("")} /></svg>`;
}

/** A screen that is thrown out has to be paired anew: say what happens, once. */
export function RevokeScreen({ one, close }) {
  return html`<${Sheet} title=${t("pairing.revoke")} close=${() => close()} size="narrow" foot=${html`
    <${Button} onClick=${() => close()}>${t("cancel")}<//>
    <${Button} kind="danger solid" data-first="" onClick=${() => close(true)}>${t("pairing.revoke")}<//>`}>
    <p><b>${one.name}</b></p><p class="lead">${t("pairing.revoke.words")}</p><//>`;
}
