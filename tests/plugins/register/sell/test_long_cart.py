"""A cart of many lines: only what is seen is drawn, and nothing of it is missed."""

LINES = 120
FILL = """async ([api, lines]) => {
  const send = async (path, body) => (await fetch(`${api}/sales${path}`, {method: "POST",
    headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)})).json();
  const sale = (await send("", {})).id;
  for (let at = 1; at <= lines; at += 1) {
    await send(`/${sale}/lines`, {sku: `G${String(at).padStart(4, "0")}`});
  }
}"""


def test_a_long_cart_is_scrolled_read_and_changed_like_a_short_one(till):
    """Few lines are drawn, each knows its place; the newest is seen, the first is reached."""
    register = till()
    page = register.page
    page.evaluate(FILL, [register.api, LINES])
    page.reload()
    page.wait_for_selector(f".line[aria-setsize='{LINES}']")
    drawn = page.locator(".line")
    assert drawn.count() < 70
    register.scan(f"8{LINES + 1:04d}")
    wait_inside(page, f".line[aria-posinset='{LINES + 1}']")
    page.locator("ol.lines").evaluate("(list) => list.scrollTop = 0")
    first = page.locator(".line[aria-posinset='1']")
    first.wait_for()
    assert "0001" in first.inner_text()
    first.locator(".line-top").click()
    page.click(".line-acts .button:has-text('Void')")
    page.wait_for_selector(f".line[aria-setsize='{LINES}']")
    page.keyboard.press("Control+z")
    page.wait_for_selector(f".line[aria-setsize='{LINES + 1}']")


def test_the_arrows_walk_a_long_cart_to_what_was_not_drawn(till):
    """Up from the newest line the chosen one is always seen, however far that is."""
    register = till(size=(1024, 600))
    page = register.page
    page.evaluate(FILL, [register.api, LINES])
    page.reload()
    page.wait_for_selector(f".line[aria-setsize='{LINES}']")
    for _ in range(40):
        page.keyboard.press("ArrowUp")
    wait_inside(page, ".line.selected:is([aria-posinset='80'], [aria-posinset='81'])")


def wait_inside(page, row: str) -> None:
    """Wait until a row is seen in the list, at least its head."""
    page.wait_for_function(
        """(row) => {
          const list = document.querySelector("ol.lines").getBoundingClientRect();
          const top = document.querySelector(row)?.getBoundingClientRect().top;
          return list.top - 1 <= top && top <= list.bottom - 20;
        }""",
        arg=row,
    )
