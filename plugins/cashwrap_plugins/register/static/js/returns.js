/** Goods that come back: by a receipt, or without one; what they bring is shown before it is done. */

import { get, post } from "./api.js";
import { change, doing } from "./acts.js";
import { asTask, forget, useKept } from "./kept.js";
import { ask, state, tell, update } from "./store.js";
import { task } from "./tasks.js";
import {
  Banner, Button, Choice, Empty, Field, html, Sheet, useEffect, useRef, useState,
} from "./ui.js";
import { money, named, parseMilli, problem, quantity, t, unit } from "./words.js";

const LOOKUP = /^CWT?1\//; // the square code of a receipt

export const isReceiptCode = (code) => LOOKUP.test(code);

/** Take goods of a receipt back: its number, its square code, or the sale's id. */
export async function returnOf(named) {
  const receipt = isReceiptCode(named) ? await saleOf(named) : named;
  if (!receipt) return undefined;
  const given = await asTask("return", { receipt }, () => ask("return_lines", { receipt }));
  return given && put({ ...given, receipt });
}

/** The sale of a receipt's square code, undefined where this till has none. */
export async function saleOf(code) {
  const found = await doing(() => get(`/lookup/receipt?code=${encodeURIComponent(code)}`));
  return found?.sale;
}

/** Take goods back of which there is no receipt, as far as the shop does. */
export async function returnFreely() {
  const reader = {};
  const given = await asTask("return_free", {}, () =>
    ask("return_free", { reader, scanned: (code) => reader.heard?.(code) }));
  if (!given) return;
  const { goods, reason, location, pay } = given;
  for (const one of goods) {
    if (!(await put({ sku: one.sku, quantity: one.quantity, reason, location }, ""))) return;
  }
  if (pay) update({ paying: true });
}

task("return", ({ receipt }) => returnOf(receipt));
task("return_free", returnFreely);

/** Put it on the open sale; `pay` goes on to the money, else goods can be sold on it: an exchange. */
async function put({ pay, ...body }, said = "return.on_cart") {
  const done = await change((sale) => post(`/sales/${sale.id}/returns`, body));
  if (!done) return false;
  update({ screen: "sell", finished: null, paying: !!pay });
  if (!pay && said) tell(t(said));
  return true;
}

/** Ask what it would bring, a moment after the last change. */
function useQuote(path, body) {
  const [quote, show] = useState(null);
  const text = body && JSON.stringify(body);
  useEffect(() => {
    if (!text) return show(null);
    let wanted = true;
    const timer = setTimeout(() => post(path, JSON.parse(text)).then(
      (found) => wanted && show(found), (error) => wanted && show({ error })), 120);
    return () => ((wanted = false), clearTimeout(timer));
  }, [path, text]);
  return quote;
}

