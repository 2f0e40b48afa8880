"""What comes back of an original sale: asked in the words of a clerk, decided from the record."""

from __future__ import annotations

from collections.abc import Sequence

from cashwrap.errors import InvalidInput, listed, whole
from cashwrap.money import MILLI, checked, div_round, parse_quantity
from cashwrap.promotions.returns.decide import decide_return, quantities_back
from cashwrap.promotions.returns.model import Back, ReturnAnswer, ReturnRefused
from cashwrap.sale.edits import GoodsBack, MoveBack, ReturnAdded
from cashwrap.sale.goods import Quantity
from cashwrap.sale.returning.errors import PostVoidRefused
from cashwrap.sale.returning.original import Original
from cashwrap.stock.moves import CUSTOMER, LOSS, StockMove, is_held

Asked = Sequence[tuple[int, Quantity]]
"""Line of the original and how much of it; a fee's line is -(its position + 1), and its quantity 1.
"""


def decided(
    original: Original, back: Sequence[Back], earlier: Sequence[ReturnAnswer], *, charge_gifts: bool
) -> ReturnAnswer:
    """Return what giving these goods back comes to, after the answers given ``earlier``.

    Raises ReturnRefused, GiftMissing.
    """
    anew = [Back(each.line, each.quantity_milli) for each in back]  # counted from what is back now
    sold, reprice = original.sold, original.reprice
    return decide_return(sold, anew, earlier, reprice, charge_gifts=charge_gifts)


def decided_again(
    original: Original, edit: ReturnAdded, earlier: Sequence[ReturnAnswer]
) -> ReturnAnswer:
    """Return the answer to what is on a sale already, as of now.

    Raises as `decided` does, and PostVoidRefused when something of a sale that is being reversed
    came back, or was given off, on another sale meanwhile.
    """
    if edit.voids and earlier:
        why = "some of it came back meanwhile: cancel this, and return the rest"
        raise PostVoidRefused(edit.of_number, why)
    if edit.answer.adjusted:
        from cashwrap.sale.returning import adjusting

        return adjusting.decided_again(original, edit.answer.adjusted, earlier)
    return decided(original, edit.answer.back, earlier, charge_gifts=edit.charge_gifts)


def asked_back(
    original: Original, lines: Asked | None, earlier: Sequence[ReturnAnswer]
) -> list[Back]:
    """Return which quantities are asked for; None asks for all that is left, fees included.

    Raises ReturnRefused, InvalidInput.
    """
    if original.voided_by:
        raise ReturnRefused(0, f"this sale was voided by receipt {original.voided_by}")
    if not original.sold.quantities:
        raise ReturnRefused(0, "nothing was sold on this receipt: a return is not returned")
    if lines is None:
        found = left_of(original, earlier)
        if not found:
            raise ReturnRefused(0, "everything on this receipt has come back already")
        return found
    return [back for each in listed(lines, "lines") for back in _asked(original, each)]


def left_of(original: Original, earlier: Sequence[ReturnAnswer]) -> list[Back]:
    """Return what is left of the sale to come back, line by line."""
    back = quantities_back(earlier)
    rest = ((line, milli - back.get(line, 0)) for line, milli in original.sold.quantities)
    return [Back(line, milli) for line, milli in rest if milli > 0]


def is_whole(original: Original, earlier: Sequence[ReturnAnswer], answer: ReturnAnswer) -> bool:
    """Return whether nothing of the goods is left with the customer after an answer."""
    return not any(back.line > 0 for back in left_of(original, [*earlier, answer]))


def _asked(original: Original, each: tuple[int, Quantity]) -> list[Back]:
    if not isinstance(each, tuple | list) or len(each) != 2:
        raise InvalidInput(f"name goods that come back as (line, quantity), not {each!r:.60}")
    line, quantity = whole(each[0], "a line"), each[1]
    if line < 0:
        return [Back(line, 1)]
    milli = _milli(quantity)
    sold = original.lines.get(line)
    if sold is None:
        raise ReturnRefused(line, f"is not on receipt {original.sale.number}")
    if milli % MILLI and line not in original.weighed:
        raise ReturnRefused(line, f"({sold.name}) comes back in whole pieces, not {quantity}")
    parts = [part for part in original.lines.values() if part.parent == line]
    if parts and line not in dict(original.sold.quantities):  # rules looked at its parts
        return [Back(p.line, p.quantity_milli * milli // sold.quantity_milli) for p in parts]
    return [Back(line, milli)]


def _milli(quantity: Quantity) -> int:
    if isinstance(quantity, str):
        milli = parse_quantity(quantity)
    else:
        milli = checked(whole(quantity, "a quantity") * MILLI)
    if milli <= 0:
        raise InvalidInput(f"a quantity that comes back must be above zero, not {quantity}")
    return milli


def goods_back(original: Original, answer: ReturnAnswer) -> tuple[GoodsBack, ...]:
    """Return what an answer comes to line by line, a meal with its parts.

    Lines of which only a discount moves stand there with quantity 0.
    """
    meal_of = dict(original.sold.parts)
    minors: dict[int, int] = {}
    for each in answer.lines:
        line = meal_of.get(each.line, each.line)
        minors[line] = minors.get(line, 0) + each.minor
    quantities = {back.line: back.quantity_milli for back in answer.back}
    fees = fees_in_order(original)
    found = []
    for line in sorted({*minors, *quantities}, key=lambda line: (line < 0, abs(line))):
        milli, minor = quantities.get(line, 0), minors.get(line, 0)
        if line < 0:
            found.append(GoodsBack(line, "", fees[-1 - line], MILLI, amount_minor=minor))
            continue
        was = original.lines[line]
        found.append(
            GoodsBack(line, was.sku, was.name, milli, was.unit, minor, was.lot, was.serial)
        )
    return tuple(found)


def fees_in_order(original: Original) -> list[str]:
    """Return what the fees of a sale are called, in their order."""
    if not original.sale.priced.fees:
        return []
    from cashwrap.sale.receipt import fee_names

    names = fee_names(original.sale)
    return [names.get(fee.id, fee.id) for fee in original.sale.priced.fees]


def moves_back(
    original: Original, answer: ReturnAnswer, *, waste_too: bool = False
) -> tuple[MoveBack, ...]:
    """Return which parts of the original's stock moves come back: its lots to where they came from.

    ``waste_too`` also brings back what was lost on the way, as if nothing had been sold.
    """
    targets = (CUSTOMER, LOSS) if waste_too else (CUSTOMER,)
    went = [move for move in original.sale.moves if move.target in targets and is_held(move.source)]
    sale, meal_of = dict(original.sold.quantities), dict(original.sold.parts)
    found: list[MoveBack] = []
    for back in answer.back:
        groups: dict[tuple[int, str, str], list[StockMove]] = {}
        for move in went:
            if move.line and meal_of.get(move.line, move.line) == back.line:
                groups.setdefault((move.line, move.sku, move.target), []).append(move)
        for moves in groups.values():
            found += _parts(moves, back, sale[back.line])
    return tuple(found)


def _parts(moves: Sequence[StockMove], back: Back, sold_milli: int) -> list[MoveBack]:
    """Return the parts of moves that stand for a range of a line's quantity, in their order."""
    total = sum(move.quantity_milli for move in moves)
    first, last = (
        div_round(total * milli, sold_milli, "half_up")
        for milli in (back.before_milli, back.before_milli + back.quantity_milli)
    )
    found, begin = [], 0
    for move in moves:
        start, end = max(first, begin), min(last, begin + move.quantity_milli)
        if start < end:
            found.append(MoveBack(move, end - start, start - begin))
        begin += move.quantity_milli
    return found
