"""``cashwrap proof``: why a sale cost what it cost, checked again."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.language import language, language_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.cli.proof_page import Teller
    from cashwrap.errors import Issue
    from cashwrap.promotions.model import PriceProof
    from cashwrap.promotions.rules import RuleSet
    from cashwrap.sale.events import SaleCompleted
    from cashwrap.store.look import Look

ABOUT = """\
Show why a sale cost what it cost: every rule that applied with its units, what it was
measured on and what came off, why other rules did not, and what the search can say. The
stored proof is then checked again from the goods and the rules alone, by code that knows
nothing of the search; and the sale is solved again, which must give the same bytes. A till
may be open on the shop; a backup file will do too."""

NEXT = """\
example:
  cashwrap proof 17
  cashwrap proof last -f corner-shop --language en
  cashwrap proof 0198c2e4-77aa-7b7e-8d1f-0a4f6f0c2b11 --json

Exit code: 0 the proof holds, 1 it does not, or cannot be checked here."""


class Verdict(NamedTuple):
    """What checking a proof again has shown: issues, and whether solving again gave the same."""

    issues: list[Issue]
    same: bool | None = None
    why_not: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the proof."""
        return not self.issues and self.same is not False and not self.why_not


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    text = "the sale: its receipt number, its id, or `last`"
    parser.add_argument("sale", metavar="SALE", help=text)
    folder(parser, positional=False)
    language(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Show it and check it."""
    from cashwrap.cli.shop import looked_into

    with looked_into(folder_of(args)) as shop:
        sale = sale_of(shop.look, args.sale)
        proof = sale.priced.proof
        rules = _rules(shop.look, proof) if proof is not None else None
    currency = shop.settings.currency
    spoken = language_of(args, shop.settings)
    verdict = _verdict(sale, proof, rules) if proof is not None else Verdict([])
    _tell(sale, rules, verdict, spoken, currency.amount, out)
    out.result(
        sale=sale.sale,
        number=sale.number,
        policy_hash=sale.priced.policy_hash,
        proof=proof,
        holds=verdict.holds,
        issues=verdict.issues,
        solved_again=verdict.same,
        why_not=verdict.why_not,
    )
    return exits.OK if verdict.holds else exits.REFUSED


def sale_of(look: Look, text: str) -> SaleCompleted:
    """Return a completed sale by its number, its id, or ``last``. Raises NoSuchSale."""
    from cashwrap.sale.errors import NoSuchSale
    from cashwrap.sale.events import SaleCompleted
    from cashwrap.sale.projection import ended, sale_of_number, series_totals

    with look.read() as reader:
        last = series_totals(reader).last_number
        digits = str(last) if text == "last" else text.rpartition("-")[2]
        place = ended(reader, text)
        if place is None and digits.isascii() and digits.isdigit() and len(digits) < 18:
            sale = sale_of_number(reader, int(digits))
            place = ended(reader, sale) if sale else None
    record = look.journal.get(place.seq) if place is not None else None
    body = record.body() if record is not None else None
    if not isinstance(body, SaleCompleted):
        if not last:
            raise NoSuchSale("there is no receipt here yet")
        raise NoSuchSale(f"there is no completed sale {text!r} here: the last receipt is {last}")
    return body


def _rules(look: Look, proof: PriceProof) -> RuleSet | None:
    from cashwrap.promotions.errors import RulesError
    from cashwrap.promotions.projection import rules_of

    try:
        with look.read() as reader:
            return rules_of(reader, proof.rules_hash)
    except RulesError:
        return None


def _verdict(sale: SaleCompleted, proof: PriceProof, rules: RuleSet | None) -> Verdict:
    """Check the proof again, apart from the engine and then with it."""
    from cashwrap.promotions.recheck.proof import recheck_promotions

    if rules is None:
        return Verdict([], None, "no_rules")
    parts = {line.line: line.parent for line in sale.lines if line.parent}
    issues = recheck_promotions(sale.priced, rules, proof, parts)
    return Verdict(issues, solved_again(proof, rules) == encoded(proof))


def solved_again(proof: PriceProof, rules: RuleSet) -> bytes:
    """Return the bytes of the proof of the same goods, rules and occasion, solved anew."""
    from cashwrap.host.looking import sources_here
    from cashwrap.promotions.engine import PromotionEngine
    from cashwrap.promotions.explain.extras import after_hand

    assert proof.occasion is not None
    engine = PromotionEngine(rules, plugins=sources_here())
    basket = engine.basket(proof.occasion)
    for line in proof.lines:
        basket.put(line)
    return encoded(after_hand(basket.solve().proof(), rules, proof.by_hand))


def encoded(proof: PriceProof) -> bytes:
    """Return a proof's bytes, as the journal holds them."""
    import msgspec

    return msgspec.msgpack.encode(proof)


def _tell(
    sale: SaleCompleted,
    rules: RuleSet | None,
    verdict: Verdict,
    spoken: str,
    money: Callable[[int], str],
    out: Output,
) -> None:
    from cashwrap.cli.proof_page import Teller, by_id, tell

    proof = sale.priced.proof
    teller = Teller(spoken, money, _names(sale), by_id(rules))
    out.say(f"{sale.number}  {sale.sale}\n")
    if proof is None:
        out.say(teller.word("no_proof"))
        return
    tell(proof, teller, out)
    named = f" {rules.name} v{rules.version}" if rules is not None else ""
    out.say(f"\n{teller.word('rules')}: {proof.rules_hash}{named}")
    out.say(f"{teller.word('policy')}: {sale.priced.policy_hash}")
    certificate = proof.certificate
    key = "proved" if certificate.proved else "unproved"
    text = teller.word(key, gap=teller.money(certificate.gap_minor), nodes=certificate.nodes)
    out.say(f"{teller.word('certificate')}: {text}")
    for text in _verdict_texts(proof, verdict, teller):
        out.say(text)


def _verdict_texts(proof: PriceProof, verdict: Verdict, teller: Teller) -> list[str]:
    if verdict.why_not:
        return [f"{teller.word('recheck')}: {teller.word('no_rules', hash=proof.rules_hash)}"]
    word = teller.word
    said = word("unsound", count=len(verdict.issues)) if verdict.issues else word("sound")
    again = word("same" if verdict.same else "differs")
    return [
        f"{word('recheck')}: {said}",
        *(f"  {issue}" for issue in verdict.issues),
        f"{word('solved')}: {again}",
    ]


def _names(sale: SaleCompleted) -> Mapping[int, str]:
    return {line.line: line.name for line in sale.lines}
