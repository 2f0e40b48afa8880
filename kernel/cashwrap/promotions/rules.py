"""Promotion rules as data: what a shopkeeper writes, a file holds, and a till switches to.

What every field means is docs/promotions.md. Money is minor units, a percentage ppm *off*
(8折 is 200_000), a count whole units. Empty tuples mean "no restriction".
"""

from typing import Annotated, Literal

import msgspec

from cashwrap.money import PPM, Rounding

FORMAT: Literal[1] = 1
"""The version of this model; a file says which one it was written for."""

Layer = Literal["price", "item", "order", "coupon", "points"]
LAYERS: tuple[Layer, ...] = ("price", "item", "order", "coupon", "points")

Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Minor = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Often = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Priority = Annotated[int, msgspec.Meta(ge=-(10**6), le=10**6)]
Ppm = Annotated[int, msgspec.Meta(ge=0, le=PPM)]
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[\w.:/-]+$")]
Text = dict[str, str]
"""The same words by language: ``{"zh-CN": "满100减10", "en": "10 off 100"}``."""


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Closed and immutable: a misspelt field is an error, not a rule without a condition."""


# -- what, who, where, when -------------------------------------------------------------------


class Range(_Data, frozen=True, kw_only=True):
    """Goods. Those named by any of skus, families, categories, tags; all of them if none is named.

    A category includes those below it. ``not_...`` take goods out again; the price limits look at
    the unit price before promotions. ``not_promoted_by`` (order and coupon rules) leaves out units
    that a rule with one of these tags, or of any tag for ``*``, has given something.
    """

    skus: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    not_skus: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    not_tags: tuple[str, ...] = ()
    from_minor: Minor = 0
    to_minor: Minor | None = None
    not_promoted_by: tuple[str, ...] = ()


EVERYTHING = Range()


class Window(_Data, frozen=True, kw_only=True):
    """When a rule counts: all that is said must hold. Times are local, text as in ISO 8601.

    ``from_`` and ``until`` (exclusive) are ``2026-11-11`` or ``2026-11-11T09:00``. ``weekdays`` 1
    is Monday. ``month_days`` 8 is every eighth, -1 the last of each month. ``hours`` are pairs such
    as ``["22:00", "02:00"]``, which runs past midnight and belongs to the day on which it began.
    """

    from_: str = msgspec.field(default="", name="from")
    until: str = ""
    weekdays: tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...] = ()
    dates: tuple[str, ...] = ()
    month_days: tuple[Annotated[int, msgspec.Meta(ge=-1, le=31)], ...] = ()
    hours: tuple[tuple[str, str], ...] = ()
    timezone: str = ""  # "": the till's


class Who(_Data, frozen=True, kw_only=True):
    """Which customers. ``facts`` are what the member plugin says of them: new, birthday, ..."""

    only: Literal["anyone", "members", "guests"] = "anyone"
    tiers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()  # any of these
    not_facts: tuple[str, ...] = ()


class Scope(_Data, frozen=True, kw_only=True):
    """Where and for whom a rule counts. ``tenders``: only once one of these was chosen to pay."""

    stores: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    order_types: tuple[str, ...] = ()
    tenders: tuple[str, ...] = ()
    who: Who = Who()


class Need(_Data, frozen=True, kw_only=True):
    """Something the cart must hold besides: so many units, or so much money, of a range.

    ``measured``: at ``list`` prices, at ``price`` (after special prices), or after the ``item``
    layer; in the last case what this rule itself takes off, and the units that it gives it to,
    do not count. ``above`` asks for more than the figure. With ``repeat`` the rule may be used once
    for each time the figure is reached, else as often as its limits say.
    """

    range: Range = EVERYTHING
    count: Often = 0
    minor: Minor = 0
    measured: Literal["list", "price", "item"] = "price"
    above: bool = False
    repeat: bool = False


# -- what it gives ------------------------------------------------------------------------------


class Off(_Data, frozen=True, kw_only=True):
    """What comes off: exactly one of a percentage, an amount, or a price to pay instead."""

    percent_ppm: Ppm | None = None
    amount_minor: Minor | None = None
    price_minor: Minor | None = None


class Each(_Data, frozen=True, kw_only=True, tag="each", tag_field="kind"):
    """Every unit of the range, by itself. Special and member prices, N折, gifts (100 % off)."""

    off: Off


class Group(_Data, frozen=True, kw_only=True, tag="group", tag_field="kind"):
    """Of every ``every`` units ``get`` have something off: second at half price, buy 3 get 1 free.

    ``which`` of them: the cheapest or dearest of each group, or the cheapest of all units used.
    """

    every: Annotated[int, msgspec.Meta(ge=1, le=200)]
    get: Annotated[int, msgspec.Meta(ge=1, le=200)] = 1
    off: Off
    which: Literal["cheapest", "dearest", "cheapest_of_all"] = "cheapest"


class Tier(_Data, frozen=True, kw_only=True):
    """From so many units on, this comes off each of them."""

    from_count: Count
    off: Off


class Tiers(_Data, frozen=True, kw_only=True, tag="tiers", tag_field="kind"):
    """Quantity prices: the tier reached counts for all units, or (``marginal``) from there on."""

    tiers: Annotated[tuple[Tier, ...], msgspec.Meta(min_length=1, max_length=16)]
    marginal: bool = False


class SetPrice(_Data, frozen=True, kw_only=True, tag="set_price", tag_field="kind"):
    """Any ``count`` units of the range for one price, or with so much off the set."""

    count: Annotated[int, msgspec.Meta(ge=1, le=200)]
    off: Off


class Slot(_Data, frozen=True, kw_only=True):
    """One place of a bundle, and how many units it takes."""

    range: Range
    count: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1


class Bundle(_Data, frozen=True, kw_only=True, tag="bundle", tag_field="kind"):
    """One of this, two of that, together for a price, or with so much off the set."""

    slots: Annotated[tuple[Slot, ...], msgspec.Meta(min_length=1, max_length=6)]
    off: Off


class BuyGet(_Data, frozen=True, kw_only=True, tag="buy_get", tag_field="kind"):
    """Buy what is in ``buy``, get ``get`` units of the rule's range cheaper; both are used up.

    Where what is bought is not used up, write `Each` with a `Need` that repeats.
    ``partial``: fewer than ``get`` units may be given for a full set of ``buy``.
    """

    buy: Annotated[tuple[Slot, ...], msgspec.Meta(min_length=1, max_length=4)]
    get: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1
    off: Off
    partial: bool = False


class Step(_Data, frozen=True, kw_only=True):
    """A threshold, in money or units of the range, and what comes off once it is reached."""

    at_minor: Minor = 0
    at_count: Often = 0
    off: Off


class Spend(_Data, frozen=True, kw_only=True, tag="spend", tag_field="kind"):
    """Order thresholds: 满减 (best step reached), 每满减 (``every`` step again, up to ``times``).

    ``measured``: the range at ``list``, at ``price``, after the ``item`` layer, or as it stands
    when this rule's turn comes (``current``). ``above`` asks for more than the threshold.
    ``at_most_minor`` caps what comes off.
    """

    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=16)]
    every: bool = False
    times: Often = 0  # 0: no limit
    measured: Literal["list", "price", "item", "current"] = "current"
    above: bool = False
    at_most_minor: Minor | None = None


class FeeOff(_Data, frozen=True, kw_only=True, tag="fee_off", tag_field="kind"):
    """Something off a fee of the order (delivery, packing), by the fee's id."""

    fee: str
    off: Off


