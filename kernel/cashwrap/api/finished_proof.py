"""Why a finished sale cost what it did, from its record."""

import msgspec

from cashwrap.promotions.model import PriceProof
from cashwrap.sale.events import SaleCompleted
from cashwrap.till import Till


class ProvedLine(msgspec.Struct, frozen=True):
    """Goods of the sale, and what each promotion or discount took off them."""

    line: int
    name: str
    quantity_milli: int
    rules: dict[str, int]


class FinishedProof(msgspec.Struct, frozen=True):
    """A sale's proof; ``names`` has the words for every promotion and discount, by language."""

    proof: PriceProof
    names: dict[str, dict[str, str]]
    lines: list[ProvedLine]
    list_minor: int
    discount_minor: int
    payable_minor: int


def finished_proof(till: Till, sale: str) -> FinishedProof | None:
    """Return why a finished sale cost what it did, None where it had no promotions."""
    body = till.record_of(sale).body()
    assert isinstance(body, SaleCompleted)  # see `Till.record_of`
    proof = body.priced.proof
    if proof is None:
        return None
    off: dict[int, dict[str, int]] = {}
    for cell in body.priced.allocations:
        rules = off.setdefault(cell.line, {})
        rules[cell.rule] = rules.get(cell.rule, 0) + cell.minor
    lines = [
        ProvedLine(one.line, one.name, one.quantity_milli, off.get(one.line, {}))
        for one in body.lines
    ]
    totals = body.priced.totals
    return FinishedProof(
        proof, _names(till, body, proof), lines,
        totals.list_minor, totals.discount_minor, totals.payable_minor,
    )  # fmt: skip


def _names(till: Till, sale: SaleCompleted, proof: PriceProof) -> dict[str, dict[str, str]]:
    """Return the words of the rules, of those that gave nothing too where they are still known."""
    names = {rule: dict(words) for rule, words in sale.rule_names.items()}
    rules = till.shop_rules.of(proof.rules_hash)
    for one in proof.rejected:
        found = rules.find(one.rule)
        if found is not None:
            names.setdefault(one.rule, dict(found.name))
    return names
