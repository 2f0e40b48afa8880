"""Build the receipt of a sale from its pricing result and its words."""

import re
from collections import defaultdict
from datetime import UTC, datetime

import msgspec

from cashwrap.money import checked
from cashwrap.pricing.model import Allocation
from cashwrap.receipt import lookup
from cashwrap.receipt.model import (
    Discount,
    FeeRow,
    LineText,
    Mark,
    Receipt,
    ReceiptInput,
    ReceiptLine,
    ReceiptRefused,
    ReceiptTotals,
    Savings,
    TaxRow,
    Words,
)

ANCHOR_BYTES = 8
_ROUNDING = "rounding"  # the matrix shares out the total's rounding; the paper shows it once
_CARD_NUMBER = re.compile(r"(?:\d[ -]?){11,}")
_YEAR_3000_MS = 32_503_680_000_000


def build(given: ReceiptInput) -> Receipt:
    """Return the receipt.

    Raises ReceiptRefused when lines and pricing do not name the same lines, the digest is not a
    SHA-256, the time is no date, or an account is not masked; checked in that order.
    """
    _check(given)
    record = given.record
    anchor = record.digest[:ANCHOR_BYTES].hex()
    return Receipt(
        kind=given.kind,
        marks=_marks(given),
        shop=given.shop,
        store=record.store,
        till=record.till,
        epoch=record.epoch,
        seq=record.seq,
        number=record.number,
        anchor=anchor,
        lookup=lookup.text(
            record.store, record.till, record.epoch, record.seq, anchor, training=given.training
        ),
        wall_ms=given.wall_ms,
        utc_offset_min=given.utc_offset_min,
        currency=given.currency,
        lines=_gift_lines(given) if given.gift else _lines(given),
        totals=None if given.gift else _totals(given),
        taxes=() if given.gift else _taxes(given),
        tenders=() if given.gift else given.tenders,
        staff=given.staff,
        customer=given.customer,
        original=given.original,
        reason=given.reason,
        messages=given.messages,
        footer=given.footer,
        savings=None if given.gift else _savings(given),
        returned=() if given.gift else given.returned,
        voided_by=given.voided_by,
        register=record.register,
    )


def reprint(receipt: Receipt, copy: int) -> Receipt:
    """Return the receipt marked as its ``copy``-th reprint (1 is the first one after the original).

    The caller counts the copies and journals each; a lower or equal number than the receipt
    already carries is refused.
    """
    carried = max((mark.number for mark in receipt.marks if mark.kind == "copy"), default=0)
    if copy <= carried:
        raise ReceiptRefused(f"copy {copy} was printed before: the next one is {carried + 1}")
    others = tuple(mark for mark in receipt.marks if mark.kind != "copy")
    return msgspec.structs.replace(receipt, marks=(Mark("copy", copy), *others))


def _check(given: ReceiptInput) -> None:
    described = [each for line in given.lines for each in _covered(line)]
    priced = [line.line for line in given.priced.lines]
    if len(set(described)) != len(described) or set(described) != set(priced):
        raise ReceiptRefused(f"lines {described} are described, but {priced} are priced")
    if len(given.record.digest) != 32:
        raise ReceiptRefused(
            f"the record's hash has {len(given.record.digest)} bytes: give its SHA-256 (32 bytes)"
        )
    if not (0 <= given.wall_ms < _YEAR_3000_MS and abs(given.utc_offset_min) < 24 * 60):
        raise ReceiptRefused(
            f"wall_ms {given.wall_ms} at offset {given.utc_offset_min} min is no date of a sale"
        )
    if given.copy < 0:
        raise ReceiptRefused(f"copy {given.copy}: the first print is 0, reprints count from 1")
    for tender in given.tenders:
        if _CARD_NUMBER.search(f"{tender.account} "):
            raise ReceiptRefused(f"the account of tender {tender.name!r} is not masked")


def _marks(given: ReceiptInput) -> tuple[Mark, ...]:
    marks = [Mark("copy", given.copy)] if given.copy else []
    if given.training:
        marks.append(Mark("training"))
    if given.kind == "void" or given.voided_by:
        marks.append(Mark("void"))
    if given.gift:
        marks.append(Mark("gift"))
    elif any(tender.in_doubt for tender in given.tenders):
        marks.append(Mark("in_doubt"))
    return tuple(marks)


def _lines(given: ReceiptInput) -> tuple[ReceiptLine, ...]:
    priced = {line.line: line for line in given.priced.lines}
    taken: dict[int, list[Allocation]] = defaultdict(list)
    for cell in given.priced.allocations:
        if cell.rule != _ROUNDING:
            taken[cell.line].append(cell)
    return tuple(
        ReceiptLine(
            line=line.line,
            name=line.name,
            second_name=line.second_name,
            quantity_milli=line.quantity_milli,
            unit=line.unit,
            unit_minor=line.unit_minor,
            was_unit_minor=line.was_unit_minor,
            amount_minor=checked(sum(priced[each].gross_minor for each in _covered(line))),
            payable_minor=checked(sum(priced[each].payable_minor for each in _covered(line))),
            discounts=_discounts(given, [cell for each in _covered(line) for cell in taken[each]]),
            modifiers=line.modifiers,
            components=line.components,
            notes=line.notes,
        )
        for line in given.lines
    )


