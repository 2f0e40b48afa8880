"""Shifts: floats, cash in and out, trays that move, blind counts, X and Z."""

from __future__ import annotations

from cashwrap.events import Event
from cashwrap.shift import events as e

from .acts import act
from .bills import hold
from .drawers import ShiftBook
from .scene import Scene

FLOATS = (0, 20_000, 50_000)
YUAN, JIAO, FEN = 100, 10, 1


def working(scene: Scene) -> ShiftBook | None:
    """Return the shift of this register."""
    return scene.books.drawers.of(scene.register)


def hand(scene: Scene, kind: type[Event], amount: int) -> int:
    """Take cash into the hand that is about to move."""
    scene.books.drawers.moving = kind, amount
    return amount


@act(12)
def open_shift(scene: Scene) -> object:
    """Begin a shift with a float."""
    if working(scene) is not None:
        return False
    amount = hand(scene, e.ShiftOpened, scene.dice.choice(FLOATS))
    shift = scene.till.shifts.open(amount, register=scene.register, staff=scene.clerk)
    scene.say(f"opens shift {shift.number} with {amount}")
    return True


@act(6)
def move_cash(scene: Scene) -> object:
    """Pay cash in or out, or drop it into the safe."""
    shift = working(scene)
    if shift is None:
        return False
    amount = scene.dice.randint(1, 90) * 100
    shifts, by = scene.till.shifts, {"register": scene.register, "staff": scene.clerk}
    what = scene.dice.choice(("in", "out", "drop"))
    scene.say(f"moves {amount} {what} of shift {shift.number}")
    if what == "in":
        shifts.paid_in(hand(scene, e.PaidIn, amount), "change", **by)
    elif what == "out":
        shifts.paid_out(hand(scene, e.PaidOut, amount), "window cleaner", **by)
    else:
        shifts.safe_drop(hand(scene, e.SafeDropped, amount), to="bag 17", **by)
    return True


@act(5)
def read_x(scene: Scene) -> object:
    """Read the shift; the drawer has what the report expects."""
    shift = working(scene)
    if shift is None:
        return False
    report = scene.till.shifts.x(register=scene.register, staff=scene.clerk)
    if report.hidden:
        return True
    expected = report.cash.expected_minor
    hold("x.cash", expected == shift.cash, f"X says {expected}, the drawer has {shift.cash}")
    return True


@act(4)
def move_tray(scene: Scene) -> object:
    """Take the tray along, put it in somewhere, share it, or leave it."""
    shifts, by = scene.till.shifts, {"register": scene.register, "staff": scene.clerk}
    shift, books = working(scene), scene.books.drawers
    resting = [each.number for each in books.shifts.values() if each.state == "suspended"]
    if shift is not None:
        if len(shift.registers) > 1 and scene.chance(50):
            shifts.leave(**by)
            scene.say(f"leaves shift {shift.number}")
        else:
            shifts.suspend(**by)
            scene.say(f"suspends shift {shift.number}")
        return True
    if resting:
        shifts.resume(resting[0], **by)
        scene.say(f"resumes shift {resting[0]}")
        return True
    drawers = [each.drawer for each in shifts.all() if each.state == "open"]
    if not drawers:
        return False
    shifts.join(drawers[0], **by)
    scene.say(f"joins the shift at drawer {drawers[0]}")
    return True


@act(8)
def close_shift(scene: Scene) -> object:
    """Count and close: blind first or not, to the cent or not."""
    books = scene.books.drawers
    counting = [each for each in books.shifts.values() if each.state == "counting"]
    shift = working(scene) or (counting[0] if counting else None)
    if shift is None:
        return False
    shifts = scene.till.shifts
    if shift.state == "open" and scene.chance(50):
        shifts.blind_close(register=scene.register, staff=scene.clerk)
        scene.say(f"closes shift {shift.number} blind")
        return True
    if shift.cash < 0:  # more was paid out than came in: there is nothing to count
        return False
    count(scene, shift)
    report = shifts.close(shift.number, staff=scene.clerk)
    scene.say(f"Z {report.z} of shift {shift.number}: over by {report.cash.over_minor}")
    return True


def count(scene: Scene, shift: ShiftBook) -> None:
    """Count the drawer, and miscount it now and then."""
    lies = max(0, shift.cash + scene.dice.choice((0, 0, 0, 0, 100, -100)))
    yuan, rest = divmod(lies, YUAN)
    jiao, fen = divmod(rest, JIAO)
    pieces = {unit: many for unit, many in ((YUAN, yuan), (JIAO, jiao), (FEN, fen)) if many}
    scene.say(f"counts {lies} in shift {shift.number}")
    scene.till.shifts.declare(shift.number, pieces, staff=scene.clerk)
