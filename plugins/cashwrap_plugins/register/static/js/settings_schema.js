/** What a form needs to know of a JSON schema: what kind of field, how it is keyed in, read back. */

import { amount, digits, parseMoney, spoken } from "./words.js";

/** The schema that is meant: references followed, `anyOf` with null and `allOf` of one unwrapped. */
export function meant(schema, defs) {
  let found = schema;
  let nullable = false;
  for (;;) {
    const { $ref, anyOf, allOf, ...own } = found;
    if ($ref) found = { ...defs[$ref.split("/").pop()], ...own };
    else if (allOf?.length === 1) found = { ...allOf[0], ...own };
    else if (anyOf) {
      const others = anyOf.filter((one) => one.type !== "null");
      nullable = nullable || others.length < anyOf.length;
      if (others.every((one) => one.enum)) {
        return { ...own, enum: others.flatMap((one) => one.enum), nullable };
      }
      if (others.length !== 1) return { ...own, nullable };
      found = { ...others[0], ...own };
    } else return { ...found, nullable };
  }
}

/** How a field is drawn: one word for each of the forms below. */
export function kindOf(schema, name = "") {
  if (schema.nullable && !["integer", "number"].includes(schema.type)) return "optional";
  if (schema.enum) return "enum";
  if (schema.type === "boolean") return "boolean";
  if (schema.type === "integer") {
    return schema["x-unit"] === "minor" || name.endsWith("_minor") ? "money" : "integer";
  }
  if (schema.type === "number") return "number";
  if (schema.type === "string") return schema["x-secret"] ? "secret" : "text";
  if (schema.type === "object" && schema.properties) return "struct";
  if (schema.type === "object" && schema.additionalProperties) return "map";
  if (schema.type === "array" && schema.items) return "list";
  return "json";
}

/** What stands beside a field: the words of its schema in this language, else its name. */
export function label(schema, name) {
  const words = spoken().startsWith("zh") ? schema["x-zh"] : undefined;
  const plain = name.replace(/_(minor|milli|ppm)$/, "").replaceAll("_", " ");
  const title = schema.title && !isTypeName(schema) ? schema.title : "";
  return { title: words?.title || title || plain, help: words?.description ?? helpOf(schema) };
}

/** msgspec gives a struct its class's name as a title, and its docstring as a description. */
const isTypeName = (schema) => Boolean(schema.properties) && !schema["x-zh"];
const helpOf = (schema) => (isTypeName(schema) ? "" : schema.description || "");

/** A value as it is keyed in: numbers as text, so that half a number is no number yet. */
export function draftOf(given, value, defs, name = "") {
  const schema = meant(given, defs);
  const inner = { ...schema, nullable: false };
  switch (kindOf(schema, name)) {
    case "optional":
      return { on: value !== null && value !== undefined, draft: draftOf(inner, value, defs, name) };
    case "money": return value === null || value === undefined ? "" : amount(value).replaceAll(",", "");
    case "integer": case "number": return value === null || value === undefined ? "" : String(value);
    case "boolean": return Boolean(value);
    case "enum": return value ?? schema.enum[0];
    case "text": return value ?? "";
    case "secret": return ""; // never told: what is left empty stays as it is
    case "list": return (value ?? []).map((one) => draftOf(schema.items, one, defs));
    case "map": return Object.entries(value ?? {}).map(([key, one]) =>
      ({ key, draft: draftOf(schema.additionalProperties, one, defs) }));
    case "struct": return Object.fromEntries(Object.entries(schema.properties).map(([field, one]) =>
      [field, draftOf(one, value?.[field] ?? one.default, defs, field)]));
    default: return value === undefined ? "" : JSON.stringify(value);
  }
}

/** The value of a draft; what cannot be read is put into `faults` under its path. */
export function valueOf(given, draft, defs, faults, path = "", name = "") {
  const schema = meant(given, defs);
  const wrong = (code) => void (faults[path] = code);
  switch (kindOf(schema, name)) {
    case "optional":
      return draft.on ? valueOf({ ...schema, nullable: false }, draft.draft, defs, faults, path, name)
        : null;
    case "money": return number(schema, draft, parseMoney, wrong);
    case "integer": return number(schema, draft, whole, wrong);
    case "number": return number(schema, draft, decimal, wrong);
    case "list": return draft.map((one, at) =>
      valueOf(schema.items, one, defs, faults, `${path}[${at}]`));
    case "map": return Object.fromEntries(draft.map(({ key, draft: one }) =>
      [key, valueOf(schema.additionalProperties, one, defs, faults, `${path}[${key}]`)]));
    case "struct": return Object.fromEntries(Object.entries(schema.properties).map(([field, one]) =>
      [field, valueOf(one, draft[field], defs, faults, path ? `${path}.${field}` : field, field)])
      .filter(([field, value]) => !path.endsWith("]") || !isDefault(schema.properties[field], value)));
    case "json": return parsed(draft, wrong);
    case "secret": return draft === "" ? undefined : draft; // null takes it out
    default: return draft;
  }
}

/** A row of a list says only what holds otherwise: it stays as short as its owner wrote it. */
const isDefault = (schema, value) =>
  "default" in schema && JSON.stringify(schema.default) === JSON.stringify(value);

function number(schema, text, read, wrong) {
  if (text.trim() === "" && schema.nullable) return null;
  const found = read(text);
  if (found === null) return wrong("settings.no_number");
  if (found < schema.minimum || found > schema.maximum) return wrong("settings.out_of_range");
  return found;
}

const whole = (text) => (/^-?\d{1,15}$/.test(text.trim()) ? Number(text) : null);
const decimal = (text) => (/^-?\d*\.?\d+$/.test(text.trim()) ? Number(text) : null);

function parsed(text, wrong) {
  try {
    return JSON.parse(text);
  } catch {
    return wrong("settings.no_json");
  }
}

/** Of the values those that the owner's file has, and those that differ from what holds without it. */
export function toWrite(values, { values: written, defaults }) {
  const told = (value) => JSON.stringify(value);
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => value !== undefined &&
    (name in written || value === null || told(value) !== told(defaults[name]))));
}

/** The digits behind the point that a number field takes. */
export const decimalsOf = (kind) => (kind === "money" ? digits() : kind === "number" ? 6 : 0);
