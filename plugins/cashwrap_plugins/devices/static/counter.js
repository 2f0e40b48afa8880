/** The devices at the counter, tried out: a test print, the live weight. Drawn under More. */

const EVERY_MS = 1000;
const WORDS = {
  printers: { "zh-CN": "小票打印机", en: "Receipt printers" },
  scales: { "zh-CN": "电子秤", en: "Scales" },
  test: { "zh-CN": "测试打印", en: "Print a test" },
  sent: { "zh-CN": "已发送到 {name}", en: "Sent to {name}" },
  waits: { "zh-CN": "{n} 份待打印", en: "{n} to print" },
  moving: { "zh-CN": "未稳定", en: "moving" },
};
const LOOK = `
  h2 { font-size: var(--text-l, 1.1rem); margin: 0 0 var(--s2); }
  ul + h2 { margin-top: var(--s6); }
  li { display: flex; gap: var(--s4); align-items: center; min-height: var(--target);
       padding: var(--s3) 0; border-top: 1px solid var(--line); }
  ul { list-style: none; margin: 0; padding: 0; }
  .what { flex: 1; min-width: 0; }
  .name { font-weight: 600; }
  .told { color: var(--ink-2); }
  .lost .told { color: var(--danger); }
  .warn .told { color: var(--doubt); }
  .weight { font-variant-numeric: tabular-nums; font-size: var(--text-2xl, 1.6rem); }
  .moving { color: var(--ink-2); }
`;

const text = (till, key, values = {}) =>
  till.words(WORDS[key]).replace(/\{(\w+)\}/g, (_, name) => values[name]);

function made(tag, className, content = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = content;
  return node;
}

/** One device: its name, how it does, and what stands at the right end. */
function row(till, device, end) {
  const item = made("li", device.state);
  const what = made("div", "what");
  const told = [till.words(device.detail)];
  if (device.printing) told.push(text(till, "waits", { n: device.printing }));
  what.append(made("div", "name", device.name), made("div", "told", told.join(" · ")));
  item.append(what, end);
  return item;
}

function printerRow(till, printer) {
  const button = made("button", "button", text(till, "test"));
  button.dataset.printer = printer.name;
  button.addEventListener("click", async () => {
    await till.own("POST", `/printers/${printer.name}/test`);
    till.toast(text(till, "sent", { name: printer.name }));
  });
  return row(till, printer, button);
}

function scaleRow(till, scale) {
  if (scale.quantity_milli === null) return row(till, scale, made("span", "weight", "–"));
  const weight = `${till.quantity(scale.quantity_milli)} ${scale.unit}`;
  const end = made("span", scale.stable ? "weight" : "weight moving", weight);
  if (!scale.stable) end.title = text(till, "moving");
  return row(till, scale, end);
}

function part(title, rows) {
  if (!rows.length) return [];
  const list = made("ul", "");
  list.append(...rows);
  return [made("h2", "", title), list];
}

export async function mount(element, till) {
  const style = made("style", "", LOOK);
  const body = made("div", "");
  element.append(style, body);

  async function draw() {
    const { printers, scales } = await till.own("GET", "/counter");
    const focus = body.getRootNode().activeElement?.dataset?.printer;
    body.replaceChildren(
      ...part(text(till, "printers"), printers.map((one) => printerRow(till, one))),
      ...part(text(till, "scales"), scales.map((one) => scaleRow(till, one))),
    );
    if (focus) body.querySelector(`[data-printer="${focus}"]`)?.focus();
  }

  await draw();
  let asking = false;
  const timer = setInterval(async () => {
    if (asking) return;
    asking = true;
    try {
      await draw();
    } catch {
      /* the till is away for a moment; the page says so itself */
    } finally {
      asking = false;
    }
  }, EVERY_MS);
  return () => clearInterval(timer);
}
