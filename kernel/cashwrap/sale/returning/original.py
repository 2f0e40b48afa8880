"""The completed sale that goods come back of: found, and as a return looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from cashwrap.errors import InvalidInput
from cashwrap.money import MILLI
from cashwrap.promotions.repricing import Reprice
from cashwrap.promotions.returns.model import ReturnAnswer, Sold
from cashwrap.promotions.rules import RuleSet
from cashwrap.sale import edits
from cashwrap.sale.cart import effective
from cashwrap.sale.errors import NoSuchSale
from cashwrap.sale.events import SaleCompleted, SoldLine
from cashwrap.sale.projection import ended, sale_of_number
from cashwrap.sale.promoting import SaleRules
from cashwrap.sale.returning.projection import came_back, voided_by
from cashwrap.sale.shop_rules import ShopRules
from cashwrap.store.records import Record
from cashwrap.store.store import Store

if TYPE_CHECKING:
    from cashwrap.promotions.model import AppliedRule, BasketLine
    from cashwrap.sale.sale import Sale


class Original:
    """A completed sale, its rules, and the answers given so far: in the journal, or about to be."""

    def __init__(
        self,
        record: Record,
        rules: SaleRules | None,
        earlier: Sequence[ReturnAnswer] = (),
        voided_by: int = 0,
        waits_for: str = "",
    ) -> None:
        body = record.body()
        assert isinstance(body, SaleCompleted)  # see `completed_record`
        self.sale = body
        self.at_ms = record.envelope.wall_ms
        self.seq = record.seq
        self.earlier = tuple(earlier)
        self.voided_by = voided_by
        self.waits_for = waits_for  # another open sale that gives goods of it back just now
        self._rules = rules

    @cached_property
    def sold(self) -> Sold:
        """Return it as `decide_return` wants it."""
        return sold(self.sale, None if self._rules is None else self._rules.engine.rules)

    @cached_property
    def lines(self) -> Mapping[int, SoldLine]:
        """Return its lines by number."""
        return {line.line: line for line in self.sale.lines}

    @cached_property
    def weighed(self) -> frozenset[int]:
        """Return the lines of which any part may come back, not whole pieces alone."""
        found: dict[int, bool] = {}
        for edit in effective(self.sale.history):
            if isinstance(edit, edits.LineAdded | edits.GoodsChanged):
                found[edit.line] = edit.goods.measure == "weight"
        fractions = {line.line for line in self.sale.lines if line.quantity_milli % MILLI}
        return frozenset(line for line, weighed in found.items() if weighed) | fractions

    def reprice(self, lines: Sequence[BasketLine]) -> Sequence[AppliedRule]:
        """Price lines under its rules and its occasion."""
        return self._reprice(lines)

    @cached_property
    def _reprice(self) -> Reprice:
        from cashwrap.promotions.repricing import repricer

        proof = self.sale.priced.proof
        assert self._rules is not None  # only rules ask for this
        assert proof is not None
        assert proof.occasion is not None
        return repricer(self._rules.engine, proof.occasion)


def look_up(
    store: Store, rules: ShopRules, named: int | str, open_sales: Iterable[Sale], but: str = ""
) -> Original:
    """Return a completed sale by receipt number, or by its id.

    What other open sales (``but`` one) are about to give back, their money being under way, counts
    as given. Raises NoSuchSale.
    """
    record = completed_record(store, named)
    body = record.body()
    assert isinstance(body, SaleCompleted)
    with store.read() as reader:
        earlier = [one.answer for one in came_back(reader, body.sale)]
        voided = voided_by(reader, body.sale)
    waits_for = ""
    for sale in open_sales:
        if sale.id != but and sale.state == "tendering":
            returns = sale.cart.header.returns.values()
            claimed = [one.answer for one in returns if one.of_sale == body.sale]
            earlier += claimed
            waits_for = sale.id if claimed else waits_for
    proof = body.priced.proof
    known = None if proof is None or proof.occasion is None else rules.of(proof.rules_hash)
    return Original(record, known, earlier, voided, waits_for)


def completed_record(store: Store, named: int | str) -> Record:
    """Return the journal record of a completed sale.

    It is named by its receipt number, as a number or as printed, by the square code on the paper,
    or by its id. Raises NoSuchSale, ReceiptRefused, InvalidInput.
    """
    if not isinstance(named, str | int):
        raise InvalidInput(f"a receipt is named by its number, its code or its sale: {named!r:.60}")
    scanned = _scanned(store, named) if isinstance(named, str) else None
    if scanned is not None:
        return scanned
    number = _number(store, named)
    with store.read() as reader:
        sale = sale_of_number(reader, number) if number else str(named)
        place = None if sale is None else ended(reader, sale)
    if place is None or place.state != "completed":
        raise NoSuchSale(
            f"this till sold nothing on receipt {named!r:.60}: look at the paper again"
        )
    record = store.journal.get(place.seq)
    if record is None:
        raise NoSuchSale(
            f"receipt {place.number} was trimmed from this till's journal: "
            "take the goods back without a receipt, or at headquarters"
        )
    return record


def _number(store: Store, named: int | str) -> int:
    """Return the receipt number of 186, "186" or "S001-T1-000186"; 0 where it names none."""
    if isinstance(named, int):
        return named
    prefix = f"{'TRAINING-' * store.is_training}{store.identity.store}-{store.identity.till}-"
    digits = named.strip().removeprefix(prefix)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else 0


def _scanned(store: Store, text: str) -> Record | None:
    """Return the record that the square code of a receipt names; None for other text."""
    from cashwrap.receipt import lookup

    if not text.strip().startswith(("CW1/", "CWT1/")):
        return None
    paper = lookup.parse(text)
    if paper.training is not store.is_training:
        made = "in training" if paper.training else "in the shop, not in training"
        raise NoSuchSale(f"this receipt was made {made}: nothing can come back of it here")
    if (paper.store, paper.till) != (store.identity.store, store.identity.till):
        raise NoSuchSale(f"this receipt is of store {paper.store}, till {paper.till}: not this one")
    record = store.journal.get(paper.seq)
    if record is None or record.envelope.kind != SaleCompleted.kind:
        raise NoSuchSale("the journal of this till does not hold this receipt (any more)")
    if record.hash[: len(paper.anchor) // 2].hex() != paper.anchor:
        raise NoSuchSale("this receipt is not the one that the journal holds: look at the paper")
    return record


def sold(sale: SaleCompleted, rules: RuleSet | None = None) -> Sold:
    """Return what `cashwrap.promotions.returns.decide_return` needs of a sale.

    ``rules`` is the rule set of its proof (`promotions.projection.rules_of`), if it has one. A
    set meal goes back whole, under its own line; where rules look at its parts, part by part.
    """
    proof = sale.priced.proof
    seen = {line.line for line in proof.lines} if proof is not None else set()
    parts = tuple(
        (line.line, line.parent) for line in sale.lines if line.parent and line.line not in seen
    )
    held = {line for line, _ in parts}
    split = {line.parent for line in sale.lines if line.parent and line.line in seen}
    quantities = [
        (line.line, line.quantity_milli)
        for line in sale.lines
        if line.line not in held and line.line not in split
    ]
    quantities += [(-1 - position, 1) for position in range(len(sale.priced.fees))]
    return Sold(sale.sale, sale.priced, tuple(quantities), proof, rules or RuleSet(), parts)
