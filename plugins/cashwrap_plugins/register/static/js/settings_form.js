/** A form made from a JSON schema: by touch and by keyboard, faults beside their fields. */

import { decimalsOf, draftOf, kindOf, label, meant } from "./settings_schema.js";
import { Keypad } from "./keypad.js";
import { ask } from "./store.js";
import { Button, Choice, html, Icon, Sheet, useState } from "./ui.js";
import { amount, has, nameOf, symbol, t } from "./words.js";

/**
 * One field of whatever kind. `form` is what all fields share: {defs, faults, secrets}; `path` is the
 * field's place, as the API names it in its issues; `set(draft)` takes what was keyed in.
 */
export function SchemaField({ schema: given, name, path, draft, set, form, bare }) {
  const schema = meant(given, form.defs);
  const kind = kindOf(schema, name);
  const words = label(schema, name);
  const fault = form.faults[path];
  const Kind = KINDS[kind];
  const props = { schema, kind, name, path, draft, set, form, words, fault, bare };
  if (bare) return html`<div class="setting bare"><${Kind} ...${props} /><${Fault} ...${props} /></div>`;
  if (kind === "struct") return html`<fieldset class="setting group"><legend>${words.title}</legend>
    <${Help} words=${words} /><${Kind} ...${props} /><${Fault} ...${props} /></fieldset>`;
  const group = ["list", "map", "optional", "enum"].includes(kind);
  return html`<div class="setting ${kind} ${fault ? "wrong-field" : ""}">
    ${group ? html`<span class="setting-name" id=${id("of", path)}>${words.title}</span>`
      : html`<label class="setting-name" for=${id("at", path)}>${words.title}</label>`}
    <${Kind} ...${props} /><${Help} words=${words} path=${path} /><${Fault} ...${props} /></div>`;
}

const Help = ({ words, path }) => words.help && html`<p class="fine" id=${id("help", path)}>
  ${words.help}</p>`;

/** What is wrong with a field: our own word for a code, else what the till said. */
function Fault({ fault, path, schema, kind }) {
  if (!fault) return null;
  const shown = (value) => (kind === "money" ? amount(value) : value);
  const range = { least: shown(schema.minimum ?? "–"), most: shown(schema.maximum ?? "–") };
  return html`<p class="field-fault" id=${id("fault", path)} role="alert"><${Icon} name="warn" size="18" />
    <span>${has(fault) ? t(fault, range) : fault}</span></p>`;
}

/** The name of a field's part in the page: `at` its input, `help` and `fault` beside it. */
const id = (part, path) => `${part}-${encodeURIComponent(path)}`;

const described = ({ path, words, fault, bare }) => ({
  id: id("at", path),
  "aria-label": bare ? words.title : undefined,
  "aria-invalid": fault ? "true" : undefined,
  "aria-describedby": [!bare && words.help && id("help", path), fault && id("fault", path)]
    .filter(Boolean).join(" ") || undefined,
});

function Switch(props) {
  return html`<button type="button" class="switch" role="switch" ...${described(props)}
    aria-checked=${props.draft ? "true" : "false"} aria-label=${props.words.title}
    onClick=${() => props.set(!props.draft)}><i aria-hidden="true"></i>
    <span>${t(props.draft ? "on" : "off")}</span></button>`;
}

