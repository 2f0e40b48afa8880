"""What clerks and customers do: one function for each act, registered with how often it happens.

An act does one thing at one register and returns False where there was nothing to do. What it
raises is the till's answer; the world takes it from there.
"""

from __future__ import annotations

from collections.abc import Callable

from cashwrap.sale.sale import Sale
from cashwrap.staff.errors import WrongPin

from . import goods
from .bills import hold
from .books import CASH_STEP
from .world import Act, Scene

LINES_MAX = 7
NOTES = (1_000, 2_000, 5_000, 10_000)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
REASONS = ("错单", "顾客不要了", "price match")

ACTS: dict[str, Act] = {}
WEIGHTS: dict[str, int] = {}


def act(weight: int) -> Callable[[Act], Act]:
    """Register an act."""

    def register(function: Act) -> Act:
        ACTS[function.__name__] = function
        WEIGHTS[function.__name__] = weight
        return function

    return register


# Ringing up


@act(50)
def ring(scene: Scene) -> object:
    """Begin a sale, and put a few things on it."""
    sale = scene.sale() or begin(scene)
    if sale.state != "open":
        return False
    for _ in range(scene.dice.randint(1, 3)):
        if len(sale.lines) < LINES_MAX:
            put(scene, sale)
    return True


def begin(scene: Scene) -> Sale:
    """Begin a sale at this register."""
    sale = scene.till.new_sale(register=scene.register, staff=scene.clerk)
    scene.here.sales[scene.register] = sale.id
    scene.books.began(sale)
    scene.say(f"begins sale {sale.id}")
    return sale


def put(scene: Scene, sale: Sale) -> None:
    """Put one thing on a sale, by scanner, key or scale."""
    sku = scene.dice.choice(list(goods.PRICES))
    if sku == goods.COLA and scene.chance(50):
        sale.scan(goods.COLA_CODE, staff=scene.clerk)
        quantity: int | str = 1
    elif sku in goods.WEIGHED:
        quantity = f"0.{scene.dice.randint(1, 999):03}"
        sale.add(sku, quantity, staff=scene.clerk)
    else:
        quantity = scene.dice.choice((1, 1, 1, 2, 3))
        sale.add(sku, quantity, staff=scene.clerk)
    saw(scene, sale)
    scene.say(f"{quantity} {sku}, {sale.totals.payable_minor} to pay")


def saw(scene: Scene, sale: Sale) -> None:
    """The clerk reads the screen."""
    scene.here.bill(sale).saw(sale)


@act(8)
def correct(scene: Scene) -> object:
    """Change a quantity, strike a line, take a step back, or write a note."""
    sale = scene.sale()
    if sale is None or not sale.lines or sale.state != "open":
        return False
    line = scene.dice.choice(sale.lines)
    what = scene.dice.randrange(4)
    if what == 0 and line.goods.sku not in goods.WEIGHED:
        sale.set_quantity(line.number, scene.dice.randint(1, 5), staff=scene.clerk)
    elif what == 1:
        sale.void_line(line.number, scene.dice.choice(REASONS), staff=scene.clerk)
    elif what == 2:
        sale.undo(staff=scene.clerk)
    else:
        sale.note("no ice", line.number, staff=scene.clerk)
    saw(scene, sale)
    scene.say(f"corrects line {line.number}, {sale.totals.payable_minor} to pay")
    return True


