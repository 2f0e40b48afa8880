/** Who stands at the till: a name to touch, a PIN to key in. */

import { useTrying } from "./asking.js";
import { moveTo, relieve, signIn, signOut } from "./flow.js";
import { PinPad } from "./keypad.js";
import { remember, state, tell } from "./store.js";
import {
  Banner, Button, Choice, Field, html, Icon, Sheet, useEffect, useRef, useState,
} from "./ui.js";
import { LANGUAGES, named, speak, t } from "./words.js";

export const SignIn = () => (state.shop.guarded ? html`<${ByPin} />` : html`<${ByName} />`);

/** A shop without accounts: a name for the journal is enough. */
function ByName() {
  return html`<main class="alone sign-in"><${Head} /><${Name} enter=${(name) => signIn(name, "")} />
    </main>`;
}

function Name({ enter }) {
  const [name, input] = useState(state.clerk);
  const trying = useTrying();
  const done = (event) => {
    event?.preventDefault();
    remember("clerk", name.trim());
    return trying.does(() => enter(name.trim()));
  };
  return html`<form class="by-name" onSubmit=${done}><h2>${t("who")}</h2>
    <${Field} label=${t("staff")} value=${name} input=${input} autofocus first />
    <p class="wrong" role="alert">${trying.wrong}</p>
    <${Button} kind="primary big" disabled=${!name.trim()} onClick=${done}>${t("start")}<//></form>`;
}

function Head() {
  return html`<header class="sign-in-head"><img src="icon.svg" alt="" width="52" height="52" />
    <div><h1>${state.shop.name || "cashwrap"}</h1>
      <p>${[state.shop.branch, state.shop.till].filter(Boolean).join(" · ")}</p></div>
    <span class="grow"></span><${Languages} /></header>
    ${state.sale && html`<${Banner} icon="info">${t("sign_in.kept")}<//>`}
    ${state.shop.registers.length > 1 && html`<${Choice} label=${t("register")}
      options=${state.shop.registers.map((one) => [one, one || state.shop.till])}
      value=${state.register} choose=${moveTo} />`}`;
}

function ByPin() {
  return html`<main class="alone sign-in"><${Head} /><${People} enter=${signIn} /></main>`;
}

const MANY = 12; // people among whom somebody is looked for by name

/** Who it is, and their PIN; `enter(staff, pin)` is tried. */
function People({ people = state.shop.staff, enter, first = "" }) {
  const [staff, choose] = useState(first);
  const [query, search] = useState("");
  const [pin, setPin] = useState("");
  const trying = useTrying();
  const pad = useRef();
  useEffect(() => staff && pad.current.scrollIntoView({ block: "nearest" }), [staff]);
  const done = () => {
    const given = pin;
    setPin("");
    return trying.does(() => enter(staff, given));
  };
  const pick = (id) => (choose(id), setPin(""), trying.forget(), document.activeElement?.blur());
  const wanted = query.trim().toLowerCase();
  const shown = people.filter((one) => !wanted ||
    [one.id, one.name].some((text) => text.toLowerCase().includes(wanted)));
  const person = people.find((one) => one.id === staff);
  return html`<section class="sign-in-body">
      <div class="people">
        <h2>${t("who")}</h2>
        ${people.length > MANY && html`<form onSubmit=${(event) => (event.preventDefault(),
            shown.length && pick(shown[0].id))}>
          <${Field} label=${t("who.find")} value=${query} input=${search} first /></form>`}
        <div class="people-grid">${shown.map((one) => html`
          <button type="button" class="person" key=${one.id} aria-pressed=${one.id === staff}
            onClick=${() => pick(one.id)}>
            <i aria-hidden="true">${[...one.name][0]}</i><strong>${one.name}</strong>
            <small>${named("role", one.role)}</small></button>`)}</div>
        ${shown.length === 0 && html`<p class="fine">${t("nothing_found", { query })}</p>`}
      </div>
      <div class="sign-in-pin" ref=${pad}>
        <h2>${person ? t("pin.of", { name: person.name }) : t("pin")}</h2>
        <p class="wrong" role="alert">${trying.wrong}</p>
        ${staff
          ? html`<${PinPad} value=${pin} input=${setPin} closed=${trying.waits} enter=${done} />`
          : html`<div class="pin-wait"><${Icon} name="lock" size="40" />
              <p>${t("choose_name")}</p></div>`}
      </div>
    </section>`;
}

/** Somebody else takes over at this register, in the middle of a sale if need be. */
export function Relieve({ close }) {
  const others = state.shop.staff.filter((one) => one.id !== state.session?.staff);
  const enter = async (staff, pin) => {
    await relieve(staff, pin);
    close();
    tell(t("relieved", { name: state.session.name || staff }));
  };
  return html`<${Sheet} title=${t("relieve")} close=${() => close()} size="wide">
    <p class="lead">${t(state.sale ? "relieve.words" : "relieve.nothing")}</p>
    ${state.shop.guarded ? html`<${People} people=${others} enter=${enter} />`
      : html`<${Name} enter=${(name) => enter(name, "")} />`}
    <div class="row"><span class="grow"></span><${Button} icon="lock" onClick=${() =>
      (close(), signOut())}>${t("sign_out")}<//></div><//>`;
}

export function Languages() {
  return html`<${Choice} label=${t("language")}
    options=${LANGUAGES.map((one) => [one, one === "en" ? "English" : "中文"])}
    value=${document.documentElement.lang}
    choose=${(one) => (speak(one), remember("language", one))} />`;
}

export const Themes = () => html`<${Choice} label=${t("theme")} value=${state.theme}
  options=${["auto", "light", "dark"].map((one) => [one, t(`theme.${one}`)])}
  choose=${(one) => remember("theme", one)} />`;
