"""What promotions do on a sale, and what they would do, as pages and programs see it."""

from typing import Literal

import msgspec

from cashwrap.api.names import Names, name_of
from cashwrap.api.offer_view import names_goods
from cashwrap.promotions.model import Hint
from cashwrap.promotions.rules import PayPoints, Rule
from cashwrap.sale.sale import Sale

Named = dict[str, Rule]  # the rules of the sale, by id


class AppliedView(msgspec.Struct, frozen=True):
    """A promotion that counts, and what it saves."""

    rule: str
    name: Names
    saving_minor: int


class HintView(msgspec.Struct, frozen=True):
    """What the customer could add to pay ``gain_minor`` less for it.

    ``names_goods``: they are of some goods only, which `GET /sales/{sale}/rules/{rule}/goods` has.
    """

    rule: str
    name: Names
    add_minor: int
    add_count: int
    gain_minor: int
    names_goods: bool


class OfferView(msgspec.Struct, frozen=True):
    """Gifts or add-ons that the customer may still take, of the rule's goods; free: for nothing."""

    rule: str
    name: Names
    units: int
    free: bool


class RewardView(msgspec.Struct, frozen=True):
    """What a promotion gives other than money off: points (so many times), or coupons."""

    rule: str
    name: Names
    kind: Literal["points", "coupon"]
    times_ppm: int
    extra: int
    count: int


class ChoiceView(msgspec.Struct, frozen=True):
    """A promotion that waits to be chosen, or was left out."""

    rule: str
    name: Names
    choice: str


def applied_views(sale: Sale, named: Named) -> list[AppliedView]:
    """Return the promotions that count."""
    proof = sale.proof()
    applied = () if proof is None else proof.applied
    return [AppliedView(one.rule, name_of(named, one.rule), one.saving_minor) for one in applied]


def hint_views(sale: Sale, named: Named) -> list[HintView]:
    """Return what the customer could add to pay less."""
    return [_hint(hint, named) for hint in sale.hints()]


def offer_views(sale: Sale, named: Named) -> list[OfferView]:
    """Return the gifts and add-ons that the customer may still take."""
    return [
        OfferView(one.rule, name_of(named, one.rule), one.units, _is_gift(named, one.rule))
        for one in sale.offers()
    ]


def choice_views(sale: Sale, named: Named) -> list[ChoiceView]:
    """Return the promotions that somebody chooses, and those that were left out."""
    ticked = sale.cart.header.ticked
    return [
        ChoiceView(rule.id, dict(rule.name), ticked.get(rule.id, ""))
        for rule in named.values()
        if rule.opt_in or rule.id in ticked
    ]


def reward_views(sale: Sale, named: Named) -> list[RewardView]:
    """Return the points and coupons that promotions give."""
    proof = sale.proof()
    return [
        RewardView(
            one.rule, name_of(named, one.rule), one.kind, one.times_ppm, one.extra, one.count
        )
        for one in (() if proof is None else proof.rewards)
    ]


def points_used(sale: Sale, named: Named) -> int:
    """Return how many points of the customer the sale is paid with."""
    proof = sale.proof()
    return sum(
        use.times
        for one in (() if proof is None else proof.applied)
        for use in one.uses
        if one.rule in named and isinstance(named[one.rule].benefit, PayPoints)
    )


def _hint(hint: Hint, named: Named) -> HintView:
    rule, words = named.get(hint.rule), name_of(named, hint.rule)
    of_some = rule is not None and names_goods(rule)
    return HintView(hint.rule, words, hint.add_minor, hint.add_count, hint.gain_minor, of_some)


def _is_gift(named: Named, rule: str) -> bool:
    found = named.get(rule)
    return found is not None and found.gift
