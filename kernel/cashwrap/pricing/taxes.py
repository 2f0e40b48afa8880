"""From a tax table to exact formulas: each tax as a fraction of the price, in integers.

A tax is linear in the net amount N and the base quantity u: t = a N + b u. Contained taxes give
price = N + sum(t), so N and every t are linear in the price too. The fractions are exact; the one
rounding happens where the formula is applied.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from cashwrap.errors import Issue
from cashwrap.money import MILLI, PPM, div_round
from cashwrap.pricing.model import PricePolicy, TaxCode, TaxComponent

FACTOR_MAX = 2**48  # factors below this keep every product inside 128 bits
TAXES_MAX = 8
RATE_PPM_MAX = 100 * PPM

Formula = tuple[int, int, int]
PlanSource = tuple[Formula, int, int, int, int, list[tuple[int, int, int, bool]]]
Label = tuple[str, int, bool]


class Linear(NamedTuple):
    """a N + b u, with u in base units."""

    of_net: Fraction
    per_unit: Fraction

    def plus(self, other: "Linear") -> "Linear":
        """Return the sum."""
        return Linear(self.of_net + other.of_net, self.per_unit + other.per_unit)

    def times(self, factor: Fraction) -> "Linear":
        """Return the multiple."""
        return Linear(self.of_net * factor, self.per_unit * factor)


NOTHING = Linear(Fraction(0), Fraction(0))
NET = Linear(Fraction(1), Fraction(0))


class Resolved(NamedTuple):
    """The taxes of one code for one order type and way of pricing."""

    components: tuple[TaxComponent, ...]
    included: tuple[bool, ...]
    taxes: tuple[Linear, ...]

    @property
    def gross(self) -> Linear:
        """Return the price as the price book has it: net and contained taxes."""
        contained = (t for t, inside in zip(self.taxes, self.included, strict=True) if inside)
        return _sum((NET, *contained))


def resolve(components: Sequence[TaxComponent], tax_included: bool) -> Resolved:
    """Return the taxes as functions of the net, in order."""
    before = NET
    taxes = []
    for component in components:
        tax = _tax(component, before)
        before = before.plus(tax)
        taxes.append(tax)
    included = tuple(tax_included if c.included is None else c.included for c in components)
    return Resolved(tuple(components), included, tuple(taxes))


def _tax(component: TaxComponent, before: Linear) -> Linear:
    rate = Fraction(component.rate_ppm, PPM)
    if component.kind == "fixed":
        return Linear(Fraction(0), Fraction(component.fixed_minor))
    if component.kind == "percent":
        return NET.times(rate)
    if component.kind == "compound":
        return before.times(rate)
    return before.times(rate / (1 - rate))


def _sum(terms: Iterable[Linear]) -> Linear:
    total = NOTHING
    for term in terms:
        total = total.plus(term)
    return total


def _of_price(term: Linear, gross: Linear) -> Linear:
    """Return a function of the net as a function of the price."""
    slope = term.of_net / gross.of_net
    return Linear(slope, term.per_unit - slope * gross.per_unit)


def _formula(term: Linear) -> Formula:
    per_milli = term.per_unit / MILLI
    divisor = lcm(term.of_net.denominator, per_milli.denominator)
    return int(term.of_net * divisor), int(per_milli * divisor), divisor


def plan(resolved: Resolved, policy: PricePolicy) -> PlanSource:
    """Return the integers of a plan, as the compiled core takes them."""
    gross = resolved.gross
    net = _formula(_of_price(NET, gross))
    of_net = policy.inclusive_sum == "net_moves" and any(resolved.included)
    taxes = [
        (*_formula(tax if of_net else _of_price(tax, gross)), inside)
        for tax, inside in zip(resolved.taxes, resolved.included, strict=True)
    ]
    base = _discount_base(resolved, policy)
    return net, _absorbs(resolved), _fixed(resolved), base.numerator, base.denominator, taxes


def in_ppm(resolved: Resolved) -> tuple[int, int]:
    """Return what 1 of a price is net of tax, and with all taxes, in ppm (fixed taxes apart)."""
    net = 1 / resolved.gross.of_net
    gross = net * _sum((NET, *resolved.taxes)).of_net
    return _ppm(net), _ppm(gross)


def _ppm(share: Fraction) -> int:
    return div_round(share.numerator * PPM, share.denominator, "half_up")


def _discount_base(resolved: Resolved, policy: PricePolicy) -> Fraction:
    if policy.discount_base == "as_priced":
        return Fraction(1)
    net = 1 / resolved.gross.of_net
    if policy.discount_base == "net":
        return net
    return net * _sum((NET, *resolved.taxes)).of_net


def _absorbs(resolved: Resolved) -> int:
    """Return which contained tax takes the odd unit: the last that is not fixed, else the last."""
    inside = [i for i, yes in enumerate(resolved.included) if yes]
    percents = [i for i in inside if resolved.components[i].kind != "fixed"]
    return (percents or inside or [-1])[-1]


def _fixed(resolved: Resolved) -> int:
    pairs = zip(resolved.components, resolved.included, strict=True)
    return sum(c.fixed_minor for c, inside in pairs if inside and c.kind == "fixed")


def kept_net(old: Resolved, new: Resolved) -> tuple[int, int, int]:
    """Return (up, per_milli, down): the price that keeps the net when the taxes change.

    The new price of one priced unit is (price * up + base_quantity_milli * per_milli) / down.
    """
    return _formula(
        Linear(
            new.gross.of_net / old.gross.of_net,
            new.gross.per_unit - old.gross.per_unit * new.gross.of_net / old.gross.of_net,
        )
    )


def issues(code: TaxCode, policy: PricePolicy) -> list[Issue]:
    """Return everything that makes a tax code unusable."""
    found = []
    if "" not in code.by_order_type:
        found.append(("", "has no taxes for the default order type: add an entry under ''"))
    for order_type, components in code.by_order_type.items():
        faults = _faults(components)
        if not faults and not _fits(components, policy):
            faults = ["the rates together have too many digits to be exact: round them"]
        found += [(order_type, fault) for fault in faults]
    named = f"tax {code.code!r}"
    return [
        Issue(f"{named}:{where}" if where else named, "tax.invalid", why) for where, why in found
    ]


def _faults(components: Sequence[TaxComponent]) -> list[str]:
    faults = [f"at most {TAXES_MAX} taxes"] if len(components) > TAXES_MAX else []
    if len({c.code for c in components}) < len(components):
        faults.append("two taxes have the same code: give each its own")
    for c in components:
        if c.kind not in ("percent", "compound", "division", "fixed"):
            faults.append(f"{c.code}: kind {c.kind!r} is not percent, compound, division or fixed")
        elif not 0 <= c.rate_ppm <= RATE_PPM_MAX or not 0 <= c.fixed_minor < FACTOR_MAX:
            faults.append(f"{c.code}: a rate is 0 to {RATE_PPM_MAX} ppm, a fixed tax not negative")
        elif c.kind == "division" and c.rate_ppm >= PPM:
            faults.append(f"{c.code}: a division tax must be below {PPM} ppm of the total")
    return faults


def _fits(components: Sequence[TaxComponent], policy: PricePolicy) -> bool:
    for tax_included in (True, False):
        net, _, fixed, up, down, taxes = plan(resolve(components, tax_included), policy)
        numbers = [*net, fixed, up, down, *(n for tax in taxes for n in tax[:3])]
        if max(map(abs, numbers)) >= FACTOR_MAX:
            return False
    return True
