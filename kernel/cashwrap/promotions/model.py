"""What goes into a choice of promotions and what comes out of it, with its proof."""

from typing import Literal

import msgspec

from cashwrap.promotions.rules import Layer

Reason = Literal[
    "scope",  # not here, not for this customer, not this order type or tender
    "time",  # not now
    "no_units",  # nothing in the cart that it covers
    "short",  # a threshold or group is not reached; see short_minor, short_count
    "consumed",  # the units it would need serve `by`
    "excluded",  # it does not go with `by`
    "beaten",  # `by` of its group gives more
    "limit",  # its limit of uses is reached
    "budget",  # its money is spent
    "no_coupon",
    "not_chosen",
    "no_benefit",  # it would save nothing, or raise the price
    "plugin_fault",
    "budget_nodes",  # the search ended at its budget
]


class Goods(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a rule's range looks at. ``categories``: its own and all above it."""

    sku: str
    family: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class BasketLine(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line as promotions see it, amounts >= 0.

    ``units`` is how many units there are, each of ``unit_minor``; weighed goods and anything that
    does not come in whole units are one unit of the line's amount, ``divisible``, and
    ``quantity_milli`` says how much of what prices and amounts off are for. A set meal is one line
    with its amount. ``list_minor`` is one unit at list price. ``least_minor`` is the least that
    one unit may come to: its floor, or the fixed taxes in its price. ``measure_ppm`` brings an
    amount to the terms in which thresholds are measured (net or gross of tax). ``fixed_price``: a
    price set by hand.
    """

    line: int
    goods: Goods
    unit_minor: int
    units: int
    list_minor: int
    least_minor: int = 0
    divisible: bool = False
    quantity_milli: int = 1000
    fixed_price: bool = False
    measure_ppm: int = 1_000_000


class HeldCoupon(msgspec.Struct, frozen=True, array_like=True):
    """A coupon of the customer, or typed in: its rule, its code, when it ends (ms, 0 never)."""

    rule: str
    code: str
    expires_ms: int = 0


class Left(msgspec.Struct, frozen=True, array_like=True):
    """What is left of a rule's limits beyond this order; -1 where there is none."""

    uses: int = -1
    minor: int = -1


class Occasion(msgspec.Struct, frozen=True, array_like=True):
    """All that a choice depends on beside goods and rules: where, when, who, with what.

    ``chosen`` are rules that were opted into, ``refused`` those that the cashier has unticked.
    ``points`` may be spent, at most ``points_wanted`` of them (-1: all).
    """

    opened_ms: int
    now_ms: int
    timezone: str = "Asia/Shanghai"
    store: str = ""
    channel: str = ""
    order_type: str = ""
    member: str = ""
    tier: str = ""
    groups: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    tenders: tuple[str, ...] = ()
    coupons: tuple[HeldCoupon, ...] = ()
    points: int = 0
    points_wanted: int = 0
    chosen: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    left: tuple[tuple[str, Left], ...] = ()
    fees: tuple[tuple[str, int], ...] = ()  # id and amount of the order's fees


class UnitsUsed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Units of one line in one use of a rule, and what came off them together.

    ``role``: they ``get`` something, or were needed to ``buy``. ``slot``: of a bundle, else 0.
    """

    line: int
    units: int
    minor: int
    role: Literal["get", "buy"] = "get"
    slot: int = 0


class Use(msgspec.Struct, frozen=True, array_like=True):
    """One use of a rule as the proof tells it, in the order in which the rule forms them.

    | benefit | a use | ``units`` | ``times`` |
    |---|---|---|---|
    | `Each` (also in the layer `price`) | all units of one line | that line | its units |
    | `Tiers` | all its units | each line | its units with a tier; ``step`` the highest |
    | `Group` | a group; all of them for ``cheapest_of_all`` | got ``get``, others ``buy`` | 1 |
    | `SetPrice`, `Bundle` | a set | all ``get``, by ``slot`` | 1 |
    | `BuyGet` | a set | bought ``buy`` by ``slot``, got ``get`` (slot 0) | 1 |
    | `Candidates` | one use of a candidate | its units | 1 |
    | `Spend` | the order | every line in its base, also where nothing comes off | of ``every`` |
    | `PayPoints` | the order | every line in its base | points spent |

    ``coupon``: the code that it uses up; where ``times`` uses take several, parted by spaces.
    ``base_minor``: of `Spend` the base that the threshold was measured on, of `PayPoints` what
    was left of its range; of all others the prices (after special prices; list prices where the
    percentage is of them) of the units that ``get``. Entries stand in canonical order of units,
    those of the order in order of line number.
    """

    base_minor: int
    saving_minor: int
    units: tuple[UnitsUsed, ...]
    step: int = -1  # of a threshold or tier: which one
    times: int = 1  # of `every`: how often; of points: how many
    coupon: str = ""


class AppliedRule(msgspec.Struct, frozen=True, array_like=True):
    """A rule that gave something, with each of its uses."""

    rule: str
    version: int
    layer: Layer
    saving_minor: int
    uses: tuple[Use, ...]


class RejectedRule(msgspec.Struct, frozen=True, array_like=True):
    """A rule that gave nothing, and why."""

    rule: str
    reason: Reason
    by: str = ""
    short_minor: int = 0
    short_count: int = 0


class Hint(msgspec.Struct, frozen=True, array_like=True):
    """凑单: add so much (or so many units) of the rule's range and pay ``gain_minor`` less for it.

    The gain is what comes off beyond what comes off now, found by pricing the larger cart.
    """

    rule: str
    add_minor: int
    add_count: int
    gain_minor: int


class Reward(msgspec.Struct, frozen=True, array_like=True):
    """What a rule gives other than money off: points times and extra, or coupons."""

    rule: str
    kind: Literal["points", "coupon"]
    base_minor: int
    times_ppm: int = 0
    extra: int = 0
    coupon: str = ""
    count: int = 0
    used: str = ""  # the code of the coupon that it uses up


class GiftOffer(msgspec.Struct, frozen=True, array_like=True):
    """Gifts or add-ons that the customer may still take: ``units`` of the rule's range."""

    rule: str
    units: int


class FeeRule(msgspec.Struct, frozen=True, array_like=True):
    """A fee that a rule charges, or what it takes off one (then ``minor`` < 0)."""

    rule: str
    fee: str
    minor: int
    tax: str = ""
    used: str = ""  # the code of the coupon that it uses up


class Certificate(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the search can say: the amount left to pay cannot be below payable - gap."""

    payable_minor: int
    proved: bool = True
    gap_minor: int = 0
    nodes: int = 0


class PriceProof(msgspec.Struct, frozen=True, array_like=True):
    """Why the promotions of a sale are what they are. Same inputs and hashes, same bytes.

    Fees and rewards are of what the goods come to in the end, so less what was taken off
    ``by_hand``. ``lines`` and ``occasion`` are what the choice was made from, so that the proof
    can be checked again later with nothing but the rule set of its hash.
    """

    rules_hash: str
    applied: tuple[AppliedRule, ...] = ()
    rejected: tuple[RejectedRule, ...] = ()
    rewards: tuple[Reward, ...] = ()
    offers: tuple[GiftOffer, ...] = ()
    fees: tuple[FeeRule, ...] = ()
    faults: tuple[str, ...] = ()  # plugins that were left out, with the reason
    certificate: Certificate = Certificate(0)
    occasion: Occasion | None = None
    lines: tuple[BasketLine, ...] = ()
    by_hand: tuple[tuple[int, int], ...] = ()  # line, what staff took off it after promotions


class Candidate(msgspec.Struct, frozen=True, array_like=True):
    """What a plugin's rule may do once: take these units (line, how many), give each so much off.

    ``minor`` is what comes off the units of that entry together. It may be used ``times`` times.
    """

    units: tuple[tuple[int, int, int], ...]  # line, units, minor
    times: int = 1