export function ReturnLines({ receipt, close }) {
  const name = `return:${receipt}`;
  const [found, show] = useState(null);
  const [back, set] = useKept(`${name}:lines`, {});
  const [reason, setReason] = useKept(`${name}:reason`, "");
  const [location, setLocation] = useKept(`${name}:place`, "sellable");
  const [gifts, chargeGifts] = useKept(`${name}:gifts`, false);
  const path = `/receipts/${encodeURIComponent(receipt)}`;
  useEffect(() => {
    doing(() => get(`${path}/returnable`)).then((answer) => (answer ? show(answer) : close()));
  }, [receipt]);
  const lines = (found?.lines || []).filter((line) => line.left_milli > 0);
  const asked = lines.filter((line) => back[line.line] > 0).map((line) =>
    ({ line: line.line, quantity: quantity(back[line.line]) }));
  const quote = useQuote(`${path}/quote`, asked.length > 0 &&
    { lines: asked, sale: state.sale?.id || "", charge_gifts: gifts });
  const minors = new Map((quote?.goods || []).map((one) => [one.line, one.amount_minor]));
  const ready = asked.length > 0 && quote && !quote.error &&
    (reason || !state.shop.return_reason_required);
  const put = (line, milli) =>
    set({ ...back, [line.line]: Math.max(0, Math.min(line.left_milli, milli)) });
  const done = (pay) => {
    if (!ready) return;
    forget(name);
    close({ reason, location, lines: asked, charge_gifts: gifts, pay });
  };
  const all = () => set(Object.fromEntries(lines.map((line) => [line.line, line.left_milli])));
  const leave = () => (forget(name), close());
  return html`<${Sheet} title=${t("return.of", { number: found?.number || "…" })} close=${leave}
    size="wide" foot=${html`<${Refund} quote=${quote} />
      <${Button} icon="cash" disabled=${!ready} onClick=${() => done(true)}>${t("return.pay")}<//>
      <${Button} kind="primary" disabled=${!ready} onClick=${() => done(false)}>
        ${t("return.take")}<//>`}>
    ${found && lines.length === 0 && html`<${Empty} icon="receipts" title=${found.voided_by
      ? t("return.voided", { number: found.voided_by }) : t("return.nothing")} />`}
    ${found?.late && lines.length > 0 && html`<${Banner} kind="doubt" icon="lock">${t("return.late", {
      days: state.shop.return_days })}<//>`}
    ${quote?.error && html`<${Banner} kind="doubt" icon="warn">${problem(quote.error)}
      ${quote.error.code === "return.gift_missing" && html`<p><${Button}
        onClick=${() => chargeGifts(true)}>${t("return.charge_gift")}<//></p>`}<//>`}
    ${lines.length > 0 && html`<div class="row"><${Button} icon="check" onClick=${all}>
      ${t("return.all")}<//></div>
    <ul class="rows returning">${lines.map((line) => html`<${Line} key=${line.line} line=${line}
      milli=${back[line.line] || 0} minor=${minors.get(line.line)} put=${put} />`)}</ul>
    <${Why} reason=${reason} setReason=${setReason} location=${location}
      setLocation=${setLocation} />`}
  <//>`;
}

function Line({ line, milli, minor, put }) {
  const [text, type] = useState(line.weighed && milli ? quantity(milli) : "");
  const key = (words) => {
    type(words);
    put(line, parseMilli(words) || 0);
  };
  const left = `${quantity(line.left_milli)} ${unit(line.unit)}`;
  return html`<li class="return-line">
    <span class="grow">${line.name}<small class="fine"> ${line.left_milli < line.sold_milli
      ? t("return.left_of", { count: left, sold: quantity(line.sold_milli) })
      : t("return.left", { count: left })}</small></span>
    ${line.weighed
      ? html`<${Field} label=${t("return.weight", { name: line.name })} value=${text} input=${key}
          inputmode="decimal" placeholder=${quantity(line.left_milli)} />
        <${Button} onClick=${() => key(quantity(line.left_milli))}>${t("return.all")}<//>`
      : html`<div class="stepper"><${Button} icon="minus" aria-label=${`${t("less")} ${line.name}`}
          disabled=${!milli} onClick=${() => put(line, milli - 1000)} /><b>${quantity(milli)}</b>
        <${Button} icon="plus" aria-label=${`${t("more_of")} ${line.name}`}
          disabled=${milli >= line.left_milli} onClick=${() => put(line, milli + 1000)} /></div>`}
    <b class="share">${minor === undefined ? "" : money(-minor)}</b></li>`;
}

/** What the customer gets, in large figures beside the button. */
function Refund({ quote }) {
  return html`<span class="grow total" role="status">${quote && !quote.error && html`
    ${t("give_back")} <b data-refund=${quote.refund_minor}>${money(quote.refund_minor)}</b>
    ${quote.waived_minor > 0 && html`<small class="fine">${t("return.waived", {
      minor: money(quote.waived_minor) })}</small>`}`}</span>`;
}

function Why({ reason, setReason, location, setLocation }) {
  const listed = state.shop.return_reasons;
  return html`<h3>${t("reason")}</h3>
    <div class="reasons">${listed.map((one) => html`<button type="button" class="reason" key=${one}
      aria-pressed=${reason === one} onClick=${() => setReason(reason === one ? "" : one)}>
      ${named("return_reason", one)}</button>`)}</div>
    <${Field} label=${t("own_words")} value=${listed.includes(reason) ? "" : reason}
      input=${setReason} />
    ${state.shop.return_locations.length > 1 && html`<h3>${t("return.where")}</h3>
    <${Choice} label=${t("return.where")} value=${location} choose=${setLocation}
      options=${state.shop.return_locations.map((one) => [one, named("location", one)])} />`}`;
}

/** Goods without a receipt: scanned or searched, each with what it would bring. */
export function ReturnFreely({ reader, close }) {
  const [goods, setGoods] = useKept("return_free:goods", []);
  const held = useRef(goods); // as it is now: a scanner is faster than an answer
  const set = (next) => setGoods((held.current = next));
  const [reason, setReason] = useKept("return_free:reason", "");
  const [location, setLocation] = useKept("return_free:place", "sellable");
  const [query, setQuery] = useState("");
  const [found, show] = useState([]);
  const [wrong, setWrong] = useState("");
  const policy = state.shop.return_without_receipt;
  const quoted = async (item, count) => {
    try {
      const quote = await post("/returns/quote", { sku: item.sku, quantity: count });
      const others = held.current.filter((one) => one.sku !== item.sku);
      set([...others, { sku: item.sku, name: item.name, quantity: count, weighed: item.weighed ??
        item.measure === "weight", minor: quote.refund_minor }]);
      setWrong("");
    } catch (error) {
      setWrong(problem(error));
    }
  };
  const take = (item) => {
    setQuery("");
    const had = held.current.find((one) => one.sku === item.sku);
    return quoted(item, had && !had.weighed ? String(Number(had.quantity) + 1) : "1");
  };
  reader.heard = (code) => (reader.last = Promise.resolve(reader.last).then(() => heard(code)));
  const heard = async (code) => {
    if (isReceiptCode(code)) return close(), returnOf(code);
    try {
      await take((await get(`/lookup?code=${encodeURIComponent(code)}`)).item);
    } catch (error) {
      setWrong(problem(error));
    }
  };
  useEffect(() => {
    if (!query.trim()) return show([]);
    const timer = setTimeout(() => get(`/items?limit=8&query=${encodeURIComponent(query.trim())}`)
      .then((page) => show(page.items.filter((one) => one.sellable && !one.has_slots)),
        () => show([])), 150);
    return () => clearTimeout(timer);
  }, [query]);
  const sum = goods.reduce((all, one) => all + one.minor, 0);
  const ready = goods.length > 0 && (reason || !state.shop.return_reason_required);
  const done = (pay) => ready && close({ goods, reason, location, pay });
  const leave = () => (forget("return_free:"), close());
  if (policy === "refuse") {
    return html`<${Sheet} title=${t("return.free")} close=${leave} size="narrow">
      <${Empty} icon="receipts" title=${t("return.refused")}>${t("return.refused.words")}<//><//>`;
  }
  return html`<${Sheet} title=${t("return.free")} close=${leave} size="wide" foot=${html`
      <span class="grow total" role="status">${sum > 0 && html`${t("give_back")}
        <b data-refund=${sum}>${money(sum)}</b>`}</span>
      <${Button} icon="cash" disabled=${!ready} onClick=${() => done(true)}>${t("return.pay")}<//>
      <${Button} kind="primary" disabled=${!ready} onClick=${() => done(false)}>
        ${t("return.take")}<//>`}>
    <${Banner} icon="info">${t(`return.policy.${policy}`)}<//>
    <${Field} label=${t("return.goods")} value=${query} input=${setQuery} first />
    <p class="wrong" role="alert">${wrong}</p>
    ${found.length > 0 && html`<ul class="rows">${found.map((item) => html`<li key=${item.sku}>
      <button type="button" onClick=${() => take(item)}><span class="grow what">${item.name}
        <small>${item.sku}</small></span>
        <b>${item.unit_minor === null ? "–" : money(item.unit_minor)}</b></button></li>`)}</ul>`}
    ${goods.length > 0 && html`<ul class="rows returning">${goods.map((one) => html`
      <${Free} key=${one.sku} one=${one} put=${(count) => quoted(one, count)}
        drop=${() => set(goods.filter((other) => other !== one))} />`)}</ul>
    <${Why} reason=${reason} setReason=${setReason} location=${location}
      setLocation=${setLocation} />`}
  <//>`;
}

function Free({ one, put, drop }) {
  const step = (by) => (Number(one.quantity) + by > 0 ? put(String(Number(one.quantity) + by)) : drop());
  return html`<li class="return-line"><span class="grow">${one.name}
      <small class="fine"> ${one.sku}</small></span>
    ${one.weighed
      ? html`<${Field} label=${t("return.weight", { name: one.name })} value=${one.quantity}
          input=${(text) => parseMilli(text) > 0 && put(text)} inputmode="decimal" />`
      : html`<div class="stepper"><${Button} icon="minus" aria-label=${`${t("less")} ${one.name}`}
          onClick=${() => step(-1)} /><b>${one.quantity}</b>
        <${Button} icon="plus" aria-label=${`${t("more_of")} ${one.name}`}
          onClick=${() => step(1)} /></div>`}
    <b class="share">${money(-one.minor)}</b>
    <${Button} icon="trash" kind="ghost" aria-label=${`${t("remove")} ${one.name}`}
      onClick=${drop} /></li>`;
}