class Surcharge(_Data, frozen=True, kw_only=True, tag="surcharge", tag_field="kind"):
    """A fee that the cart brings with it: 服务费, 茶位费, 打包费, or what lacks for 最低消费.

    Exactly one of a fixed amount, an amount for each unit of the range, a percentage of the range
    after discounts, or the least that the range must come to.
    """

    fee: Id
    name: Text = {}
    fixed_minor: Minor | None = None
    each_minor: Minor | None = None
    percent_ppm: Ppm | None = None
    at_least_minor: Minor | None = None
    tax: str = ""


class PayPoints(_Data, frozen=True, kw_only=True, tag="pay_points", tag_field="kind"):
    """积分抵现: points of a member who asks for it, as money off what is left of the range.

    ``points`` points are worth ``minor``; only whole multiples count. At most ``at_most_ppm`` of
    the range.
    """

    points: Count
    minor: Count
    at_most_ppm: Ppm = PPM


class EarnPoints(_Data, frozen=True, kw_only=True, tag="earn_points", tag_field="kind"):
    """Points instead of money: ``times_ppm`` of the usual (2_000_000 doubles them), and ``extra``.

    The usual is decided by the member plugin; the rule says of how much money it counts.
    """

    times_ppm: Annotated[int, msgspec.Meta(ge=0, le=100 * PPM)] = PPM
    extra: Often = 0


class NextCoupon(_Data, frozen=True, kw_only=True, tag="next_coupon", tag_field="kind"):
    """满返: coupons of another rule, issued when the sale is completed."""

    coupon: Id
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class Candidates(_Data, frozen=True, kw_only=True, tag="candidates", tag_field="kind"):
    """A rule whose candidates a plugin computes; ``data`` is the plugin's own (JSON text)."""

    plugin: Id
    data: str = ""


Benefit = (
    Each | Group | Tiers | SetPrice | Bundle | BuyGet | Spend | FeeOff | Surcharge | PayPoints
    | EarnPoints | NextCoupon | Candidates
)  # fmt: skip


# -- how much, how rounded, what happens on return ----------------------------------------------


