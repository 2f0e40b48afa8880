/** The settings of one plugin: a form from its schema, saved as a whole. */

import { get, put } from "./api.js";
import { doing, permitted } from "./acts.js";
import { SchemaForm } from "./settings_form.js";
import { draftOf, toWrite, valueOf } from "./settings_schema.js";
import { tell } from "./store.js";
import { SubPage } from "./sub_page.js";
import { Banner, Button, Empty, html, useEffect, useState } from "./ui.js";
import { nameOf, problem, t } from "./words.js";

const kept = new Map(); // what was keyed in and is not saved yet, by plugin

export function SettingsPage({ name }) {
  const [given, show] = useState(null);
  const [draft, set] = useState(null);
  const [faults, setFaults] = useState({});
  const take = (found, drafted) => {
    show(found);
    set(drafted ?? draftOf(found.schema, { ...found.defaults, ...found.values }, defs(found)));
  };
  useEffect(() => {
    doing(() => get(`/plugins/${name}/settings`)).then((found) => found && take(found, kept.get(name)));
  }, [name]);
  const back = { kind: "plugin", name };
  const head = t("settings.of", { name: nameOf(given?.title, name) });
  if (!given) return html`<${SubPage} title=${head} back=${back} />`;
  if (!given.schema.$ref) return html`<${SubPage} title=${head} back=${back}>
    <${Empty} icon="gear" title=${t("settings.by_hand")}>${t("settings.by_hand.words")}<//><//>`;
  const change = (next) => {
    kept.set(name, next);
    set(next);
  };
  const standard = () => change(draftOf(given.schema, given.defaults, defs(given)));
  const save = async () => {
    const found = {};
    const values = valueOf(given.schema, draft, defs(given), found);
    if (!Object.keys(found).length) Object.assign(found, await sent(name, toWrite(values, given), (saved) => {
      kept.delete(name);
      take(saved);
      tell(t("settings.saved"));
    }));
    setFaults(found);
    if (Object.keys(found).length) setTimeout(toFault);
  };
  const form = { defs: defs(given), faults, secrets: given.secrets };
  const others = elsewhere(faults, draft);
  return html`<${SubPage} title=${head} back=${back}>
    ${given.needs_restart && html`<${Banner} kind="doubt">${t("plugin.restart")}<//>`}
    ${others.map((text) => html`<${Banner} kind="danger" icon="warn">${text}<//>`)}
    <form class="settings-form" onSubmit=${(event) => (event.preventDefault(), save())}>
      <${SchemaForm} schema=${given.schema} draft=${draft} set=${change} form=${form} />
      <div class="settings-foot"><p class="fine">${t("settings.when")}</p>
        <${Button} icon="undo" onClick=${standard}>${t("settings.standard")}<//>
        <${Button} icon="check" kind="primary" type="submit" disabled=${!kept.has(name)}>${t("save")}<//>
      </div></form><//>`;
}

const defs = ({ schema }) => schema.$defs ?? {};

/** Send the settings; return what the till found wrong, by field. */
async function sent(name, values, saved) {
  try {
    const next = await permitted(() => put(`/plugins/${name}/settings`, { values }));
    if (next) saved(next);
    return {};
  } catch (error) {
    if (!error.issues?.length) {
      tell(problem(error), "bad");
      return {};
    }
    return Object.fromEntries(error.issues.map((issue) => [issue.source, issue.message]));
  }
}

/** What is wrong with no field of the form: it stands above it. */
function elsewhere(faults, draft) {
  const there = (path) => Object.keys(draft).some((field) =>
    path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`));
  return Object.entries(faults).filter(([path]) => !there(path)).map(([, told]) => told);
}

function toFault() {
  const field = document.querySelector(".settings-form [aria-invalid], .settings-form .field-fault");
  field?.scrollIntoView({ block: "center" });
  field?.focus?.();
}
