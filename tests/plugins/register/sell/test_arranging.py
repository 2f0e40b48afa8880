"""The shop's own order, by finger, mouse and keyboard: it stays, and can be taken back."""

from playwright.sync_api import expect

from cashwrap.demo.people import MANAGER

NAMES = ".arranged .what"


def arranging(till, **more):
    register = till(who=MANAGER, **more)
    page = register.page
    register.screen(4)
    page.click("button:has-text('Arrange groups')")
    page.wait_for_selector(".arranged")
    return register, page


def names(page) -> list[str]:
    return page.locator(NAMES).all_inner_texts()


def middle(page, row: int, part: str = ".grip") -> tuple[float, float]:
    box = page.locator(f".arranged li >> nth={row} >> {part}").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_groups_are_dragged_by_the_mouse_and_the_order_is_taken_back(till):
    """What is dropped lower stands lower, also on the selling screen; undo brings it back."""
    register, page = arranging(till)
    before = names(page)
    page.mouse.move(*middle(page, 0))
    page.mouse.down()
    page.mouse.move(*middle(page, 2), steps=8)
    page.wait_for_selector(".arranged li:nth-child(3).held")
    page.mouse.up()
    expect(page.locator(NAMES)).to_have_text([before[1], before[2], before[0], *before[3:]])
    register.confirm()
    page.wait_for_selector(".arranged", state="detached")
    page.click(".toast .button:has-text('Undo')")
    register.screen(0)
    page.wait_for_selector(".groups")
    page.wait_for_function(
        "(first) => document.querySelector('.groups button').textContent.trim() === first",
        arg=before[0],
    )


def test_a_finger_that_rests_takes_a_row_along_and_one_that_moves_scrolls(till):
    """A long press drags; a quick stroke is the list's own."""
    _, page = arranging(till, size=(390, 844), touch=True)
    before = names(page)
    touch = page.context.new_cdp_session(page)

    def send(kind: str, at: tuple[float, float] | None = None) -> None:
        points = [] if at is None else [{"x": at[0], "y": at[1]}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def stroke(*, rests: bool) -> None:
        from_, to = middle(page, 0, ".what"), middle(page, 2, ".what")
        send("touchStart", from_)
        if rests:
            page.wait_for_selector(".arranged .held")
        for step in range(1, 9):
            send("touchMove", (from_[0], from_[1] + (to[1] - from_[1]) * step / 8))
            page.evaluate("() => new Promise(requestAnimationFrame)")
        send("touchEnd")

    stroke(rests=False)
    assert names(page) == before
    stroke(rests=True)
    page.wait_for_selector(".arranged:not(:has(.held))")
    expect(page.locator(NAMES)).to_have_text([before[1], before[2], before[0], *before[3:]])
    page.keyboard.press("Escape")


def test_groups_are_moved_by_keyboard(till):
    """Space takes a row up, arrows carry it with the focus, Escape puts it back."""
    _, page = arranging(till)
    before = names(page)
    page.focus(".arranged .grip >> nth=0")
    for key in ("Space", "ArrowDown", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.locator(NAMES)).to_have_text([before[1], before[2], before[0], *before[3:]])
    expect(page.locator(".arranged li >> nth=2 >> .grip")).to_be_focused()
    for key in ("Space", "ArrowUp", "Escape"):
        page.keyboard.press(key)
    expect(page.locator(NAMES)).to_have_text([before[1], before[2], before[0], *before[3:]])
    page.wait_for_selector(".sheet")


def test_a_long_list_scrolls_along_with_what_is_dragged(till):
    """Held at the lower end, the row goes on to goods that were not seen."""
    _, page = arranging(till, size=(1024, 600))
    page.keyboard.press("Escape")
    page.wait_for_selector(".arranged", state="detached")
    page.click("button:has-text('Arrange goods in')")
    page.wait_for_selector(".arranged")
    first = names(page)[0]
    page.mouse.move(*middle(page, 0))
    page.mouse.down()
    body = page.locator(".sheet-body").bounding_box()
    page.mouse.move(body["x"] + 60, body["y"] + body["height"] - 8, steps=6)
    page.wait_for_function(
        "(name) => document.querySelector('.arranged li:last-child').textContent.includes(name)",
        arg=first,
    )
    page.mouse.up()
    expect(page.locator(NAMES).last).to_have_text(first)
