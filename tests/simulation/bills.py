"""One sale as its customer and its clerk know it, and the rule that says a book is broken."""

from __future__ import annotations

from collections import Counter

import msgspec

from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.sale import Sale

_encode = msgspec.msgpack.Encoder().encode


class Wrong(Exception):
    """The till and the books disagree. ``check`` names the rule that is broken."""

    def __init__(self, check: str, what: str) -> None:
        super().__init__(check, what)
        self.check = check
        self.what = what

    def __str__(self) -> str:
        return f"{self.check}: {self.what}"


def hold(check: str, holds: bool, what: str) -> None:
    """Raise Wrong unless a rule holds."""
    if not holds:
        raise Wrong(check, what)


def difference(known: list[bytes], found: list[bytes]) -> str:
    """Return in words where two histories part."""
    for place, (one, other) in enumerate(zip(known, found, strict=False)):
        if one != other:
            was, now = msgspec.msgpack.decode(one), msgspec.msgpack.decode(other)
            return f"edit {place}: {was} became {now}"
    return f"{len(known)} edits, {len(found)} found"


def encoded(edits: tuple[AnyEdit, ...] | list[AnyEdit]) -> list[bytes]:
    """Return edits in a form that is equal where they are."""
    return [_encode(edit) for edit in edits]


class Wants:
    """What the clerk is about to do with a sale; over as soon as the till has answered."""

    def __init__(self) -> None:
        self.tendered = 0  # cash in the clerk's hand
        self.back = False  # what was paid is given back
        self.refund = False
        self.cancel = False
        self.suspend = False
        self.resume = False


class Bill:
    """One sale: what lies on the counter, what the screen says, and what was paid."""

    def __init__(self, sale: str, register: str) -> None:
        self.sale = sale
        self.register = register
        self.edits: list[bytes] = []
        self.flushed = 0  # how many edits no power cut can take
        self.lines: dict[int, tuple[str, int]] = {}  # line -> SKU, thousandths
        self.back: dict[str, dict[int, tuple[str, int]]] = {}  # original -> line -> SKU, milli
        self.damaged = False  # what came back cannot be sold again
        self.payable = 0
        self.returned = 0
        self.cash = 0  # what cash counts, less what went out
        self.credit = 0  # what credit notes count, less what was issued
        self.wants = Wants()
        self.number = 0
        self.code = ""  # of the newest hold
        self.held_ms = 0
        self.voids = 0  # the receipt that it reverses
        self.paid_lines: dict[int, int] = {}  # line -> what the customer gave for it
        self.is_sale = True

    def saw(self, sale: Sale) -> None:
        """Take note of what the screen shows."""
        self.edits += encoded(list(sale.history[len(self.edits) :]))
        self.register = sale.register
        self.lines = {line.number: (line.goods.sku, line.quantity_milli) for line in sale.lines}
        self.payable = sale.totals.payable_minor
        self.returned = sale.cart.returned_minor
        self.back = {}
        for added in sale.cart.header.returns.values():
            of = self.back.setdefault(added.of_sale, {})
            for each in added.goods:
                if each.line > 0:
                    of[each.line] = each.sku, of.get(each.line, ("", 0))[1] + each.quantity_milli
            self.damaged = bool(added.location)

    def forget_after(self, history: tuple[AnyEdit, ...]) -> None:
        """Take note that the newest edits are gone."""
        self.edits = encoded(history)
        self.flushed = min(self.flushed, len(self.edits))

    @property
    def net(self) -> int:
        """What the customer pays in the end, below zero where money goes out."""
        return self.payable - self.returned

    def taken_from_shelf(self) -> Counter[str]:
        """Return what leaves the shelf, thousandths by SKU, less what lies there again."""
        moved: Counter[str] = Counter()
        for sku, milli in self.lines.values():
            moved[sku] += milli
        for of in () if self.damaged else self.back.values():
            for sku, milli in of.values():
                moved[sku] -= milli
        return moved
