/** The register's page: one root, drawn again when something changed. */

import { begin } from "./flow.js";
import { Frame } from "./frame.js";
import { keys } from "./keys.js";
import { listen, state } from "./store.js";
import { html, render, useLayoutEffect, useState } from "./ui.js";
import { loadWords, speak } from "./words.js";

function dress() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = state.theme === "auto" ? (dark ? "dark" : "light") : state.theme;
  document.documentElement.dataset.theme = theme;
}

function Register() {
  const [, again] = useState(0);
  // Before the first paint: what `begin` finds may be here sooner than a slow machine paints.
  useLayoutEffect(() => listen(() => again((times) => times + 1)), []);
  dress();
  return html`<${Frame} />`;
}

await loadWords();
speak(state.language || navigator.language || "zh-CN");
render(html`<${Register} />`, document.getElementById("register"));
keys();
await begin();
