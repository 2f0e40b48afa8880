"""What the steps of a sale need rights for, and how much of them they use.

A step that takes goods or money off a sale again needs the right for that also where it is an undo.
"""

from __future__ import annotations

from collections.abc import Sequence

from cashwrap.money import PPM
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart, effective
from cashwrap.sale.edits import AnyEdit, Goods
from cashwrap.sale.line import Line
from cashwrap.staff.rights import Act


def voiding(cart: Cart, line: Line) -> Act:
    """Return the act of striking a line out."""
    return Act("sale.void_line", _at(cart, line.number), f"{line.goods.sku} {line.quantity_milli}")


def lowering(cart: Cart, line: Line, milli: int) -> Act | None:
    """Return the act of lowering a quantity: a part of the line is struck out. None: not lower."""
    if milli >= line.quantity_milli:
        return None
    detail = f"{line.goods.sku} {line.quantity_milli} to {milli}"
    return Act("sale.void_line", _at(cart, line.number), detail)


def shrinking(cart: Cart, line: Line, goods: Goods) -> Act | None:
    """Return the act of selling less of the same goods in each unit: a case becomes a piece."""
    old = line.goods
    if goods.sku != old.sku or goods.base_milli >= old.base_milli:
        return None
    detail = f"{old.sku} {line.quantity_milli} by the {old.unit} to the {goods.unit}"
    return Act("sale.void_line", _at(cart, line.number), detail)


def overriding(cart: Cart, line: int, goods: Goods, unit_minor: int) -> list[Act]:
    """Return the acts of setting a unit price: below the least price first, if it is."""
    list_minor = goods.unit_minor
    below = max(0, list_minor - unit_minor)
    rate_ppm = -(-below * PPM // list_minor) if list_minor > 0 else 0
    about = _at(cart, line), f"{goods.sku} at {unit_minor} not {list_minor}", below, rate_ppm
    price = Act("sale.override_price", *about)
    return (
        [Act("sale.below_margin", *about), price] if unit_minor < goods.minimum_minor else [price]
    )


def discounting(cart: Cart, given: edits.DiscountGiven) -> Act:
    """Return the act of giving a discount that is on the cart, at the rate it comes to there."""
    lines = ",".join(map(str, given.lines)) or "all"
    detail = f"{given.discount} {given.value} on {lines}"
    return Act("sale.discount", cart.opened.sale, detail, 0, rate_ppm(cart, given))


def rate_ppm(cart: Cart, given: edits.DiscountGiven) -> int:
    """Return how much the manual discounts on the lines of one of them take off together, in ppm.

    Percentages count one upon the other as they were given, so that rounding never makes more of
    them; amounts by what they take off of what the lines come to without manual discounts.
    """
    together = [one for one in cart.header.discounts.values() if share_lines(one, given)]
    rate = 0
    for one in together:
        if one.discount == "percent":
            rate += one.value - rate * one.value // PPM
    return min(PPM, rate + _amounts_ppm(cart, given, together))


def _amounts_ppm(
    cart: Cart, given: edits.DiscountGiven, together: Sequence[edits.DiscountGiven]
) -> int:
    amounts = {one.id for one in together if one.discount != "percent"}
    if not amounts:
        return 0
    whole = {one.number for one in cart.lines.values() if not one.parent}
    lines = whole & set(given.lines) if given.lines else whole
    parts = {part for number in lines for part in cart.lines[number].parts} | lines
    manual = off = 0
    for cell in cart.pricing.priced().allocations:
        if cell.line in parts and cell.rule in cart.header.discounts:
            manual += cell.minor
            off += cell.minor if cell.rule in amounts else 0
    left = sum(_left_minor(cart, number) for number in lines)
    return -(-off * PPM // (left + manual)) if left + manual > 0 else 0


def _left_minor(cart: Cart, line: int) -> int:
    priced = cart.pricing.line(line)
    return priced.gross_minor - priced.discount_minor


def share_lines(one: edits.DiscountGiven, other: edits.DiscountGiven) -> bool:
    """Return whether two discounts have goods in common."""
    return not (one.lines and other.lines) or not set(one.lines).isdisjoint(other.lines)


def undoing(cart: Cart) -> list[Act]:
    """Return the acts that an undo of the newest step comes to."""
    counting = effective(cart.history)
    newest, before = counting[-1], counting[:-1]
    match newest:
        case edits.LineAdded() if newest.line in cart.lines:
            return [voiding(cart, cart.lines[newest.line])]
        case edits.QuantitySet() if newest.line in cart.lines:
            act = lowering(cart, cart.lines[newest.line], _quantity(before, newest.line))
            return [act] if act is not None else []
        case edits.GoodsChanged() if newest.line in cart.lines:
            less = shrinking(cart, cart.lines[newest.line], _goods(before, newest.line))
            again = _override_again(cart, before, newest.line)
            return again if less is None else [less, *again]
        case edits.PriceOverridden() | edits.GoodsChanged() | edits.LineVoided():
            return _override_again(cart, before, newest.line)
        case edits.DiscountRemoved():
            return _discount_again(cart, before, newest.id)
    return []


def _quantity(history: Sequence[AnyEdit], line: int) -> int:
    for edit in reversed(history):
        if isinstance(edit, edits.LineAdded | edits.QuantitySet) and edit.line == line:
            return edit.quantity_milli
    return 0


def _goods(history: Sequence[AnyEdit], line: int) -> Goods:
    """Return what a line's goods were last; there is a line."""
    return next(
        edit.goods
        for edit in reversed(history)
        if isinstance(edit, edits.LineAdded | edits.GoodsChanged) and edit.line == line
    )


def _override_again(cart: Cart, history: Sequence[AnyEdit], number: int) -> list[Act]:
    """Return the acts of a price set by hand that an undo brings back."""
    unit_minor: int | None = None
    for edit in reversed(history):
        if isinstance(edit, edits.PriceOverridden) and edit.line == number and unit_minor is None:
            unit_minor = edit.unit_minor
        if isinstance(edit, edits.GoodsChanged | edits.LineAdded) and edit.line == number:
            return [] if unit_minor is None else overriding(cart, number, edit.goods, unit_minor)
    return []


def _discount_again(cart: Cart, history: Sequence[AnyEdit], id: str) -> list[Act]:
    for edit in reversed(history):
        if isinstance(edit, edits.DiscountGiven) and edit.id == id:
            detail = f"{edit.discount} {edit.value} again"
            return [Act("sale.discount", cart.opened.sale, detail, 0, edit.rate_ppm)]
    return []


def _at(cart: Cart, line: int) -> str:
    return f"{cart.opened.sale}/{line}"
