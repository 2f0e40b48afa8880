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
from .scene import Act, Scene

LINES_MAX = 7
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
