"""Goods that come back: in parts, as exchanges, whole by a post-void, and never twice."""

from __future__ import annotations

from cashwrap.promotions.returns.model import ReturnRefused
from cashwrap.sale.sale import Sale

from . import goods
from .acts import act, begin, saw
from .bills import Bill, hold
from .scene import Scene

REASONS = ("质量问题", "不想要", "too small")


@act(16)
def take_back(scene: Scene) -> object:
    """Take some or all of the goods of a receipt back; an exchange where goods are sold too."""
    receipts = [bill for bill in scene.books.done if bill.is_sale and bill.lines]
    if not receipts:
        return False
    original = scene.dice.choice(receipts[-6:])
    sale = scene.sale()
    if sale is not None and sale.state != "open":
        return False
    asked = asked_back(scene, original)
    sale = sale or begin(scene)
    location = scene.dice.choice(("sellable", "sellable", "damaged"))
    if sale.cart.header.returns:
        location = "damaged" if scene.here.bill(sale).damaged else "sellable"
    try:
        added = sale.take_back(
            original.number, asked, reason=scene.dice.choice(REASONS), location=location,
            staff=scene.clerk,
        )  # fmt: skip
    except ReturnRefused as refused:
        scene.say(f"is refused: {refused}")
        return True
    saw(scene, sale)
    scene.say(f"takes {asked or 'all'} of receipt {original.number} back: {added.refund_minor}")
    whole = asked is not None and len(asked) == 1 and asked[0][1] == original.lines[asked[0][0]][1]
    if whole and not scene.books.back.get(original.sale):
        check_line(original, asked[0][0], added.refund_minor)
    return True


@act(6)
def adjust(scene: Scene) -> object:
    """Give money off a line of a receipt whose goods stay."""
    receipts = [bill for bill in scene.books.done if bill.is_sale and bill.lines]
    sale = scene.sale()
    if not receipts or (sale is not None and (sale.state != "open" or sale.cart.header.returns)):
        return False
    original = scene.dice.choice(receipts[-6:])
    line = scene.dice.choice(list(original.lines))
    minor = scene.dice.randint(1, max(1, original.paid_lines[line]))
    sale = sale or begin(scene)
    try:
        added = sale.adjust(
            original.number, [(line, minor)], reason=scene.dice.choice(REASONS), staff=scene.clerk
        )
    except ReturnRefused as refused:
        scene.say(f"is refused: {refused}")
        return True
    saw(scene, sale)
    scene.say(f"gives {minor} off line {line} of receipt {original.number}")
    hold("adjust", 0 <= added.refund_minor <= minor + 1, f"{added.refund_minor} for {minor}")
    return True


def asked_back(scene: Scene, original: Bill) -> list[tuple[int, int | str]] | None:
    """Return what the customer brings: all that is left, or some of one line."""
    if scene.chance(35):
        return None
    line = scene.dice.choice(list(original.lines))
    sku, milli = original.lines[line]
    if sku in goods.WEIGHED:
        return [(line, f"0.{milli:03}")]
    return [(line, scene.dice.randint(1, milli // 1000))]


def check_line(original: Bill, line: int, refund: int) -> None:
    """Goods bring no more than was paid for the line."""
    paid = original.paid_lines[line]
    hold("return.line", refund <= paid, f"{refund} for line {line}, {paid} was paid for it")


def giving(scene: Scene) -> Sale | None:
    """Return the sale here on which goods come back and nothing is left to pay."""
    sale = scene.sale()
    if sale is None or not sale.cart.header.returns or sale.payments.in_doubt:
        return None
    return sale if sale.due_minor <= 0 else None


@act(24)
def refund(scene: Scene) -> object:
    """Give the money of what came back back."""
    sale = giving(scene)
    if sale is None:
        return False
    scene.here.bill(sale).wants.refund = True
    to = scene.dice.choice(("", "", "", "cash", "credit"))
    scene.say(f"gives {-sale.due_minor} of sale {sale.id} back {to and 'as ' + to}")
    given = sale.refund(to, staff=scene.clerk)
    scene.say(f"gave {[(each.tender, each.amount_minor, each.state) for each in given.given]}")
    return True


@act(4)
def post_void(scene: Scene) -> object:
    """Reverse a whole receipt."""
    receipts = [bill for bill in scene.books.done if bill.is_sale and bill.lines]
    if not receipts or scene.sale() is not None:
        return False
    original = scene.dice.choice(receipts[-4:])
    scene.books.voiding = original.number
    scene.say(f"voids receipt {original.number}")
    scene.till.post_void(original.number, "keyed wrong", register=scene.register,
                         staff=scene.clerk)  # fmt: skip
    came_back = scene.books.back.get(original.sale)
    hold("void.twice", not came_back, f"receipt {original.number} is void, part of it came back")
    return True
