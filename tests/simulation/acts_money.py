"""Money: cash, cards, doubt, and all of it back again."""

from __future__ import annotations

from cashwrap.sale.sale import Sale

from .acts import REASONS, act
from .bills import hold
from .books import CASH_STEP
from .scene import Scene

NOTES = (1_000, 2_000, 5_000, 10_000)


def owed(scene: Scene) -> Sale | None:
    """Return the sale here that can be paid now."""
    sale = scene.sale()
    if sale is None or not sale.lines or sale.payments.in_doubt or sale.due_minor <= 0:
        return None
    return sale


@act(30)
def pay_cash(scene: Scene) -> object:
    """Pay all or a part in cash, mostly with too large a note."""
    sale = owed(scene)
    if sale is None:
        return False
    bill, due = scene.here.bill(sale), sale.due_minor
    to_pay = due // CASH_STEP * CASH_STEP
    tendered = scene.dice.choice((to_pay, due, to_pay // 2, *(to_pay + note for note in NOTES)))
    if tendered <= 0:
        tendered = CASH_STEP
    bill.wants.tendered = tendered
    scene.say(f"takes {tendered} for {due} of sale {sale.id}")
    payment = sale.pay_cash(tendered, staff=scene.clerk)
    expected = tendered - to_pay if tendered >= to_pay else 0
    hold("cash.change", payment.change_minor == expected, f"{payment.change_minor} of change")
    return True


@act(25)
def pay_card(scene: Scene) -> object:
    """Pay all or a part by card."""
    sale = owed(scene)
    if sale is None:
        return False
    due = sale.due_minor
    amount = due if scene.chance(75) else max(1, due // 2)
    scene.say(f"asks the card terminal for {amount} of {due} of sale {sale.id}")
    payment = sale.payments.ask("card", amount, staff=scene.clerk)
    scene.say(f"the terminal's answer: {payment.state}")
    return True


@act(25)
def ask_on(scene: Scene) -> object:
    """Let the till ask about what is in doubt, as time goes by."""
    if scene.till.next_step_ms is None:
        return False
    for _ in range(scene.dice.randint(1, 6)):
        due_ms = scene.till.next_step_ms
        if due_ms is None:
            break
        scene.device.clock.pass_ms(max(0, due_ms - scene.device.clock.steady_ms))
        scene.till.step()
    scene.say("waits for the terminal")
    return True


@act(6)
def finish_paid(scene: Scene) -> object:
    """Finish a sale that is paid, but could not end when it was."""
    sale = scene.sale()
    if sale is None or sale.state != "tendering" or sale.due_minor or sale.payments.in_doubt:
        return False
    scene.say(f"finishes sale {sale.id}")
    sale.payments.finish(staff=scene.clerk)
    return True


@act(5)
def give_up(scene: Scene) -> object:
    """Stop waiting for a payment."""
    sale = scene.sale()
    if sale is None or not sale.payments.in_doubt:
        return False
    scene.say(f"gives up on the payment of sale {sale.id}")
    sale.payments.give_up(staff=scene.clerk)
    return True


@act(5)
def give_back(scene: Scene) -> object:
    """Give back all that was paid on a sale that is not finished."""
    sale = scene.sale()
    if sale is None or sale.state != "tendering":
        return False
    scene.here.bill(sale).wants.back = True
    scene.say(f"gives back what was paid on sale {sale.id}")
    sale.payments.give_back(scene.dice.choice(REASONS), in_cash=scene.chance(20), staff=scene.clerk)
    return True


@act(6)
def declare(scene: Scene) -> object:
    """Look at the terminal's slip, and say how a payment in doubt ended."""
    sale = scene.sale()
    waiting = [each for each in sale.payments.in_doubt if each.undecided] if sale else []
    if sale is None or not waiting:
        return False
    payment = waiting[0]
    paid = scene.device.terminal.net_minor(payment.id) == payment.asked_minor
    scene.say(f"declares payment {payment.id} {'paid' if paid else 'not paid'}")
    sale.payments.declare(payment.id, paid, "as on the slip", staff=scene.clerk)
    return True
