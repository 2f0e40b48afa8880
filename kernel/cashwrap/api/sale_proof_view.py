"""Why the promotions of an open sale are what they are, as pages and programs see it."""

import msgspec

from cashwrap.promotions.model import (
    AppliedRule,
    BasketLine,
    Certificate,
    FeeRule,
    GiftOffer,
    Occasion,
    RejectedRule,
    Reward,
)
from cashwrap.sale.sale import Sale


class ProofView(msgspec.Struct, frozen=True, kw_only=True):
    """The kernel's proof of a price, and the words for each promotion by language (``names``).

    It holds all that the choice was made from, so that it can be checked again later with nothing
    but the rule set of its hash.
    """

    rules_hash: str
    applied: tuple[AppliedRule, ...]
    rejected: tuple[RejectedRule, ...]
    rewards: tuple[Reward, ...]
    offers: tuple[GiftOffer, ...]
    fees: tuple[FeeRule, ...]
    faults: tuple[str, ...]
    certificate: Certificate
    occasion: Occasion | None
    lines: tuple[BasketLine, ...]
    by_hand: tuple[tuple[int, int], ...]
    names: dict[str, dict[str, str]]


def proof_view(sale: Sale) -> ProofView | None:
    """Return the proof of a sale as it stands, None where no rules count."""
    proof = sale.proof()
    if proof is None:
        return None
    found = {name: getattr(proof, name) for name in proof.__struct_fields__}
    return ProofView(**found, names={rule.id: dict(rule.name) for rule in sale.rules})
