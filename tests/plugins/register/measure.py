"""How fast the page is: from a scan to the painted total, and a whole sale.

    PYTHONPATH=tests:tests/plugins/register python tests/plugins/register/measure.py [SCANS]

The clock is the browser's: it starts at the Enter of the scanner and stops in the frame after the
one in which the new total was drawn. A whole sale is 5 scans, a member, its promotions, cash and
the receipt's text on the screen, with no pause for a human. Then the cart gets 500 lines: it is
scrolled from end to end for some seconds, frame by frame, and scanned into again.
"""

import sys
import tempfile
from pathlib import Path

from builders.browser import started
from conftest import CASHIER, Register, served

CODES = ["6900000000106", "6900000000113", "6900000000120", "6900000000137"]
PAINTED = """async (code) => {
  const total = document.querySelector("[data-total]");
  const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
  for (const one of code) press(one);
  const drawn = new Promise((done) => {
    const seen = new MutationObserver(() => (seen.disconnect(), done()));
    seen.observe(total, {attributes: true, attributeFilter: ["data-total"]});
  });
  const begun = performance.now();
  press("Enter");
  await drawn;
  await new Promise((frame) => requestAnimationFrame(() => setTimeout(frame)));
  return performance.now() - begun;
}"""
SALE = """async (codes) => {
  const api = (path) => document.querySelector(path);
  const until = async (path, test = () => true) => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    while (!(api(path) && test(api(path)))) await frame();
    return api(path);
  };
  const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
  const begun = performance.now();
  for (const code of codes) {
    const before = api("[data-total]").dataset.total;
    for (const one of code) press(one);
    press("Enter");
    await until("[data-total]", (total) => total.dataset.total !== before);
  }
  press("F4");
  const field = await until(".sheet input");
  field.value = "13800001111";
  field.dispatchEvent(new Event("input", {bubbles: true}));
  await until(".sheet-foot .primary:not(:disabled)");
  api(".sheet-foot .primary").click();
  await until(".member.on");
  press("F9");
  (await until(".quick .button")).click();
  await until(".done .paper", (paper) => paper.textContent.length > 50);
  const took = performance.now() - begun;
  press("Enter");
  await until(".selling");
  return took;
}"""
SCROLL = """async ([seconds, down]) => {
  const list = document.querySelector("ol.lines");
  const end = list.scrollHeight - list.clientHeight;
  const frames = [];
  await new Promise((done) => {
    let begun = 0;
    let last = 0;
    const frame = (now) => {
      if (last) frames.push(now - last);
      begun ||= now;
      last = now;
      const part = Math.min((now - begun) / (seconds * 1000), 1);
      list.scrollTop = (down ? part : 1 - part) * end;
      if (part < 1) requestAnimationFrame(frame);
      else done();
    };
    requestAnimationFrame(frame);
  });
  return frames;
}"""
LINES = 500


def main(count: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder) / "shop", goods=LINES + 200) as address,
        started() as browser,
    ):
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        page.goto(address)
        Register(page).sign_in(CASHIER)
        scans = [page.evaluate(PAINTED, CODES[at % 4]) for at in range(count)]
        _tell("scan to painted total, ms", scans[5:])
        page.keyboard.press("F9")
        page.click(".quick .button >> nth=0")
        page.wait_for_selector(".done")
        page.keyboard.press("Enter")
        page.wait_for_selector(".selling")
        sales = [page.evaluate(SALE, [*CODES, CODES[0]]) for _ in range(max(count // 5, 10))]
        _tell("whole sale, ms", sales)
        _long_cart(page, count)


def _long_cart(page, count: int) -> None:
    """Fill the cart to 500 lines, scroll through it, and scan into it."""
    page.evaluate(
        """async (lines) => {
          const send = (path, body) => fetch(`/api/v1/sales${path}`, {method: "POST",
            headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
          const sale = (await (await send("", {})).json()).id;
          for (let at = 1; at <= lines; at += 1) {
            await send(`/${sale}/lines`, {sku: `G${String(at).padStart(4, "0")}`});
          }
        }""",
        LINES,
    )
    page.reload()
    page.wait_for_selector(f".line[aria-setsize='{LINES}']", state="attached", timeout=60_000)
    page.wait_for_timeout(1000)
    page.evaluate(SCROLL, [3, True])  # heights are known after it, as to a cashier who rang them up
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before_ms = _worked_ms(tools)
    frames = [one for down in (False, True) for one in page.evaluate(SCROLL, [3, down])]
    worked_ms = (_worked_ms(tools) - before_ms) / len(frames)
    _tell(f"frame while {LINES} lines scroll, ms", frames)
    print(f"work of the page's thread a frame, ms of CPU: {worked_ms:.1f}")
    late = sum(1 for one in frames if one > 25)  # a frame of 60 a second that came too late
    print(f"dropped frames: {late} of {len(frames)}")
    scans = [page.evaluate(PAINTED, f"8{LINES + 1 + at % 150:04d}") for at in range(count // 2)]
    _tell(f"scan to painted total at {LINES} lines, ms", scans[5:])


def _worked_ms(tools) -> float:
    """Return how much CPU the page's thread has used: no other program on the machine counts."""
    found = {one["name"]: one["value"] for one in tools.send("Performance.getMetrics")["metrics"]}
    return found["TaskDuration"] * 1000


def _tell(what: str, figures: list[float]) -> None:
    ordered = sorted(figures)
    at = [ordered[min(int(len(ordered) * part), len(ordered) - 1)] for part in (0.5, 0.95, 0.99)]
    shown = "  ".join(
        f"{name} {ms:.1f}" for name, ms in zip(("p50", "p95", "p99"), at, strict=True)
    )
    print(f"{what}: {shown}  (n = {len(ordered)})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
