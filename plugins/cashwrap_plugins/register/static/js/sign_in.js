/** Who stands at the till: a name to touch, a PIN to key in. */

import { signIn } from "./flow.js";
import { PinPad } from "./keypad.js";
import { remember, state } from "./store.js";
import { Button, Choice, Field, html, Icon, useEffect, useRef, useState } from "./ui.js";
import { LANGUAGES, named, problem, speak, t } from "./words.js";

export const SignIn = () => (state.shop.guarded ? html`<${ByPin} />` : html`<${ByName} />`);

/** A shop without accounts: a name for the journal is enough. */
function ByName() {
  const [name, input] = useState(state.clerk);
  const [wrong, setWrong] = useState("");
  const enter = async (event) => {
    event?.preventDefault();
    remember("clerk", name.trim());
    try {
      await signIn(name.trim(), "");
    } catch (error) {
      setWrong(problem(error));
    }
  };
  return html`<main class="alone sign-in"><${Head} />
    <form class="by-name" onSubmit=${enter}><h2>${t("who")}</h2>
      <${Field} label=${t("staff")} value=${name} input=${input} autofocus />
      <p class="wrong" role="alert">${wrong}</p>
      <${Button} kind="primary big" disabled=${!name.trim()} onClick=${enter}>${t("start")}<//>
    </form></main>`;
}

function Head() {
  return html`<header class="sign-in-head"><img src="icon.svg" alt="" width="52" height="52" />
    <div><h1>${state.shop.name || "cashwrap"}</h1>
      <p>${[state.shop.branch, state.shop.till].filter(Boolean).join(" · ")}</p></div>
    <span class="grow"></span><${Languages} /></header>
    ${state.shop.registers.length > 1 && html`<${Choice} label=${t("register")}
      options=${state.shop.registers.map((one) => [one, one])} value=${state.register}
      choose=${(one) => remember("register", one)} />`}`;
}

function ByPin() {
  const [staff, choose] = useState("");
  const [pin, setPin] = useState("");
  const [wrong, setWrong] = useState("");
  const enter = async () => {
    setPin("");
    try {
      await signIn(staff, pin);
    } catch (error) {
      setWrong(problem(error));
    }
  };
  const pad = useRef();
  useEffect(() => staff && pad.current.scrollIntoView({ block: "nearest" }), [staff]);
  const person = state.shop.staff.find((one) => one.id === staff);
  return html`<main class="alone sign-in">
    <${Head} />
    <section class="sign-in-body">
      <div class="people">
        <h2>${t("who")}</h2>
        <div class="people-grid">${state.shop.staff.map((one) => html`
          <button type="button" class="person" key=${one.id} aria-pressed=${one.id === staff}
            onClick=${() => (choose(one.id), setPin(""), setWrong(""))}>
            <i aria-hidden="true">${[...one.name][0]}</i><strong>${one.name}</strong>
            <small>${named("role", one.role)}</small></button>`)}</div>
      </div>
      <div class="sign-in-pin" ref=${pad}>
        <h2>${person ? t("pin.of", { name: person.name }) : t("pin")}</h2>
        <p class="wrong" role="alert">${wrong}</p>
        ${staff
          ? html`<${PinPad} value=${pin} input=${setPin} enter=${enter} />`
          : html`<div class="pin-wait"><${Icon} name="lock" size="40" />
              <p>${t("choose_name")}</p></div>`}
      </div>
    </section></main>`;
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
