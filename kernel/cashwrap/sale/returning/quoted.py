"""What goods would bring if they came back now: decided as a return is, and put down nowhere."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale.cart import Cart
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import GoodsBack
from cashwrap.sale.returning import deciding
from cashwrap.sale.returning.original import Original
from cashwrap.sale.returning.unreceipted import Named, unreceipted


class ReturnQuote(msgspec.Struct, frozen=True):
    """What a return would come to, line by line; ``refund_minor`` is what the customer gets.

    ``waived_minor`` is what the rest of the goods would have to pay more, and nobody asks for.
    """

    refund_minor: int
    waived_minor: int
    goods: tuple[GoodsBack, ...]


def quoted(
    original: Original,
    lines: deciding.Asked | None,
    mine: Sequence[ReturnAnswer],
    *,
    charge_gifts: bool,
) -> ReturnQuote:
    """Return what goods of a receipt would bring, after the answers given on the cart (``mine``).

    Raises ReturnRefused, GiftMissing, InvalidInput.
    """
    earlier = [*original.earlier, *mine]
    back = deciding.asked_back(original, lines, earlier)
    answer = deciding.decided(original, back, earlier, charge_gifts=charge_gifts)
    goods = deciding.goods_back(original, answer)
    return ReturnQuote(answer.refund_minor, answer.waived_minor, goods)


def quoted_unreceipted(desk: Desk, cart: Cart, named: Named) -> ReturnQuote:
    """Return what goods would bring without a receipt. Raises what `unreceipted` raises."""
    at_ms = desk.now().wall_ms
    made = unreceipted(desk, cart, "", named, {"at_ms": at_ms, "staff": "", "command": ""})
    return ReturnQuote(made.refund_minor, 0, made.goods)
