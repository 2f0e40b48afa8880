// The markdowns of the shop's file, for a cashier whom a customer asks.
const WORDS = {
  goods: { "zh-CN": "商品", en: "Goods" },
  price: { "zh-CN": "特价", en: "Price" },
  when: { "zh-CN": "时间", en: "When" },
  now: { "zh-CN": "进行中", en: "Now" },
  always: { "zh-CN": "长期", en: "No end" },
  until: { "zh-CN": "至", en: "until" },
  from: { "zh-CN": "开始于", en: "from" },
  none: { "zh-CN": "今天没有降价", en: "Nothing is marked down today" },
  how: {
    "zh-CN": "把降价表放进门店文件夹，一分钟内生效：",
    en: "Put the list of markdowns into the shop's folder; it counts within a minute:",
  },
  wrong: { "zh-CN": "表中有误、不生效的行", en: "Lines of the file that are wrong, and count for nobody" },
};

const STYLE = `
  :host { display: block; }
  .empty { display: grid; justify-items: center; gap: var(--s2); text-align: center; text-wrap: balance;
    padding: var(--s7) var(--s4); color: var(--ink-2); }
  .mark { display: grid; place-items: center; width: 76px; height: 76px; border-radius: 50%; margin-bottom: var(--s2);
    background: var(--brand-soft); color: var(--brand); font-size: var(--text-2xl); font-weight: 650; }
  .empty p { margin: 0; max-width: 36ch; font-size: var(--text-s); color: var(--ink-3); }
  .empty code { padding: var(--s1) var(--s3); border-radius: var(--radius-s); background: var(--sunken);
    font-size: var(--text-s); overflow-wrap: anywhere; }
  .price { color: var(--saving); font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
  th.price { color: inherit; }
  .later { color: var(--ink-2); }
  td small { display: block; color: var(--ink-2); overflow-wrap: anywhere; }
  .banner { margin-top: var(--s4); }
  ul { margin: var(--s2) 0 0; padding-inline-start: 1.2em; }
`;

export async function mount(element, till) {
  const told = await till.own("GET", "/markdowns");
  const style = document.createElement("style");
  style.textContent = STYLE;
  const parts = told.markdowns.length ? [table(told.markdowns, till)] : [empty(told.file, till)];
  if (told.wrong.length) parts.push(wrong(told.wrong, till));
  element.replaceChildren(style, ...parts);
}

function table(markdowns, till) {
  const made = make("table", "table");
  const head = make("tr");
  for (const [name, kind] of [["goods", ""], ["price", "price"], ["when", ""]]) {
    const cell = make("th", kind, till.words(WORDS[name]));
    cell.scope = "col";
    head.append(cell);
  }
  made.append(make("thead"), make("tbody"));
  made.tHead.append(head);
  for (const one of markdowns) made.tBodies[0].append(row(one, till));
  return made;
}

function row(one, till) {
  const made = make("tr", one.counts ? "" : "later");
  const goods = make("td", "", one.name);
  if (one.name !== one.sku) goods.append(make("small", "", one.sku));
  made.append(goods, make("td", "price", till.money(one.unit_minor)), make("td", "", when(one, till)));
  return made;
}

function when(one, till) {
  const begins = one.counts ? till.words(WORDS.now) : `${till.words(WORDS.from)} ${one.since}`;
  const ends = one.until ? `${till.words(WORDS.until)} ${one.until}` : till.words(WORDS.always);
  return `${begins} · ${ends}`;
}

function empty(file, till) {
  const made = make("div", "empty");
  const mark = make("span", "mark", "%");
  mark.ariaHidden = "true";
  made.append(mark, make("strong", "", till.words(WORDS.none)), make("p", "", till.words(WORDS.how)), make("code", "", file));
  return made;
}

function wrong(lines, till) {
  const made = make("div", "banner", till.words(WORDS.wrong));
  const list = make("ul");
  for (const line of lines) list.append(make("li", "", line));
  made.append(list);
  return made;
}

function make(name, kind = "", text = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}
