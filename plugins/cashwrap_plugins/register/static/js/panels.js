/** Panels of plugins: loaded once, mounted where they belong, and taken out when they fail. */

import { get, post, Problem } from "./api.js";
import { panelTill } from "./panel-api.js";
import { SubPage } from "./sub_page.js";
import { state, tell, update } from "./store.js";
import { Button, html, Icon, useEffect, useRef } from "./ui.js";
import { nameOf, problem, spoken, t } from "./words.js";

const IMPORT_MS = 10_000; // then a module has not come
const SLOW_MS = 50; // what a panel may take while a cashier works
const SLOW_MAX = 20; // then it is taken out
const TOLD_MAX = 200;

let style = null; // the page's own parts, for the inside of panels

/** Read what plugins offer, and import it; nobody waits for it. */
export async function loadPanels() {
  const offered = await get("/panels").catch(() => []);
  update({ panels: offered.map((one) => ({ ...one, id: `${one.plugin}.${one.name}`, tries: 0 })) });
  if (!offered.length) return;
  style ??= await parts().catch(() => null);
  await Promise.all(state.panels.map(load));
}

async function parts() {
  const text = await (await fetch(new URL("../css/parts.css", import.meta.url))).text();
  return new CSSStyleSheet().replace(text);
}

async function load(panel) {
  const again = panel.tries ? `?again=${panel.tries}` : ""; // a browser keeps what failed
  try {
    const module = await Promise.race([
      import(panel.module + again),
      new Promise((_, late) => setTimeout(() => late(new Error("it did not load")), IMPORT_MS)),
    ]);
    if (typeof module.mount !== "function") throw new Error("it exports no function mount");
    change(panel.id, { mount: module.mount, fault: "" });
  } catch (error) {
    takeOut(panel, error);
  }
}

function change(id, patch) {
  update({ panels: state.panels.map((one) => (one.id === id ? { ...one, ...patch } : one)) });
}

/** Show the panel no more, and tell the till; selling goes on. */
function takeOut(panel, error) {
  const now = state.panels.find((one) => one.id === panel.id);
  if (!now || now.fault) return;
  const told = `${error?.message ?? error}`.slice(0, TOLD_MAX) || "it failed";
  console.error(`panel ${panel.id}:`, error);
  change(panel.id, { fault: told, mount: null });
  post(`/plugins/${panel.plugin}/panel-fault`, { panel: panel.name, told }).catch(() => {});
}

function tryAgain(panel) {
  const next = { ...panel, fault: "", tries: panel.tries + 1 };
  change(panel.id, next);
  load(next);
}

/** The panels of a place; `only` names one of them. */
export function Panels({ place, only, permit }) {
  const here = state.panels.filter((one) => one.place === place && (!only || one.id === only));
  if (!here.length) return null;
  const look = `${spoken()} ${document.documentElement.dataset.theme}`;
  return html`<div class="panels at-${place}">${here.filter((one) => one.mount).map((panel) => html`
      <${Room} key=${`${panel.id} ${panel.tries} ${look}`} panel=${panel} permit=${permit} />`)}
    <${Out} failed=${here.filter((one) => one.fault)} /></div>`;
}

/** A panel that has a screen of its own, under More. */
export function PanelPage({ id }) {
  const panel = state.panels.find((one) => one.id === id);
  return html`<${SubPage} title=${nameOf(panel?.title, panel?.name)}>
    <${Panels} place="more" only=${id} /><//>`;
}

/** Where panels were: nothing on the customer's screen, elsewhere one line and a way back. */
function Out({ failed }) {
  if (!failed.length || failed[0].place === "customer") return null;
  const told = t("panel.out", { name: failed.map((one) => nameOf(one.title, one.name)).join(", ") });
  return html`<p class="panel-out" role="status"><${Icon} name="info" size="18" />
    <span title=${told}>${told}</span>
    <${Button} kind="ghost" onClick=${() => failed.forEach(tryAgain)}>${t("again")}<//></p>`;
}

/** One panel in a root of its own: its styles stay inside, and it grows no larger than its place. */
function Room({ panel, permit }) {
  const self = useRef();
  useEffect(() => enter(self.current, panel, permit), []);
  return html`<section class="plugin-panel" aria-label=${nameOf(panel.title, panel.name)} ref=${self}
    ></section>`;
}

function enter(host, panel, permit) {
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  const element = document.createElement("div");
  element.className = "panel-body";
  root.adoptedStyleSheets = style ? [style] : [];
  root.replaceChildren(element);
  scrolled.observe(element);
  host.addEventListener("keydown", keepKeys);
  const ended = [];
  const run = guard(panel);
  let over = false;
  const leaves = (unmount) => {
    if (typeof unmount !== "function") return;
    if (over) run(unmount);
    else ended.push(unmount);
  };
  run(() => {
    const given = panel.mount(element, panelTill(panel, run, ended, permit));
    return given?.then ? given.then(leaves) : leaves(given);
  });
  return () => {
    over = true;
    for (const end of ended) run(end);
    scrolled.unobserve(element);
    host.removeEventListener("keydown", keepKeys);
    root.replaceChildren();
  };
}

/** A panel that is larger than its place can be scrolled by keys too. */
const scrolled = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    const { host } = target.getRootNode();
    const larger = host && (host.scrollHeight > host.clientHeight || host.scrollWidth > host.clientWidth);
    if (larger) host.tabIndex = 0;
    else host?.removeAttribute("tabindex");
  }
});

/** What is typed into a panel is no key of the page's; F-keys and Escape stay the page's. */
function keepKeys(event) {
  const [at] = event.composedPath();
  const typed = at.closest?.("input, textarea, select") && !/^(F\d+|Escape)$/.test(event.key);
  if (typed || (at.closest?.("button, a") && /^(Enter| )$/.test(event.key))) event.stopPropagation();
}

/** Do something of a panel; what it throws, or takes too long for too often, ends the panel. */
function guard(panel) {
  let slow = 0;
  return (act) => {
    const begun = performance.now();
    try {
      const given = act();
      given?.then?.(undefined, (error) => blamed(panel, error));
    } catch (error) {
      takeOut(panel, error);
    }
    if (performance.now() - begun > SLOW_MS && (slow += 1) >= SLOW_MAX) {
      takeOut(panel, new Error(`${slow} calls took more than ${SLOW_MS} ms`));
    }
  };
}

/** What the till refused is told to people; everything else is the panel's own fault. */
function blamed(panel, error) {
  if (error instanceof Problem) tell(problem(error), "bad");
  else takeOut(panel, error);
}

/** Whose a fault is that reached the window: a touch or a timer of a panel, by where it happened. */
function overheard(error) {
  const stack = `${error?.stack ?? ""}`;
  const of = error?.panel || /\/plugins\/([A-Za-z_]\w*)\//.exec(stack)?.[1];
  const mine = state.panels.filter((one) => one.plugin === of && one.mount);
  const exact = mine.filter((one) => stack.includes(one.module));
  for (const panel of exact.length ? exact : mine.slice(0, 1)) blamed(panel, error);
}

addEventListener("error", (event) => overheard(event.error));
addEventListener("unhandledrejection", (event) => overheard(event.reason));
