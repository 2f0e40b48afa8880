"""Our ledger against a provider's settlement: what matches, what differs, what only one side has.

Payments count positive and refunds negative, so every sum is money that came in. The whole file is
read, and its digest checked, before anything is said about any line.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import msgspec

from cashwrap.money import checked
from cashwrap.tender.driver import SettlementLine
from cashwrap.tender.errors import SettlementDamaged
from cashwrap.tender.payments import Payment

Finding = Literal["matched", "amount_differs", "only_ours", "only_theirs"]


class LedgerLine(NamedTuple):
    """One movement in our books; ``refund`` is "" for the payment itself."""

    intent: str
    refund: str
    amount_minor: int  # refunds below zero


class ReconciledLine(msgspec.Struct, frozen=True):
    """One movement on both sides; the side that does not have it has 0."""

    intent: str
    refund: str
    finding: Finding
    ours_minor: int
    theirs_minor: int
    fee_minor: int = 0


class Reconciliation(msgspec.Struct, frozen=True):
    """All lines by intent and refund. ``theirs - ours`` is the sum of all differences, exactly.

    ``payout_minor`` is what the provider should transfer: theirs less its fees.
    """

    lines: tuple[ReconciledLine, ...]
    ours_minor: int
    theirs_minor: int
    fee_minor: int

    @property
    def payout_minor(self) -> int:
        """What should arrive at the bank."""
        return self.theirs_minor - self.fee_minor

    @property
    def clean(self) -> bool:
        """Whether every line matched."""
        return all(line.finding == "matched" for line in self.lines)

    def of(self, finding: Finding) -> tuple[ReconciledLine, ...]:
        """Return the lines with one finding."""
        return tuple(line for line in self.lines if line.finding == finding)


def ledger_lines(
    payments: Iterable[Payment], driver: str, from_ms: int, until_ms: int
) -> Iterator[LedgerLine]:
    """Yield what a driver moved during [from_ms, until_ms) by our books.

    A late approval is in it and so is its refund, because the provider's file has them too.
    """
    for payment in payments:
        if payment.driver != driver:
            continue
        if payment.charged_minor and from_ms <= payment.decided_ms < until_ms:
            yield LedgerLine(payment.id, "", payment.charged_minor)
        for back in payment.refunds:
            if back.state == "given_back" and not back.beside:
                if from_ms <= back.settled_ms < until_ms:
                    yield LedgerLine(payment.id, back.id, -back.amount_minor)


def reconcile(ours: Iterable[LedgerLine], theirs: Iterable[SettlementLine]) -> Reconciliation:
    """Compare our movements with theirs. Raises SettlementDamaged as ``theirs`` does.

    Lines of one key are summed first, so a charge that stands twice in the provider's file shows
    as an amount that differs.
    """
    left: dict[tuple[str, str], int] = {}
    right: dict[tuple[str, str], int] = {}
    fees: dict[tuple[str, str], int] = {}
    for line in theirs:
        key = line.intent, line.refund if line.kind == "refund" else ""
        amount = -line.amount_minor if line.kind == "refund" else line.amount_minor
        right[key] = checked(right.get(key, 0) + amount)
        fees[key] = checked(fees.get(key, 0) + line.fee_minor)
    for own in ours:
        key = own.intent, own.refund
        left[key] = checked(left.get(key, 0) + own.amount_minor)
    lines = tuple(
        ReconciledLine(
            *key,
            _finding(left.get(key), right.get(key)),
            left.get(key, 0),
            right.get(key, 0),
            fees.get(key, 0),
        )
        for key in sorted(left.keys() | right.keys())
    )
    return Reconciliation(
        lines,
        checked(sum(left.values())),
        checked(sum(right.values())),
        checked(sum(fees.values())),
    )


def check_digest(data: bytes, expected_hex: str, algorithm: str = "sha1") -> bytes:
    """Return a settlement file's bytes if they have the digest that the provider named.

    Raises SettlementDamaged. SHA-1 is what several providers use; it finds damage, not forgery.
    """
    found = hashlib.new(algorithm, data, usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(found, expected_hex.strip().lower()):
        raise SettlementDamaged(f"{algorithm} {expected_hex}", found)
    return data


def _finding(ours: int | None, theirs: int | None) -> Finding:
    if theirs is None:
        return "only_ours"
    if ours is None:
        return "only_theirs"
    return "matched" if ours == theirs else "amount_differs"
