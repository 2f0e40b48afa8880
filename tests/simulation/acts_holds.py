"""Suspending and resuming: at any register, by code, key or card, and never twice."""

from __future__ import annotations

from cashwrap.sale.holds.errors import AlreadyResumed, HoldCancelled
from cashwrap.sale.holds.model import Changes

from .acts import act
from .bills import Bill, hold
from .scene import Scene

QUOTE_MS = 30 * 60_000
CLOCK_READS_MS = 1_000  # the clock moves by a millisecond for each time it is read
REASONS = ("接电话", "挑商品", "cannot find the purse", "")


@act(10)
def suspend(scene: Scene) -> object:
    """Park the sale, because its customer takes a call."""
    sale = scene.sale()
    if sale is None or sale.cart.is_empty or sale.state != "open":
        return False
    bill = scene.here.bill(sale)
    bill.wants.suspend = True
    bill.held_ms = scene.device.clock.wall_ms
    key = scene.dice.choice(("", f"card-{scene.dice.randrange(3)}"))
    hold_ = sale.suspend(scene.dice.choice(REASONS), key=key, staff=scene.clerk)
    scene.say(f"suspends sale {sale.id} as {hold_.code}")
    right = hold_.total_minor == bill.net
    hold("hold.total", right, f"{hold_.total_minor} on the slip, {bill.net} on the screen")
    return True


@act(14)
def resume(scene: Scene) -> object:
    """Bring a sale back, at whichever register its customer comes to."""
    if not scene.books.parked or scene.sale() is not None:
        return False
    bill = scene.dice.choice(list(scene.books.parked.values()))
    bill.wants.resume = True
    before, code = bill.net, bill.code
    now_ms = scene.device.clock.wall_ms
    back = scene.till.holds.resume(code or bill.sale, register=scene.register, staff=scene.clerk)
    scene.here.sales[scene.register] = back.sale.id
    scene.look()
    bill.saw(back.sale)
    scene.say(f"resumes sale {bill.sale} ({code}), {before} then, {bill.net} now")
    check_quote(bill, before, now_ms - bill.held_ms, back.changes)
    return True


def check_quote(bill: Bill, before: int, waited_ms: int, changes: Changes) -> None:
    """Within the quote the sale is what it was; after it the difference is told."""
    told = changes.before_minor, changes.after_minor
    hold("hold.told", told == (before, bill.net), f"{told} was told of {before} and {bill.net}")
    if waited_ms < QUOTE_MS - CLOCK_READS_MS:
        kept = before == bill.net
        hold("hold.quote", kept, f"{before} became {bill.net} after {waited_ms} ms")


@act(5)
def resume_again(scene: Scene) -> object:
    """Come with a slip that was used already."""
    over = [code for code, sale in scene.books.resumed if sale not in scene.books.parked]
    if not over:  # an old slip of a sale that waits again brings it back
        return False
    code = scene.dice.choice(over)
    try:
        back = scene.till.holds.resume(code, register=scene.register, staff=scene.clerk)
    except (AlreadyResumed, HoldCancelled) as refused:
        scene.say(f"is refused: {refused}")
        return True
    hold("hold.twice", False, f"{code} was resumed again as {back.sale.id}")
    return True


@act(2)
def cancel_hold(scene: Scene) -> object:
    """Nobody will come for it."""
    if not scene.books.parked:
        return False
    bill = scene.dice.choice(list(scene.books.parked.values()))
    bill.wants.cancel = True
    scene.say(f"cancels hold {bill.code}")
    scene.till.holds.cancel(bill.code or bill.sale, "nobody came", register=scene.register,
                            staff=scene.clerk)  # fmt: skip
    return True