/** A whole number with steps, an amount with the currency's sign; both have a pad for fingers. */
function NumberField(props) {
  const { kind, draft, set, words, schema, path } = props;
  const decimals = decimalsOf(kind);
  const pad = async () => {
    const text = await ask("key_in", { title: words.title, value: draft, decimals });
    if (text !== undefined) set(text);
  };
  const steps = kind === "integer" && !path.includes("["); // a cell of a list has no room for them
  const step = (by) => set(String(Math.min(schema.maximum ?? Infinity,
    Math.max(schema.minimum ?? -Infinity, (Number(draft) || 0) + by))));
  return html`<div class="number-field">
    ${kind === "money" && html`<span class="unit">${symbol()}</span>`}
    ${steps && html`<${Button} icon="minus" aria-label=${`${words.title} −1`}
      onClick=${() => step(-1)} />`}
    <input type="text" inputmode=${decimals ? "decimal" : "numeric"} value=${draft} autocomplete="off"
      ...${described(props)} onInput=${(event) => set(event.target.value)} />
    ${steps && html`<${Button} icon="plus" aria-label=${`${words.title} +1`}
      onClick=${() => step(1)} />`}
    <${Button} icon="pad" kind="ghost" aria-label=${t("settings.pad", { name: words.title })}
      onClick=${pad} /></div>`;
}

function Text(props) {
  return html`<input class="text-field" type="text" value=${props.draft} ...${described(props)}
    maxlength=${props.schema.maxLength} autocomplete="off"
    onInput=${(event) => props.set(event.target.value)} />`;
}

/** What the till keeps to itself: a new one may be keyed in, or the one that is set taken out. */
function Secret(props) {
  const { draft, set, form, path, words } = props;
  const there = form.secrets.includes(path);
  const told = draft === null ? "settings.secret_out" : there ? "settings.secret_set" : "settings.secret_none";
  return html`<div class="number-field secret"><input type="password" value=${draft ?? ""}
      placeholder=${t(told)} maxlength=${props.schema.maxLength} autocomplete="new-password"
      ...${described(props)} onInput=${(event) => set(event.target.value)} />
    ${there && html`<${Button} icon=${draft === null ? "undo" : "trash"} kind="ghost"
      aria-label=${draft === null ? t("undo") : t("settings.drop", { name: words.title })}
      onClick=${() => set(draft === null ? "" : null)} />`}</div>`;
}

const FEW = 5; // of so many one is chosen by a touch
const WIDE = 36; // characters that stand in one row of choices, and in a cell of a list
const NARROW = 10;

function OneOf(props) {
  const { schema, draft, set, words } = props;
  const name = (one) => wordsOf(schema, one);
  const room = props.path.includes("[") ? NARROW : WIDE;
  if (schema.enum.length <= FEW && schema.enum.map(name).join("").length <= room) return html`<${Choice} label=${words.title} value=${draft} choose=${set}
    options=${schema.enum.map((one) => [one, name(one)])} />`;
  return html`<select class="text-field" ...${described(props)} aria-label=${words.title}
    onChange=${(event) => set(schema.enum[event.target.selectedIndex])}>
    ${schema.enum.map((one) => html`<option key=${one} selected=${one === draft}>${name(one)}</option>`)}
    </select>`;
}

/** What one of several is called: `x-names` of the schema, by language. */
function wordsOf(schema, one) {
  const names = schema["x-names"]?.[one];
  if (names) return nameOf(names, String(one));
  return one === "" ? t("settings.secret_none") : String(one).replaceAll("_", " ");
}

/** Several of one kind: texts as rows, structs as a small table with a column for each field. */
function List({ schema, path, draft, set, form, words }) {
  const inner = meant(schema.items, form.defs);
  const change = (at, one) => set(draft.map((old, place) => (place === at ? one : old)));
  const drop = (at) => set(draft.filter((_, place) => place !== at));
  const more = () => set([...draft, draftOf(schema.items, undefined, form.defs)]);
  const full = schema.maxItems !== undefined && draft.length >= schema.maxItems;
  const isStruct = kindOf(inner) === "struct";
  const rows = draft.map((one, at) => html`<li key=${at} class=${isStruct ? "item" : ""}>
    ${isStruct ? html`<${Row} schema=${inner} path=${`${path}[${at}]`} draft=${one}
        set=${(next) => change(at, next)} form=${form} />`
      : html`<${SchemaField} bare schema=${schema.items} name=${`${words.title} ${at + 1}`}
        path=${`${path}[${at}]`} draft=${one} set=${(next) => change(at, next)} form=${form} />`}
    <${Button} icon="trash" kind="ghost" onClick=${() => drop(at)}
      aria-label=${t("settings.drop", { name: `${words.title} ${at + 1}` })} /></li>`);
  return html`<div class="list-field" role="group" aria-labelledby=${id("of", path)}>
    ${rows.length > 0 && html`<ol>${rows}</ol>`}
    <${Button} icon="plus" disabled=${full} onClick=${more}>${t("settings.more")}<//></div>`;
}

