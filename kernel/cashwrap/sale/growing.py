"""Prices and discounts by hand that reach further when money is taken than when they were allowed.

One torn cake for 1.00 is not fifty; half off a bun is not half off the cake that came after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.sale import edits
from cashwrap.sale.cart import Cart, effective
from cashwrap.sale.guarding import discounting, overriding, rate_ppm, share_lines
from cashwrap.staff.rights import Act

if TYPE_CHECKING:
    from cashwrap.sale.sale import Sale

Extent = dict[int, int]  # line -> its quantity, thousandths


class _Allowed(NamedTuple):
    """On how much of which lines prices and discounts were given."""

    prices: Extent
    discounts: dict[str, Extent]


def ask_grown(sale: Sale, staff: str) -> None:
    """Ask again for what reaches further on a sale than was allowed, before its money moves.

    Raises as `Desk.allow` does.
    """
    if not sale.desk.guarded or sale.state != "open":
        return
    for acts in grown(sale.cart):
        any(sale.may(act, staff) for act in acts)  # the first approval is for all of them


def grown(cart: Cart) -> Iterator[list[Act]]:
    """Yield the acts of each price or discount by hand that reaches further than it did.

    Of several acts for one price whoever approves the first approves it whole. All have the sale
    as their subject, so that the approvals of several are used up together.
    """
    priced = [line for line in cart.lines.values() if line.override_minor is not None]
    if not priced and not cart.header.discounts:
        return
    allowed = _allowed(cart)
    for line in priced:
        was = allowed.prices.get(line.number, 0)
        if line.override_minor is not None and line.quantity_milli > was:
            about = f"line {line.number}: {line.quantity_milli} not {was}, "
            acts = overriding(cart, line.number, line.goods, line.override_minor)
            yield [_of_sale(cart, act, about + act.detail) for act in acts]
    for given in cart.header.discounts.values():
        if (act := _more(cart, given, allowed.discounts.get(given.id, {}))) is not None:
            yield [act]
        elif (act := _larger(cart, given)) is not None:
            yield [act]


def _of_sale(cart: Cart, act: Act, detail: str) -> Act:
    return Act(act.right, cart.opened.sale, detail, act.amount_minor, act.rate_ppm)


def _more(cart: Cart, given: edits.DiscountGiven, was: Extent) -> Act | None:
    """Return the act of a discount that is on more goods now; a fixed amount is no more on more."""
    if given.discount == "amount":
        return None
    covered = given.lines or [one.number for one in cart.lines.values() if not one.parent]
    now = {number: cart.lines[number].quantity_milli for number in covered if number in cart.lines}
    more = [
        f"line {number}: {milli} not {was.get(number, 0)}"
        for number, milli in now.items()
        if milli > was.get(number, 0)
    ]
    if not more:
        return None
    act = discounting(cart, given)
    rate = given.rate_ppm or act.rate_ppm  # with those before it, as it was allowed
    return Act(act.right, act.subject, f"{act.detail}; {', '.join(more)}", 0, rate)


def _larger(cart: Cart, given: edits.DiscountGiven) -> Act | None:
    """Return the act of a discount that takes a larger part now than was allowed.

    An amount off ten lines of which nine are struck out again is another discount.
    """
    if given.discount == "percent":
        return None
    rate = rate_ppm(cart, given)
    together = [one for one in cart.header.discounts.values() if share_lines(one, given)]
    return discounting(cart, given) if rate > max(one.rate_ppm for one in together) else None


def _allowed(cart: Cart) -> _Allowed:
    """Return what each price and discount was given on, as the history says.

    A line whose goods became dearer ones has left what a discount was given on.
    """
    found = _Allowed({}, {})
    milli: Extent = {}
    worth: dict[int, int] = {}
    for edit in effective(cart.history):
        match edit:
            case edits.LineAdded():
                milli[edit.line], worth[edit.line] = edit.quantity_milli, _worth(edit)
            case edits.QuantitySet():
                milli[edit.line] = edit.quantity_milli
            case edits.LineVoided():
                milli.pop(edit.line, None)
            case edits.GoodsChanged():
                if _worth(edit) > worth.get(edit.line, 0):
                    for extent in found.discounts.values():
                        extent.pop(edit.line, None)
                worth[edit.line] = _worth(edit)
            case edits.PriceOverridden():
                found.prices[edit.line] = milli[edit.line]
            case edits.DiscountGiven():
                on = edit.lines or tuple(milli)
                found.discounts[edit.id] = {number: milli[number] for number in on}
            case _:
                pass
    return found


def _worth(edit: edits.LineAdded | edits.GoodsChanged) -> int:
    return edit.goods.unit_minor + sum(part.upcharge_minor for part in edit.parts)