class Limits(_Data, frozen=True, kw_only=True):
    """How often (0: no limit), or for how much money, counted at commit and only with a benefit.

    A use is one unit of `Each` or `Tiers`, one group or set, one order for the rest. ``sku_uses``
    counts units of one SKU (`Each` only). Those of members, stores and all are kept by the till
    and, in a chain, by headquarters.
    """

    order_uses: Often = 0
    sku_uses: Often = 0
    order_minor: Minor = 0
    member_uses: Often = 0
    member_day_uses: Often = 0
    store_uses: Often = 0
    total_uses: Often = 0
    member_minor: Minor = 0
    member_day_minor: Minor = 0
    store_minor: Minor = 0
    total_minor: Minor = 0


class Arithmetic(_Data, frozen=True, kw_only=True):
    """How a rule rounds and shares; ``None`` where the set's own setting counts."""

    percent_per: Literal["unit", "line", "once"] | None = None
    percent_rounding: Rounding | None = None
    odd_cents: Literal["largest", "first", "last"] | None = None
    percent_of: Literal["current", "list"] | None = None


class Returns(_Data, frozen=True, kw_only=True):
    """What happens when some of the goods come back (docs/promotions.md#returns)."""

    discount: Literal["prorate", "recompute", "bundle_only"] = "prorate"
    gift: Literal["return", "charge", "keep"] = "return"
    coupon: Literal["restore", "void", "reissue"] = "restore"


class Coupon(_Data, frozen=True, kw_only=True):
    """The rule needs a coupon that the customer holds, worth ``face_minor``, and uses it up."""

    face_minor: Minor = 0


# -- rules and sets -----------------------------------------------------------------------------


class Rule(_Data, frozen=True, kw_only=True):
    """One promotion. Names and ``explain`` are for people, by language."""

    id: Id
    layer: Layer
    benefit: Benefit
    version: Annotated[int, msgspec.Meta(ge=1, le=10**9)] = 1
    name: Text = {}
    explain: Text = {}
    enabled: bool = True
    scope: Scope = Scope()
    windows: tuple[Window, ...] = ()  # any of them; none: always
    judged: Literal["opened", "now"] = "opened"
    range: Range = EVERYTHING
    needs: Annotated[tuple[Need, ...], msgspec.Meta(max_length=50)] = ()
    takes: Literal["best", "cheapest", "dearest"] = "best"
    coupon: Coupon | None = None
    opt_in: bool = False  # only when the cashier or customer chose it for this order
    gift: bool = False  # what it makes free is a gift: shown and returned as one
    group: str = ""  # "" is the layer's own
    priority: Priority = 0  # higher first, where order matters
    stop_after: bool = False
    tags: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()  # tags of rules it does not go with; "*": none at all
    exclusive: Literal["", "if_better", "always"] = ""
    limits: Limits = Limits()
    arithmetic: Arithmetic = Arithmetic()
    returns: Returns = Returns()
    settlement: Literal["discount", "tender"] = "discount"  # of platform vouchers


class Choice(_Data, frozen=True, kw_only=True):
    """How the rules and groups inside a group go together.

    ``all`` may apply; only the ``best`` one; or the first of the ``list`` (by priority, then id)
    that gives something. ``per`` order, or only where two of them want the same ``unit``.
    """

    mode: Literal["all", "best", "list"] = "all"
    per: Literal["order", "unit"] = "order"
    inside: str = ""


class Policy(_Data, frozen=True, kw_only=True):
    """The choices of a whole rule set, each with its default (docs/promotions.md#settings)."""

    choose: Literal["best", "priority"] = "best"
    layers: tuple[Layer, ...] = LAYERS
    special_prices: Literal["lowest", "compound"] = "lowest"
    percent_per: Literal["unit", "line", "once"] = "unit"
    order_percent_per: Literal["once", "line", "unit"] = "once"
    percent_rounding: Rounding = "half_up"
    percent_of: Literal["current", "list"] = "current"
    odd_cents: Literal["largest", "first", "last"] = "largest"
    amounts: Literal["as_priced", "net", "gross"] = "as_priced"
    overridden: Literal["final", "as_list"] = "final"
    weighed_in_groups: bool = False
    meal_is_one_unit: bool = True
    floor_minor: Minor = 0
    fees_count: bool = False
    points_on: Literal["paid", "before_points"] = "paid"
    node_budget: Annotated[int, msgspec.Meta(ge=1000, le=10**9)] = 100_000


class RuleSet(_Data, frozen=True, kw_only=True):
    """All promotions that hold at a time: switched as one, named by its hash."""

    format: Literal[1] = FORMAT
    name: str = ""
    version: Annotated[int, msgspec.Meta(ge=1, le=10**9)] = 1
    policy: Policy = Policy()
    groups: dict[str, Choice] = {}
    rules: tuple[Rule, ...] = ()
