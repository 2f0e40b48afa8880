"""Coupons of a sale whose goods come back: given again, issued anew, or void."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cashwrap.promotions.model import HeldCoupon
from cashwrap.promotions.returns.model import ReturnAnswer
from cashwrap.sale.coupons import CouponsSettled, code_of, issued_codes
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import ReturnAdded

if TYPE_CHECKING:
    from cashwrap.sale.returning.original import Original


class GivenBack(NamedTuple):
    """The same codes again, new ones in place of others, and issued ones that count no more."""

    restored: tuple[HeldCoupon, ...] = ()
    reissued: tuple[HeldCoupon, ...] = ()
    voided: tuple[HeldCoupon, ...] = ()


def given_back(
    desk: Desk, sale: str, original: Original, answer: ReturnAnswer, *, whole: bool
) -> GivenBack:
    """Return what an answer does to coupons.

    A sale that is reversed as a ``whole`` gives every coupon back as it was. Public codes, which
    are the id of their rule, were never used up; issued coupons that were spent are not void.
    """
    proof = original.sale.priced.proof
    if proof is None or not (answer.coupons or answer.voided):
        return GivenBack()
    held = {coupon.code: coupon for coupon in (proof.occasion.coupons if proof.occasion else ())}
    restored, reissued = [], []
    for each in answer.coupons:
        how = "restore" if whole else each.how
        if each.code == each.rule or how == "void":
            continue
        if how == "restore":
            restored.append(held.get(each.code, HeldCoupon(each.rule, each.code)))
        else:
            seed = f"{sale}/{original.sale.sale}/{each.code}"
            reissued.append(HeldCoupon(each.rule, code_of(seed)))
    return GivenBack(tuple(restored), tuple(reissued), _voided(desk, original, answer))


def _voided(desk: Desk, original: Original, answer: ReturnAnswer) -> tuple[HeldCoupon, ...]:
    proof = original.sale.priced.proof
    assert proof is not None  # see `given_back`
    codes = issued_codes(original.sale.sale, proof)
    found = []
    for each in answer.voided:
        known = [desk.known_coupon(code) for code in codes.get(each.rule, ())]
        unspent = [one.coupon for one in known if one is not None and not one.used_by]
        found += unspent[: each.count]
    return tuple(found)


def settled_back(sale: str, edit: ReturnAdded) -> CouponsSettled | None:
    """Return what a completed return does to coupons, or None where there are none."""
    if not (edit.restored or edit.reissued or edit.voided):
        return None
    return CouponsSettled(sale, (), edit.reissued, edit.restored, edit.voided)
