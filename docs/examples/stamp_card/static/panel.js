/** Under the cart: the stamps of the member who buys, and the gift when the card is full. */

const WORDS = {
  of: { "zh-CN": "集点卡", en: "Stamp card" },
  redeem: { "zh-CN": "换礼品", en: "Give the gift" },
  given: { "zh-CN": "礼品已兑换", en: "The gift is given" },
};

const STYLE = `
  .stamps { display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2); padding: var(--s2) var(--s3);
    background: var(--brand-soft); border-radius: var(--radius-m); font-size: var(--text-s); }
  .stamps b { color: var(--brand-press); }
  .dots { display: flex; flex-wrap: wrap; gap: 4px; flex: 1; }
  .dots i { width: 14px; height: 14px; border-radius: 50%; border: 2px solid var(--brand); }
  .dots i.on { background: var(--brand); }
`;

export function mount(element, till) {
  let member = "";
  till.onSale(async (sale) => {
    if ((sale?.member || "") === member) return; // only the member matters here
    member = sale?.member || "";
    element.replaceChildren();
    if (member) show(member, await till.own("GET", `/cards/${encodeURIComponent(member)}`));
  });

  function show(of, card) {
    if (of !== member) return; // the next customer is here already
    const row = make("div", "stamps");
    row.append(make("b", "", till.words(WORDS.of)), dots(card), make("span", "", `${card.stamps} / ${card.full}`));
    if (card.stamps >= card.full) row.append(gift(card));
    element.replaceChildren(make("style", "", STYLE), row);
  }

  function gift(card) {
    const button = make("button", "button primary", `${till.words(WORDS.redeem)} · ${card.gift}`);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        show(card.member, await till.own("POST", `/cards/${encodeURIComponent(card.member)}/redeem`, {}));
        till.toast(till.words(WORDS.given));
      } finally {
        button.disabled = false;
      }
    });
    return button;
  }
}

function dots(card) {
  const row = make("span", "dots");
  row.setAttribute("aria-hidden", "true");
  for (let at = 0; at < Math.min(card.full, 20); at += 1) {
    row.append(make("i", at < card.stamps ? "on" : ""));
  }
  return row;
}

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}
