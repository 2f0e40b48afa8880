"""What goes back when goods of a sale come back, by the rules that priced it.

`decide_return` is a pure function: from the stored sale, the rules of its hash and the answers
given before, it decides one return; a till journals the answer and does what it says. Every figure
is the difference of two sums over all that has come back, so any split of a sale in any order
comes to exactly what was paid, and no single answer asks the customer for money.
"""

from collections.abc import Sequence

import msgspec

from cashwrap.money import format_quantity
from cashwrap.pricing.model import Allocation, TaxAmount
from cashwrap.promotions.errors import PromotionError
from cashwrap.promotions.repricing import Reprice
from cashwrap.promotions.returns.adjusted import still_adjusted
from cashwrap.promotions.returns.discounts import Discounts, discounts_back
from cashwrap.promotions.returns.model import (
    Adjusted,
    Back,
    CouponBack,
    CouponsVoided,
    EarnedBack,
    GiftDue,
    LineBack,
    ReturnAnswer,
    ReturnRefused,
    Sold,
)
from cashwrap.promotions.returns.money import LineSum, line_sums


class GiftMissing(PromotionError):
    """Goods come back that had earned a gift, and the gift does not."""

    code = "return.gift_missing"

    def __init__(self, gifts: tuple[GiftDue, ...]) -> None:
        super().__init__(gifts)  # args stay picklable
        self.gifts = gifts

    def __str__(self) -> str:
        named = ", ".join(f"{gift.units} of line {gift.line}" for gift in self.gifts)
        return f"what comes back had earned gifts: take back {named} too, or charge them"


def decide_return(
    sold: Sold,
    back: Sequence[Back],
    earlier: Sequence[ReturnAnswer],
    reprice: Reprice,
    *,
    charge_gifts: bool = False,
) -> ReturnAnswer:
    """Return what giving back these goods comes to, after the answers given ``earlier``.

    ``reprice`` prices lines under the sale's own rules and occasion (`repricer`); it is asked only
    where a rule says so. ``charge_gifts`` charges a gift that should come back and does not.
    The same lines from the same quantities on give the same answer again.
    Raises ReturnRefused for what was not sold, or came back before; GiftMissing.
    """
    before = quantities_back(earlier)
    asked = _asked(back, before)
    key = _key(sold, asked)
    for answer in earlier:
        if answer.key == key:
            return answer
    _check(sold, asked, before)
    after = dict(before)
    for each in asked:
        after[each.line] = after.get(each.line, 0) + each.quantity_milli
    discounts = discounts_back(sold, after, reprice)
    if discounts.gifts_due and not charge_gifts:
        raise GiftMissing(discounts.gifts_due)
    return answer_of(sold, key, asked, after, discounts, earlier)


def quantities_back(answers: Sequence[ReturnAnswer]) -> dict[int, int]:
    """Return how much of each line came back by some answers, thousandths."""
    found: dict[int, int] = {}
    for each in (each for answer in answers for each in answer.back):
        found[each.line] = found.get(each.line, 0) + each.quantity_milli
    return found


def _asked(back: Sequence[Back], before: dict[int, int]) -> tuple[Back, ...]:
    """Return what is asked, each line once, with what had come back of it then."""
    if len({each.line for each in back}) < len(back) or not back:
        raise ReturnRefused(0, "name at least one line, and each line once")
    return tuple(
        each if each.before_milli >= 0 else Back(each.line, each.quantity_milli, had)
        for each in sorted(back, key=lambda each: each.line)
        for had in (before.get(each.line, 0),)
    )


def _key(sold: Sold, asked: Sequence[Back]) -> str:
    ranges = (f"{x.line}:{x.before_milli}+{x.quantity_milli}" for x in asked)
    return f"{sold.sale}/{','.join(ranges)}"


def _check(sold: Sold, asked: Sequence[Back], before: dict[int, int]) -> None:
    quantities = dict(sold.quantities)
    parts = dict(sold.parts)
    for line, had in before.items():  # two sales that are open hold the same goods
        if had > quantities.get(line, had):
            raise ReturnRefused(line, "came back on another sale meanwhile: remove it here")
    for each in asked:
        if each.line in parts:
            raise ReturnRefused(each.line, f"is part of a set meal: give back {parts[each.line]}")
        if each.line not in quantities:
            raise ReturnRefused(each.line, "is not on the sale")
        had, sale = before.get(each.line, 0), quantities[each.line]
        if each.before_milli != had:
            gone = _amount(each.line, had)
            raise ReturnRefused(each.line, f"has come back to {gone} already: look again")
        if each.quantity_milli <= 0 or had + each.quantity_milli > sale:
            left = _amount(each.line, sale - had)
            raise ReturnRefused(each.line, f"has {left} left to come back")