const Row = ({ schema, path, draft, set, form }) => html`<div class="table-row">
  ${Object.entries(schema.properties).map(([field, one]) => html`<${SchemaField} key=${field}
    schema=${one} name=${field} path=${`${path}.${field}`} draft=${draft[field]} form=${form}
    set=${(next) => set({ ...draft, [field]: next })} />`)}</div>`;

/** Values by name, a row each. */
function ByName({ schema, path, draft, set, form, words }) {
  const change = (at, one) => set(draft.map((old, place) => (place === at ? one : old)));
  return html`<div class="list-field" role="group" aria-labelledby=${id("of", path)}>
    <ol>${draft.map((one, at) => html`<li key=${at}><div class="table-row">
      <input class="text-field" value=${one.key} aria-label=${t("settings.key", { name: words.title })}
        onInput=${(event) => change(at, { ...one, key: event.target.value })} />
      <${SchemaField} bare schema=${schema.additionalProperties} name=${one.key || words.title}
        path=${`${path}[${one.key}]`} draft=${one.draft} form=${form}
        set=${(next) => change(at, { ...one, draft: next })} /></div>
      <${Button} icon="trash" kind="ghost" aria-label=${t("settings.drop", { name: one.key })}
        onClick=${() => set(draft.filter((_, place) => place !== at))} /></li>`)}</ol>
    <${Button} icon="plus" onClick=${() => set([...draft, { key: "",
      draft: draftOf(schema.additionalProperties, undefined, form.defs) }])}>${t("settings.more")}<//></div>`;
}

/** Something that may be left out. */
function Optional({ schema, name, path, draft, set, form, words }) {
  const inner = { ...schema, nullable: false };
  return html`<div class="optional" role="group" aria-labelledby=${id("of", path)}>
    <${Switch} draft=${draft.on} words=${words} path=${path} set=${(on) => set({ ...draft, on })} />
    ${draft.on && html`<${SchemaField} bare schema=${inner} name=${name} path=${path} form=${form}
      draft=${draft.draft} set=${(next) => set({ ...draft, draft: next })} />`}</div>`;
}

const Struct = ({ schema, path, draft, set, form }) => html`<div class="settings-fields">
  ${Object.entries(schema.properties).map(([field, one]) => html`<${SchemaField} key=${field}
    schema=${one} name=${field} path=${path ? `${path}.${field}` : field} draft=${draft[field]}
    form=${form} set=${(next) => set({ ...draft, [field]: next })} />`)}</div>`;

const KINDS = { boolean: Switch, integer: NumberField, number: NumberField, money: NumberField,
  text: Text, secret: Secret, enum: OneOf, list: List, map: ByName, struct: Struct,
  optional: Optional, json: Text };

export const SchemaForm = (props) => html`<${Struct} path="" ...${props}
  schema=${meant(props.schema, props.form.defs)} />`;

/** A pad over the screen for one number. */
export function KeyIn({ title, value, decimals, close }) {
  const [text, input] = useState(value);
  return html`<${Sheet} title=${title} close=${() => close()} size="narrow" foot=${html`
    <${Button} kind="primary" onClick=${() => close(text)}>${t("confirm")}<//>`}>
    <div class="entry"><b>${text || "0"}</b></div>
    <${Keypad} value=${text} input=${input} decimals=${decimals} enter=${() => close(text)} />
  <//>`;
}
