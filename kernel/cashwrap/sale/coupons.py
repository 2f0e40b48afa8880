"""Coupons that this till issued or took: which there are, and which are used up.

A shop's own issuer, a member plugin or headquarters, may hold more; those are added with the rule
that they are for. Public codes, which are the id of their rule, are never used up.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256

import msgspec

from cashwrap.events import Envelope, Event, event
from cashwrap.promotions.model import HeldCoupon, PriceProof
from cashwrap.store.tables import Reader, Writer

COUPONS = "coupons.known"  # SHA-256 of the code -> KnownCoupon
CODE_CHARACTERS = 12
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that is read as another


@event("sale.coupons")
class CouponsSettled(Event, frozen=True, array_like=True, gc=False):
    """A completed sale used coupons up, or issued some for a next one; journaled beside it.

    Where goods come back, coupons that they had used are ``restored``, and some that had been
    issued for them are ``voided``.
    """

    sale: str
    used: tuple[HeldCoupon, ...] = ()
    issued: tuple[HeldCoupon, ...] = ()
    restored: tuple[HeldCoupon, ...] = ()
    voided: tuple[HeldCoupon, ...] = ()


class KnownCoupon(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A coupon, and the sale that used it up, "" for none.

    ``voided_by`` is the return of the goods that it had been issued for.
    """

    coupon: HeldCoupon
    used_by: str = ""
    voided_by: str = ""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(KnownCoupon).decode


def settled(sale: str, proof: PriceProof) -> CouponsSettled | None:
    """Return what a completed sale does to coupons, or None where there are none."""
    held = {coupon.code: coupon for coupon in (proof.occasion.coupons if proof.occasion else ())}
    used = [held[code] for code in used_codes(proof) if held[code].code != held[code].rule]
    codes = issued_codes(sale, proof)
    issued = [
        HeldCoupon(reward.coupon, code)
        for reward in proof.rewards
        for code in codes.get(reward.rule, ())
    ]
    return CouponsSettled(sale, tuple(used), tuple(issued)) if used or issued else None


def issued_codes(sale: str, proof: PriceProof) -> dict[str, tuple[str, ...]]:
    """Return the codes of the coupons that a sale issues, by the rule that gives them."""
    return {
        reward.rule: tuple(code_of(f"{sale}/{reward.rule}/{n}") for n in range(reward.count))
        for reward in proof.rewards
        if reward.kind == "coupon"
    }


def used_codes(proof: PriceProof) -> tuple[str, ...]:
    """Return the codes of the coupons that a sale uses, each once, in order of the proof."""
    found: list[str] = []
    for applied in proof.applied:
        for use in applied.uses:
            found += use.coupon.split()
    found += [reward.used for reward in proof.rewards]
    found += [fee.used for fee in proof.fees]
    return tuple(dict.fromkeys(code for code in found if code))


def known_coupon(reader: Reader, code: str) -> KnownCoupon | None:
    """Return a coupon of this till's journal, or None."""
    found = reader.get(COUPONS, _key(code))
    return None if found is None else _decode(found)


class CouponProjection:
    """Folds coupons that were issued and used."""

    name: str = "coupons"
    version: int = 1
    tables: tuple[str, ...] = (COUPONS,)
    reads: Mapping[str, type[Event]] = {CouponsSettled.kind: CouponsSettled}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        assert isinstance(body, CouponsSettled)
        for known in _known(body):
            writer.put(COUPONS, _key(known.coupon.code), _encode(known))


def _known(body: CouponsSettled) -> Iterator[KnownCoupon]:
    yield from (KnownCoupon(coupon) for coupon in body.issued)
    yield from (KnownCoupon(coupon, body.sale) for coupon in body.used)
    yield from (KnownCoupon(coupon) for coupon in body.restored)
    yield from (KnownCoupon(coupon, "", body.sale) for coupon in body.voided)


def code_of(seed: str) -> str:
    """Return a coupon's code, made of what it is issued for: the same again for the same."""
    number = int.from_bytes(sha256(seed.encode()).digest()[:8], "big")
    return "".join(_ALPHABET[number >> 5 * i & 31] for i in range(CODE_CHARACTERS))


def _key(code: str) -> bytes:
    return sha256(code.encode()).digest()