def _amount(line: int, milli: int) -> str:
    """Return a quantity in words; that of a fee counts it."""
    return format_quantity(milli) if line > 0 else str(milli)


def answer_of(
    sold: Sold,
    key: str,
    asked: tuple[Back, ...],
    after: dict[int, int],
    discounts: Discounts,
    earlier: Sequence[ReturnAnswer],
    adjusted: tuple[Adjusted, ...] = (),
) -> ReturnAnswer:
    """Return the difference between all that is due now and what was given before."""
    given = [*(one for answer in earlier for one in answer.adjusted), *adjusted]
    sums = line_sums(sold, after, discounts.cells | still_adjusted(sold, after, given))
    due = sum(each.payable_minor for each in sums) - sum(x.refund_minor for x in earlier)
    paid = sum(x.payable_minor for x in line_sums(sold, dict(sold.quantities), sold.cells()))
    most = paid - sum(x.refund_minor for x in earlier)
    refund = min(max(0, due), most)
    return ReturnAnswer(
        key=key,
        back=asked,
        refund_minor=refund,
        waived_minor=refund - due,
        cells=_cells(sums, earlier),
        taxes=_taxes(sums, earlier),
        gifts_charged=discounts.gifts_due + discounts.gifts_charged,
        coupons=_coupons(discounts.coupons, earlier),
        voided=_voided(discounts.voided, earlier),
        earned=_earned(discounts.earned, earlier),
        points_restored=discounts.points - sum(x.points_restored for x in earlier),
        lines=_lines(sums, earlier),
        adjusted=adjusted,
    )


def _lines(sums: Sequence[LineSum], earlier: Sequence[ReturnAnswer]) -> tuple[LineBack, ...]:
    minors = {each.line: each.payable_minor for each in sums}
    for line in (line for answer in earlier for line in answer.lines):
        minors[line.line] -= line.minor
    return tuple(LineBack(line, minor) for line, minor in minors.items() if minor)


def _cells(sums: Sequence[LineSum], earlier: Sequence[ReturnAnswer]) -> tuple[Allocation, ...]:
    cells = {(each.line, rule): minor for each in sums for rule, minor in each.cells}
    for cell in (cell for answer in earlier for cell in answer.cells):
        cells[cell.line, cell.rule] = cells.get((cell.line, cell.rule), 0) - cell.minor
    rows = (Allocation(line, rule, minor) for (line, rule), minor in sorted(cells.items()))
    return tuple(cell for cell in rows if cell.minor)


def _taxes(sums: Sequence[LineSum], earlier: Sequence[ReturnAnswer]) -> tuple[TaxAmount, ...]:
    rows = {_tax(row): row for each in sums for row in each.taxes}
    for row in (row for answer in earlier for row in answer.taxes):
        now = rows[_tax(row)]
        rows[_tax(row)] = msgspec.structs.replace(
            now,
            base_minor=now.base_minor - row.base_minor,
            tax_minor=now.tax_minor - row.tax_minor,
        )
    return tuple(row for _, row in sorted(rows.items()) if row.tax_minor or row.base_minor)


def _tax(row: TaxAmount) -> tuple[int, str, int, bool]:
    return row.line, row.code, row.rate_ppm, row.included


def _coupons(
    coupons: Sequence[CouponBack], earlier: Sequence[ReturnAnswer]
) -> tuple[CouponBack, ...]:
    told = {each.code for answer in earlier for each in answer.coupons}
    return tuple(each for each in coupons if each.code not in told)


def _voided(
    voided: Sequence[CouponsVoided], earlier: Sequence[ReturnAnswer]
) -> tuple[CouponsVoided, ...]:
    rows = []
    for each in voided:
        before = sum(v.count for x in earlier for v in x.voided if v.rule == each.rule)
        if each.count > before:
            rows.append(CouponsVoided(each.rule, each.coupon, each.count - before))
    return tuple(rows)


def _earned(
    earned: Sequence[EarnedBack], earlier: Sequence[ReturnAnswer]
) -> tuple[EarnedBack, ...]:
    rows = []
    for each in earned:
        before = [e for x in earlier for e in x.earned if e.rule == each.rule]
        base = each.base_minor - sum(e.base_minor for e in before)
        extra = each.extra - sum(e.extra for e in before)
        if base > 0 or extra > 0:
            rows.append(EarnedBack(each.rule, max(0, base), each.times_ppm, max(0, extra)))
    return tuple(rows)