@act(6)
def make_cheaper(scene: Scene) -> object:
    """Give a discount, or set a price by hand; both are journaled at once."""
    sale = scene.sale()
    if sale is None or not sale.lines or sale.state != "open":
        return False
    line, reason = scene.dice.choice(sale.lines), scene.dice.choice(REASONS)
    if scene.chance(50):
        sale.discount(
            percent_ppm=scene.dice.choice((50_000, 100_000, 333_333)),
            lines=[line.number], reason=reason, staff=scene.clerk,
        )  # fmt: skip
    else:
        price = max(1, line.goods.unit_minor * scene.dice.randint(50, 99) // 100)
        sale.override_price(line.number, price, reason, staff=scene.clerk)
    saw(scene, sale)
    scene.say(f"makes line {line.number} cheaper, {sale.totals.payable_minor} to pay")
    return True


@act(3)
def cancel(scene: Scene) -> object:
    """Abandon a sale."""
    sale = scene.sale()
    if sale is None:
        return False
    scene.here.bill(sale).wants.cancel = True
    scene.say(f"cancels sale {sale.id}")
    sale.cancel(scene.dice.choice(REASONS), staff=scene.clerk)
    return True


# Money


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


@act(3)
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


@act(3)
def reprint(scene: Scene) -> object:
    """Print a receipt again."""
    if not scene.books.done:
        return False
    bill = scene.dice.choice(scene.books.done)
    copy = scene.till.reprint(bill.sale, staff=scene.clerk)
    right = copy.number.endswith(f"-{bill.number:06}")
    hold("reprint", right, f"receipt {copy.number} for {bill.number}")
    scene.say(f"prints receipt {bill.number} again")
    return True


@act(6)
def no_sale(scene: Scene) -> object:
    """Open the drawer without a sale, for the same reason as ever."""
    scene.till.no_sale("change", register=scene.register, staff=scene.clerk)
    scene.say("opens the drawer")
    return True


@act(2)
def mistype_pin(scene: Scene) -> object:
    """Mistype a PIN, and then get it right."""
    if scene.device.name not in goods.GUARDED:
        return False
    try:
        scene.till.staff.sign_in(scene.clerk, "8105", register=scene.register)
    except WrongPin:
        scene.till.staff.sign_in(scene.clerk, goods.PIN, register=scene.register)
        return True
    hold("pin", False, f"{scene.clerk} signed in with a wrong PIN")
    return False


# The shop


@act(2)
def publish_rules(scene: Scene) -> object:
    """Other promotions from now on."""
    scene.till.publish_rules(scene.dice.choice(goods.RULES), staff=scene.clerk)
    scene.say("publishes rules")
    return True


@act(2)
def change_prices(scene: Scene) -> object:
    """A new catalog with other prices."""
    percent = scene.dice.choice((90, 100, 110))
    scene.device.load(goods.catalog(percent), staff=scene.clerk)
    scene.say(f"prices are at {percent} %")
    return True


@act(2)
def receive_goods(scene: Scene) -> object:
    """A delivery."""
    sku, milli = scene.dice.choice(list(goods.COSTS)), scene.dice.randint(1, 20) * 1_000
    scene.books.delivery = sku, milli
    scene.device.receive(sku, milli, staff=scene.clerk)
    scene.say(f"receives {milli} of {sku}")
    return True


# Trouble


@act(10)
def wait(scene: Scene) -> object:
    """Time passes."""
    ms = scene.dice.choice((200, 1_500, 60_000, HOUR_MS))
    scene.device.clock.pass_ms(ms)
    return True


@act(3)
def set_clock(scene: Scene) -> object:
    """Somebody sets the clock, or its battery is empty."""
    ms = scene.dice.choice((-5_000, HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS, 365 * DAY_MS))
    if scene.chance(10):
        ms = 1_000 - scene.device.clock.wall_ms  # 1970
    elif scene.device.clock.wall_ms < 365 * DAY_MS:
        ms = scene.world.started_ms - scene.device.clock.wall_ms
    scene.device.clock.jump(ms)
    scene.say(f"the clock of {scene.device.name} jumps by {ms} ms")
    return True


@act(3)
def restart(scene: Scene) -> object:
    """Close the till in order and open it again."""
    scene.till.close()
    scene.world.reopen(scene.here)
    scene.say("restarted the till")
    return True


@act(3)
def kill(scene: Scene) -> object:
    """The process dies while nobody touches it."""
    scene.say(f"{scene.device.name} is killed")
    scene.world.restart(scene.here, scene.dice, power_cut=False)
    return True


@act(3)
def cut_power(scene: Scene) -> object:
    """The plug is pulled while nobody touches it."""
    scene.say(f"{scene.device.name} loses its power")
    scene.world.restart(scene.here, scene.dice, power_cut=True)
    return True


@act(14)
def invite_trouble(scene: Scene) -> object:
    """Something will go wrong soon: a death, a full disk, a failing one."""
    moment, kind = scene.dice.choice((
        ("commit", "die"), ("committed", "die"), ("write", "die"), ("ask", "die"),
        ("asked", "die"), ("flush", "die"), ("begin", "die"), ("commit", "die"),
        ("committed", "die"), ("commit", "eio"), ("commit", "full"), ("write", "eio"),
        ("flush", "eio"),
    ))  # fmt: skip
    scene.device.invite(moment, scene.dice.randint(1, 8), kind)
    scene.say(f"something will {kind} at {moment} soon")
    return True
