"""Bringing a sale back: the quote as it was, or today's prices, and what differs.

Nothing here changes anything; the cart that comes out is a fold of the sale's history and the edits
of the resume.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

from cashwrap.errors import CashwrapError
from cashwrap.pricing.engine import Engine
from cashwrap.promotions.model import HeldCoupon
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart, priced_from
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.holds.model import Changes, CouponGone, Hold, ReturnChange, Unsellable
from cashwrap.sale.holds.projection import Kept
from cashwrap.sale.holds.quoting import line_changes, quoted, rule_changes
from cashwrap.sale.holds.repricing import todays
from cashwrap.sale.promoting import SaleRules
from cashwrap.sale.shop_rules import ShopRules
from cashwrap.settings import SuspendSettings

MINUTE_MS = 60_000


class PricingDesk(Desk, Protocol):
    """A till that can price by other engines and rules than those of today."""

    shop_rules: ShopRules

    @property
    def engine(self) -> Engine:
        """Return the pricing engine of today's settings and tax codes."""
        ...

    def rules_at(self, rules: SaleRules, member: str = "") -> edits.RulesAt:
        """Return what a sale that is priced by these rules from now on keeps of them."""
        ...


def quote_holds(hold: Hold, settings: SuspendSettings, now_ms: int) -> bool:
    """Return whether a sale comes back at the prices that it was suspended with.

    A clock that went backward keeps the quote.
    """
    if settings.quote != "expire":
        return settings.quote == "keep"
    return now_ms - hold.at_ms <= settings.quote_minutes * MINUTE_MS


def resumed(
    desk: PricingDesk, hold: Hold, kept: Kept, register: str, staff: str, engine: Engine
) -> Cart:
    """Return the cart of a sale that comes back; its last edit, `Resumed`, says what changed.

    ``engine`` is the one that priced it.
    """
    now_ms = desk.now().wall_ms
    stamp: edits.Stamp = {"at_ms": now_ms, "staff": staff, "command": ""}
    waited_ms, unsellable = 0, tuple[Unsellable, ...]()
    keeps = quote_holds(hold, desk.settings.suspend, now_ms)
    if keeps:
        waited_ms = max(0, now_ms - kept.history[-1].at_ms)
        cart = Cart.of_history(kept.history, engine, _rules(desk, kept))
    else:
        cart, unsellable = _repriced(desk, kept, engine, stamp)
    gone = list(_coupons_gone(desk, cart, now_ms, keeps=keeps))
    steps: list[AnyEdit] = [edits.CouponRemoved(code=each.coupon, **stamp) for each in gone]
    steps += _limits(desk, cart, stamp)
    for step in steps:
        cart.apply(step)
    before = kept.quoted
    after = before if keeps and not steps else quoted(cart)
    changes = Changes(
        hold.total_minor,
        cart.totals.payable_minor - cart.returned_minor,
        not keeps,
        line_changes(before, after),
        rule_changes(before, after),
        unsellable,
        tuple(gone),
        desk.short_of(cart) if desk.settings.stock.negative == "refuse" else (),
        tuple(_returns_changed(desk, cart)),
    )
    cart.apply(edits.Resumed(register=register, waited_ms=waited_ms, changes=changes, **stamp))
    return cart


def _rules(desk: PricingDesk, kept: Kept) -> SaleRules | None:
    at = priced_from(kept.history).rules
    return None if at is None else desk.shop_rules.of(at.rules_hash)


def _repriced(
    desk: PricingDesk, kept: Kept, engine: Engine, stamp: edits.Stamp
) -> tuple[Cart, tuple[Unsellable, ...]]:
    """Return the cart at today's prices and rules, and the lines that stay as they were."""
    before = Cart.of_history(kept.history, engine)
    lines, unsellable = todays(desk, before, stamp["at_ms"])
    rules = desk.shop_rules.in_force(stamp["at_ms"])
    at = None if rules is None else desk.rules_at(rules, before.header.member)
    step = edits.Repriced(lines=lines, rules=at, **stamp)
    today = desk.engine.with_codes_of(engine)
    return Cart.of_history((*kept.history, step), today, rules), unsellable


def _limits(desk: Desk, cart: Cart, stamp: edits.Stamp) -> list[AnyEdit]:
    """Return what other sales left of limited rules meanwhile, if that changed."""
    limited = () if cart.promoting is None else cart.promoting.rules.limited
    if not limited:
        return []
    left = desk.limits_left(limited, cart.header.member)
    return [] if left == cart.header.left else [edits.LimitsRead(left=left, **stamp)]


def _coupons_gone(desk: Desk, cart: Cart, now_ms: int, *, keeps: bool) -> Iterator[CouponGone]:
    """Yield the coupons that were used meanwhile or, at today's rules, count no more."""
    for code, coupon in cart.header.coupons.items():
        why = next((why for why, gone in _WHY_GONE if gone(desk, coupon)), "")
        if not why and not keeps:
            why = _not_today(cart, coupon, now_ms)
        if why:
            yield CouponGone(code, why)


def _returns_changed(desk: Desk, cart: Cart) -> Iterator[ReturnChange]:
    """Yield the returns that would be decided otherwise now; `ReturningSale.ready_for` does it."""
    if not cart.header.returns:
        return
    from cashwrap.sale.returning.deciding import decided

    earlier: dict[str, list[ReturnAnswer]] = {}
    for edit in cart.header.returns.values():
        if not edit.of_sale:
            continue
        gifts = edit.charge_gifts
        try:
            original = desk.original(edit.of_sale, cart.opened.sale)
            before = earlier.setdefault(edit.of_sale, [*original.earlier])
            again = decided(original, edit.answer.back, before, charge_gifts=gifts)
        except CashwrapError as fault:
            yield ReturnChange(edit.of_number, edit.refund_minor, 0, str(fault))
            continue
        before.append(again)
        if again.refund_minor != edit.refund_minor:
            why = "other goods of the receipt came back meanwhile"
            yield ReturnChange(edit.of_number, edit.refund_minor, again.refund_minor, why)


def _used(desk: Desk, coupon: HeldCoupon) -> bool:
    known = desk.known_coupon(coupon.code)
    return known is not None and known.used_by != ""


def _void(desk: Desk, coupon: HeldCoupon) -> bool:
    known = desk.known_coupon(coupon.code)
    return known is not None and known.voided_by != ""


def _elsewhere(desk: Desk, coupon: HeldCoupon) -> bool:
    return coupon.code != coupon.rule and desk.coupon_on_open_sale(coupon.code)


_WHY_GONE: tuple[tuple[str, Callable[[Desk, HeldCoupon], bool]], ...] = (
    ("was used meanwhile", _used),
    ("is void: the goods that it was issued for came back", _void),
    ("is on another open sale", _elsewhere),
)


def _not_today(cart: Cart, coupon: HeldCoupon, now_ms: int) -> str:
    if coupon.expires_ms and coupon.expires_ms <= now_ms:
        return "has expired"
    rule = None if cart.promoting is None else cart.promoting.rules.find(coupon.rule)
    return "" if rule is not None and rule.coupon is not None else "is of no promotion of today"
