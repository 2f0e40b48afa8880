/** The page's words in each language; money, quantities and times as people write them. */

export const LANGUAGES = ["zh-CN", "en"];
const books = {};
let language = "zh-CN";
let zone; // the shop's, whatever the device believes
let currency = { code: "CNY", digits: 2, symbol: "¥" };

export async function loadWords() {
  const read = async (name) => (await fetch(`words/${name}.json`)).json();
  const all = await Promise.all(LANGUAGES.map(read));
  LANGUAGES.forEach((name, at) => (books[name] = all[at]));
}

export function speak(name) {
  language = LANGUAGES.includes(name) ? name : "zh-CN";
  document.documentElement.lang = language;
}
export const spoken = () => language;

export function useCurrency(given) {
  currency = { ...currency, ...given };
}
export const useZone = (name) => (zone = name);
export const digits = () => currency.digits;
export const symbol = () => currency.symbol;

/** The text of a key, `{name}` replaced; the key itself where a language lacks it. */
export function t(key, values = {}) {
  const text = books[language]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
export const has = (key) => books[language]?.[key] !== undefined;

/** A word of the shop itself where we know one in this language, else as the shop wrote it. */
export const named = (prefix, word) => (has(`${prefix}.${word}`) ? t(`${prefix}.${word}`) : word);

/** A name kept by language (`{"zh-CN": ..., en: ...}`) or as plain text. */
export function nameOf(name, otherwise = "") {
  if (!name || typeof name === "string") return name || otherwise;
  return name[language] || Object.values(name)[0] || otherwise;
}

/** Minor units as text without the sign of the currency: whole numbers only, no float. */
export function amount(minor) {
  const sign = minor < 0 ? "-" : "";
  const text = String(Math.abs(minor)).padStart(currency.digits + 1, "0");
  const cut = text.length - currency.digits;
  const whole = text.slice(0, cut).replace(/\B(?=(\d{3})+$)/g, ",");
  return sign + whole + (currency.digits ? `.${text.slice(cut)}` : "");
}
export const money = (minor) =>
  minor < 0 ? `-${currency.symbol}${amount(-minor)}` : currency.symbol + amount(minor);

/** Minor units of what somebody keyed in, or null. */
export function parseMoney(text) {
  const found = /^(-?)(\d{0,10})(?:\.(\d*))?$/.exec(text.trim());
  if (!found || (!found[2] && !found[3])) return null;
  const part = (found[3] || "").padEnd(currency.digits, "0");
  if (part.length > currency.digits) return null;
  const minor = Number(`${found[2] || "0"}${part}`);
  return found[1] ? -minor : minor;
}

/** Thousandths as text without useless zeros: 1500 is "1.5". */
export function quantity(milli) {
  const sign = milli < 0 ? "-" : "";
  const text = String(Math.abs(milli)).padStart(4, "0");
  const part = text.slice(-3).replace(/0+$/, "");
  return sign + text.slice(0, -3) + (part ? `.${part}` : "");
}

/** Thousandths of what somebody keyed in, or null. */
export function parseMilli(text) {
  const found = /^(\d{1,9})?(?:\.(\d{0,3}))?$/.exec(String(text).trim());
  if (!found || (!found[1] && !found[2])) return null;
  return Number(`${found[1] || "0"}${(found[2] || "").padEnd(3, "0")}`);
}

const UNITS = { each: "unit.each", kg: "unit.kg", g: "unit.g", l: "unit.l" };
export const unit = (name) => (UNITS[name] ? t(UNITS[name]) : name);

export function time(ms) {
  return new Date(ms).toLocaleTimeString(language, {
    hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone,
  });
}
export function dateTime(ms) {
  return new Date(ms).toLocaleString(language, {
    month: "short", day: "numeric", hour: "2-digit", minute: "2-digit",
    hour12: false, timeZone: zone,
  });
}

/** How long something lasts: minutes, or hours and minutes. */
export function minutes(ms) {
  const all = Math.floor(ms / 60_000);
  const hours = Math.floor(all / 60);
  return hours ? t("hours_minutes", { hours, minutes: all % 60 }) : t("minutes", { minutes: all });
}

/** A business day (yyyymmdd) as people write it. */
export function dayOf(day) {
  const text = String(day);
  const noon = new Date(Date.UTC(+text.slice(0, 4), +text.slice(4, 6) - 1, +text.slice(6), 12));
  return noon.toLocaleDateString(language, { weekday: "short", year: "numeric", month: "short",
    day: "numeric", timeZone: "UTC" });
}

/** The month of a business day, and the names of the days of a week, from Monday. */
export const monthOf = (day) => utc(day, 1)
  .toLocaleDateString(language, { year: "numeric", month: "long", timeZone: "UTC" });
export const weekdays = () => [1, 2, 3, 4, 5, 6, 7].map((day) => utc(20_240_100, day)
  .toLocaleDateString(language, { weekday: language === "en" ? "short" : "narrow", timeZone: "UTC" }));
const utc = (day, at) => new Date(Date.UTC(Math.floor(day / 10_000), Math.floor(day / 100) % 100 - 1, at));

/**
 * What went wrong, in this language: in the words of the code and of why it came, with the values
 * of the message; else of the code; else what holds for all codes of its room, which names it.
 * What we have no words for says what the till said.
 */
export function problem(error) {
  const code = error.code || "";
  const given = error.values || {};
  const values = { ...asWritten(given), code };
  const why = given.why ?? given.reason ?? given.state;
  const key = [`${code}.${why}`, code, code.split(".")[0]].map((one) => `problem.${one}`)
    .find((one) => has(one) && namesIn(one).every((name) => ![undefined, ""].includes(values[name])));
  return key ? t(key, values) : error.message || t("problem.unknown");
}
const namesIn = (key) => Array.from(books[language][key].matchAll(/\{(\w+)\}/g), ([, name]) => name);

/** Values as people write them, without the unit in their name: `due_minor` 150 is due "¥1.50". */
function asWritten(given) {
  const written = { minor: money, milli: quantity, ms: dateTime };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => {
    const [, short, as] = /^(.+)_(minor|milli|ms)$/.exec(name) || [];
    return as && typeof value === "number" ? [short, written[as](value)] : [name, value];
  }));
}