def _covered(line: LineText) -> tuple[int, ...]:
    """Return the numbers of the priced lines that a printed line stands for."""
    return line.parts or (line.line,)


def _discounts(given: ReceiptInput, cells: list[Allocation]) -> tuple[Discount, ...]:
    sums: dict[str, int] = {}
    for cell in cells:
        sums[cell.rule] = sums.get(cell.rule, 0) + cell.minor
    return tuple(
        Discount(rule, *_named(given, rule, minor)) for rule, minor in sums.items() if minor
    )


def _named(given: ReceiptInput, rule: str, minor: int) -> tuple[str, int, Words]:
    words = given.rule_words.get(rule, {})
    name = given.rule_names.get(rule) or next(iter(words.values()), rule)
    return name, checked(minor), words


def _savings(given: ReceiptInput) -> Savings | None:
    fees = sum(min(0, fee.amount_minor) for fee in given.priced.fees)
    saved = checked(given.priced.totals.discount_minor - fees)
    if not (saved > 0 and given.rule_words) and not given.rewards:
        return None
    return Savings(
        saved_minor=max(0, saved),
        coupons_used=given.coupons_used,
        points_used=given.points_used,
        rewards=given.rewards,
    )


def _gift_lines(given: ReceiptInput) -> tuple[ReceiptLine, ...]:
    return tuple(_gift_line(line) for line in given.lines)


def _gift_line(line: LineText) -> ReceiptLine:
    replace = msgspec.structs.replace
    return ReceiptLine(
        line=line.line,
        name=line.name,
        second_name=line.second_name,
        quantity_milli=line.quantity_milli,
        unit=line.unit,
        unit_minor=None,
        was_unit_minor=None,
        amount_minor=None,
        payable_minor=None,
        discounts=(),
        modifiers=tuple(replace(each, price_minor=0) for each in line.modifiers),
        components=tuple(
            replace(
                part,
                upcharge_minor=0,
                modifiers=tuple(replace(each, price_minor=0) for each in part.modifiers),
            )
            for part in line.components
        ),
        notes=line.notes,
    )


def _totals(given: ReceiptInput) -> ReceiptTotals:
    sums = given.priced.totals
    paid = sum(tender.amount_minor for tender in given.tenders)
    returned_minor = sum(back.refund_minor for back in given.returned)
    payable_minor = checked(sums.payable_minor - returned_minor)
    return ReceiptTotals(
        list_minor=sums.list_minor,
        discount_minor=sums.discount_minor,
        fees=tuple(
            FeeRow(
                given.fee_names.get(fee.id, fee.id),
                fee.amount_minor,
                given.rule_words.get(fee.id, {}),
            )
            for fee in given.priced.fees
        ),
        tax_added_minor=sums.tax_added_minor,
        tax_minor=sums.tax_minor,
        rounding_minor=sums.rounding_minor,
        payable_minor=payable_minor,
        tender_rounding_minor=given.tender_rounding_minor,
        due_minor=checked(payable_minor + given.tender_rounding_minor - paid),
        returned_minor=returned_minor,
        change_minor=checked(sum(tender.change_minor for tender in given.tenders)),
        order_discounts=_discounts(
            given, [cell for cell in given.priced.allocations if cell.rule in given.order_rules]
        ),
    )


def _taxes(given: ReceiptInput) -> tuple[TaxRow, ...]:
    """Sum the taxes of lines and fees by code and rate, less those that went back."""
    sums: dict[tuple[str, int, bool], list[int]] = {}
    for sign, rows in ((1, given.priced.taxes), (-1, given.returned_taxes)):
        for row in rows:
            cell = sums.setdefault((row.code, row.rate_ppm, row.included), [0, 0])
            cell[0] += sign * row.base_minor
            cell[1] += sign * row.tax_minor
    return tuple(
        TaxRow(code, given.tax_names.get(code, code), rate, checked(base), checked(tax), included)
        for (code, rate, included), (base, tax) in sums.items()
    )


def local_time(receipt: Receipt) -> str:
    """Return the shop's own date and time, e.g. ``2026-11-22 18:05:09``."""
    return local_at(receipt.wall_ms, receipt.utc_offset_min)


def local_at(wall_ms: int, utc_offset_min: int) -> str:
    """Return a moment as the shop's own date and time."""
    seconds = wall_ms // 1000 + utc_offset_min * 60
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
