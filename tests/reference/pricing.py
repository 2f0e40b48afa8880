"""Pricing once more, in plain Python that is meant to be read, not to be fast.

It shares the result structs with the kernel and nothing else: exact fractions, one line at a time,
every rule written out as docs/pricing.md states it. Refusals: Overflow where an amount does not
fit in int64.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from cashwrap.pricing.model import (
    Adjustment,
    Allocation,
    Applied,
    Fee,
    FeeAmount,
    MealPart,
    Override,
    PricedLine,
    PricePolicy,
    TaxAmount,
    TaxCode,
    TaxComponent,
    Totals,
)

BIGGEST = 2**63 - 1
LAYERS = ["promotion", "coupon", "points", "manual"]


class Overflow(Exception):
    """An amount does not fit in int64."""


@dataclass
class LineIn:
    """A line as it is put into the cart."""

    line: int
    unit_minor: int
    quantity_milli: int
    tax: str = ""
    tax_included: bool = True
    minimum_minor: int = 0
    override_minor: int | None = None
    base_quantity_milli: int | None = None


@dataclass
class MealIn:
    """A set meal as it is put into the cart."""

    line: int
    price_minor: int
    quantity_milli: int
    parts: list[MealPart]
    override_minor: int | None = None


@dataclass
class Inputs:
    """Everything that a price depends on."""

    policy: PricePolicy
    taxes: list[TaxCode]
    order_type: str = ""
    lines: list[LineIn] = field(default_factory=list)
    meals: list[MealIn] = field(default_factory=list)
    promoted: list[tuple[str, str, tuple[tuple[int, int], ...]]] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    fees: list[Fee] = field(default_factory=list)


@dataclass
class Result:
    """What the kernel's Priced holds, without the hashes."""

    totals: Totals
    lines: tuple[PricedLine, ...]
    allocations: tuple[Allocation, ...]
    taxes: tuple[TaxAmount, ...]
    fees: tuple[FeeAmount, ...]
    overrides: tuple[Override, ...]
    applied: tuple[Applied, ...]


@dataclass
class Row:
    """A line or fee on its way through the pipeline."""

    line: int
    quantity: int
    base_quantity: int
    components: list[tuple[TaxComponent, bool]]
    gross: int
    least: int = 0
    amount: int = 0
    net: int = 0
    taxes: list[int] = field(default_factory=list)
    plan: object = None

    @property
    def sign(self) -> int:
        return -1 if self.gross < 0 else 1


def fits(value: int) -> int:
    if not -BIGGEST - 1 <= value <= BIGGEST:
        raise Overflow
    return value


def rounded(number: int, divisor: int, mode: str) -> int:
    """Round number / divisor, the same on both sides of zero."""
    size = abs(number)
    low = size // divisor
    double_rest = 2 * (size - low * divisor)
    if mode == "up":
        low += double_rest > 0
    elif mode == "half_up":
        low += double_rest >= divisor
    elif mode == "half_even":
        low += double_rest > divisor or (double_rest == divisor and low % 2 == 1)
    return low if number >= 0 else -low


def whole(value: Fraction, mode: str) -> int:
    return rounded(value.numerator, value.denominator, mode)


def shared(amount: int, weights: list[int], caps: list[int], odd_cents: str) -> list[int]:
    """Share an amount >= 0 in proportion to weights, nobody above the cap."""
    if not any(weights):
        weights = [1] * len(weights)
    shares = [0] * len(weights)
    open_rows = [i for i, w in enumerate(weights) if w]
    amount = min(amount, sum(caps[i] for i in open_rows))
    while amount:
        total = sum(weights[i] for i in open_rows)
        over = [i for i in open_rows if amount * weights[i] > total * caps[i]]
        if not over:
            break
        for i in over:
            shares[i] = caps[i]
        amount -= sum(caps[i] for i in over)
        open_rows = [i for i in open_rows if i not in over]
    if not amount:
        return shares
    for i in open_rows:
        shares[i] = amount * weights[i] // total
    odd = amount - sum(shares[i] for i in open_rows)
    if odd_cents == "largest":
        by_fraction = sorted(open_rows, key=lambda i: (-(amount * weights[i] % total), i))
        for i in by_fraction[:odd]:
            shares[i] += 1
    else:
        for i in open_rows if odd_cents == "first" else reversed(open_rows):
            more = min(odd, caps[i] - shares[i])
            shares[i] += more
            odd -= more
    return shares


# -- taxes ----------------------------------------------------------------------------------------


def chain(
    components: list[tuple[TaxComponent, bool]], net: Fraction, units: Fraction
) -> list[Fraction]:
    """Return each tax of an exact net amount, in order."""
    so_far = net
    taxes = []
    for component, _ in components:
        rate = Fraction(component.rate_ppm, 1_000_000)
        if component.kind == "fixed":
            tax = component.fixed_minor * units
        elif component.kind == "percent":
            tax = net * rate
        elif component.kind == "compound":
            tax = so_far * rate
        else:  # tax = rate x (so_far + tax)
            tax = so_far * rate / (1 - rate)
        taxes.append(tax)
        so_far += tax
    return taxes


def contained(components: list[tuple[TaxComponent, bool]], taxes: list[Fraction]) -> Fraction:
    pairs = zip(components, taxes, strict=True)
    return sum((tax for (_, inside), tax in pairs if inside), Fraction(0))


_slopes: dict[object, Fraction] = {}


def net_of(row: Row, price: Fraction, units: Fraction) -> Fraction:
    """Return the exact net in a price, by solving price = net + contained taxes (linear in net)."""
    components = row.components
    if not any(inside for _, inside in components):
        return price
    at_zero = contained(components, chain(components, Fraction(0), units))
    slope = _slopes.get(row.plan)
    if slope is None:
        slope = 1 + contained(components, chain(components, Fraction(1), Fraction(0)))
        _slopes[row.plan] = slope
    return (price - at_zero) / slope


def components_for(
    code: TaxCode, order_type: str, tax_included: bool
) -> list[tuple[TaxComponent, bool]]:
    found = code.by_order_type.get(order_type, code.by_order_type[""])
    return [(c, tax_included if c.included is None else c.included) for c in found]


def tax_row(row: Row, policy: PricePolicy) -> None:
    """Set net and taxes of one row, each rounded for the line or for one unit of it."""
    units = Fraction(row.base_quantity, 1000)

    def settle(exact: Fraction) -> int:
        if policy.tax_level == "line":
            return fits(whole(exact, policy.tax_rounding))
        sold = abs(row.quantity)
        each = fits(whole(exact * 1000 / sold, policy.tax_rounding))
        return fits(rounded(each * sold, 1000, policy.tax_rounding))

    any_inside = any(inside for _, inside in row.components)
    if not row.components:
        row.net, row.taxes = row.amount, []
        return
    net = net_of(row, Fraction(row.amount), units)
    if any_inside and policy.inclusive_sum != "gross":
        row.net = settle(net)
    if any_inside and policy.inclusive_sum == "net_moves":
        net = Fraction(row.net)
    row.taxes = [settle(tax) for tax in chain(row.components, net, units)]
    close(row, policy)


def close(row: Row, policy: PricePolicy) -> None:
    inside = [i for i, (_, yes) in enumerate(row.components) if yes]
    if not inside:
        row.net = row.amount
    elif policy.inclusive_sum == "gross":
        row.net = fits(row.amount - sum(row.taxes[i] for i in inside))
    elif policy.inclusive_sum == "net":
        takes = ([i for i in inside if row.components[i][0].kind != "fixed"] or inside)[-1]
        others = sum(row.taxes[i] for i in inside if i != takes)
        row.taxes[takes] = fits(row.amount - row.net - others)


def settled(exact: list[Fraction], mode: str) -> list[int]:
    """Round the sum once and bring the parts to it by largest remainder."""
    total = whole(sum(exact, Fraction(0)), mode)
    if total < 0:
        return [-share for share in settled([-part for part in exact], mode)]
    shares = [part.numerator // part.denominator for part in exact]
    odd = total - sum(shares)
    order = sorted(range(len(exact)), key=lambda i: (shares[i] - exact[i], i))
    for i in order[:odd]:
        shares[i] += 1
    return [fits(share) for share in shares]


def tax_group(rows: list[Row], policy: PricePolicy) -> None:
    """Set net and taxes of all rows that share their taxes, each rounded once for all of them."""
    if not rows[0].components:
        for row in rows:
            row.net, row.taxes = row.amount, []
        return
    any_inside = any(inside for _, inside in rows[0].components)
    units = [Fraction(row.base_quantity, 1000) for row in rows]
    nets = [net_of(row, Fraction(row.amount), u) for row, u in zip(rows, units, strict=True)]
    if any_inside and policy.inclusive_sum != "gross":
        for row, net in zip(rows, settled(nets, policy.tax_rounding), strict=True):
            row.net = net
    if any_inside and policy.inclusive_sum == "net_moves":
        nets = [Fraction(row.net) for row in rows]
    exact = [chain(row.components, n, u) for row, n, u in zip(rows, nets, units, strict=True)]
    columns = [
        settled([taxes[k] for taxes in exact], policy.tax_rounding)
        for k in range(len(rows[0].components))
    ]
    for i, row in enumerate(rows):
        row.taxes = [column[i] for column in columns]
        close(row, policy)


# -- discounts ------------------------------------------------------------------------------------


def fixed_inside(row: Row, policy: PricePolicy) -> int:
    per_unit = sum(c.fixed_minor for c, inside in row.components if inside and c.kind == "fixed")
    return fits(rounded(per_unit * abs(row.base_quantity), 1000, policy.tax_rounding))


def base_factor(row: Row, policy: PricePolicy) -> Fraction:
    """Return what a discount is measured on, for each unit of money as priced."""
    if policy.discount_base == "as_priced" or not row.components:
        return Fraction(1)
    taxes = chain(row.components, Fraction(1), Fraction(0))
    priced = 1 + contained(row.components, taxes)
    return (1 if policy.discount_base == "net" else 1 + sum(taxes, Fraction(0))) / priced


def discount(
    adjustment: Adjustment, rows: list[Row], policy: PricePolicy
) -> tuple[list[int], int, int]:
    """Return what comes off each row, the base, and what was asked for."""
    count = len(rows)
    eligible = [not adjustment.lines or row.line in adjustment.lines for row in rows]
    measured, bases, rooms = [0] * count, [0] * count, [0] * count
    for i, row in enumerate(rows):
        if not eligible[i]:
            continue
        fixed = fixed_inside(row, policy)
        original = adjustment.kind == "percent" and policy.percents == "original"
        measured[i] = max(0, abs(row.gross if original else row.amount) - fixed)
        room = max(0, abs(row.amount) - max(fixed, row.least))
        bases[i], rooms[i] = measured[i], room
        factor = base_factor(row, policy)
        if adjustment.kind != "unit_price" and factor != 1:
            bases[i] = fits(whole(measured[i] * factor, policy.tax_rounding))
            rooms[i] = room * bases[i] // measured[i] if measured[i] else 0

    taken = [0] * count
    base = asked = 0

    def share_among(chosen: list[int], amount: int) -> None:
        shares = shared(
            amount, [bases[i] for i in chosen], [rooms[i] for i in chosen], policy.odd_cents
        )
        for i, share in zip(chosen, shares, strict=True):
            taken[i] = share

    if adjustment.kind == "unit_price":
        for i, row in enumerate(rows):
            if eligible[i]:
                price = rounded(adjustment.value * abs(row.quantity), 1000, policy.line_rounding)
                want = max(0, abs(row.amount) - price)
                taken[i] = min(want, rooms[i])
                base += row.amount
                asked += want * row.sign
    elif adjustment.kind == "amount":
        worth = sum(row.amount for i, row in enumerate(rows) if eligible[i])
        if worth:
            sign = 1 if worth > 0 else -1
            chosen = [i for i, row in enumerate(rows) if eligible[i] and row.sign == sign]
            share_among(chosen, adjustment.value)
            base = sign * sum(bases[i] for i in chosen)
            asked = sign * adjustment.value
    elif policy.percent_per == "once":
        for sign in (1, -1):
            chosen = [i for i, row in enumerate(rows) if eligible[i] and row.sign == sign]
            total = sum(bases[i] for i in chosen)
            amount = rounded(total * adjustment.value, 1_000_000, policy.percent_rounding)
            share_among(chosen, amount)
            base += sign * total
            asked += sign * amount
    else:
        for i, row in enumerate(rows):
            if not eligible[i]:
                continue
            if policy.percent_per == "line":
                want = rounded(bases[i] * adjustment.value, 1_000_000, policy.percent_rounding)
            else:
                sold = abs(row.quantity)
                each = rounded(bases[i] * adjustment.value, 1000 * sold, policy.percent_rounding)
                want = rounded(each * sold, 1000, policy.percent_rounding)
            taken[i] = min(want, rooms[i])
            base += bases[i] * row.sign
            asked += want * row.sign

    off = []
    for i, row in enumerate(rows):
        if taken[i] and adjustment.kind != "unit_price" and bases[i] != measured[i]:
            taken[i] = rounded(taken[i] * measured[i], bases[i], "half_up")
        off.append(taken[i] * row.sign)
    return off, fits(base), fits(asked)


def promote(
    cells: tuple[tuple[int, int], ...], rows: list[Row], parts: dict[int, list[int]], policy
) -> tuple[list[int], int, int]:
    """Return what exact cells take off each row, the base, and what was asked for."""
    by_line = {row.line: i for i, row in enumerate(rows)}
    off = [0] * len(rows)
    base = asked = 0
    for line, minor in cells:
        group = [by_line[n] for n in parts.get(line, [line]) if n in by_line]
        if not group:
            continue
        left = [abs(rows[i].amount) - abs(off[i]) for i in group]
        fixed = [fixed_inside(rows[i], policy) for i in group]
        weights = [max(0, has - tax) for has, tax in zip(left, fixed, strict=True)]
        rooms = [
            max(0, has - max(tax, rows[i].least))
            for i, has, tax in zip(group, left, fixed, strict=True)
        ]
        shares = [min(minor, rooms[0])]
        if len(group) > 1:
            shares = shared(minor, weights, rooms, policy.odd_cents)
        for i, has, share in zip(group, left, shares, strict=True):
            base += has * rows[i].sign
            off[i] += share * rows[i].sign
        asked += minor * rows[group[0]].sign
    return off, fits(base), fits(asked)


# -- the pipeline ---------------------------------------------------------------------------------


def lines_of(inputs: Inputs) -> list[LineIn]:
    """Return all lines, set meals split into their parts."""
    lines = list(inputs.lines)
    for meal in inputs.meals:
        price = meal.price_minor if meal.override_minor is None else meal.override_minor
        weights = [part.unit_minor * part.quantity_milli for part in meal.parts]
        for given in (price, meal.price_minor, meal.quantity_milli, *weights):
            fits(given)
        shares = shared(price, weights, [BIGGEST] * len(weights), inputs.policy.odd_cents)
        for part, share in zip(meal.parts, shares, strict=True):
            lines.append(
                LineIn(
                    line=part.line,
                    unit_minor=share + part.upcharge_minor,
                    quantity_milli=meal.quantity_milli,
                    tax=part.tax,
                    tax_included=part.tax_included,
                    minimum_minor=part.minimum_minor,
                    base_quantity_milli=rounded(
                        part.quantity_milli * meal.quantity_milli, 1000, "half_up"
                    ),
                )
            )
    return sorted(lines, key=lambda line: line.line)


def charged_unit(line: LineIn, code: TaxCode, inputs: Inputs, base_quantity: int) -> int:
    """Return the unit price that is charged: the override, or the list price as taxes keep it."""
    if line.override_minor is not None:
        return line.override_minor
    now = code.by_order_type.get(inputs.order_type, code.by_order_type[""])
    if (
        inputs.policy.tax_change_keeps == "gross"
        or not line.tax_included
        or now == code.by_order_type[""]
    ):
        return line.unit_minor
    units = Fraction(base_quantity, line.quantity_milli)
    row = Row(0, 0, 0, components_for(code, "", True), 0, plan=(id(code), "", True))
    net = net_of(row, Fraction(line.unit_minor), units)
    new = components_for(code, inputs.order_type, True)
    price = net + contained(new, chain(new, net, units))
    return max(0, whole(price, inputs.policy.line_rounding))


def price(inputs: Inputs) -> Result:
    """Return what the cart comes to."""
    _slopes.clear()
    policy = inputs.policy
    codes = {"": TaxCode("", "", {"": ()})} | {code.code: code for code in inputs.taxes}
    rows = []
    overrides = []
    for line in lines_of(inputs):
        code = codes[line.tax]
        base_quantity = line.base_quantity_milli
        if base_quantity is None:
            base_quantity = line.quantity_milli
        for given in (line.unit_minor, line.quantity_milli, line.minimum_minor, base_quantity):
            fits(given)
        unit = charged_unit(line, code, inputs, base_quantity)
        if line.override_minor is not None:
            overrides.append(Override(line.line, line.unit_minor, line.override_minor))
        row = Row(
            line=line.line,
            quantity=line.quantity_milli,
            base_quantity=base_quantity,
            components=components_for(code, inputs.order_type, line.tax_included),
            gross=rounded(fits(unit) * line.quantity_milli, 1000, policy.line_rounding),
            least=rounded(
                line.minimum_minor * abs(line.quantity_milli), 1000, policy.line_rounding
            ),
            plan=(line.tax, line.tax_included),
        )
        row.amount = row.gross
        fits(row.least)
        fits(base_quantity)
        fixed_inside(row, policy)
        rows.append(row)
    if sum(abs(row.gross) for row in rows) > BIGGEST:
        raise Overflow
    for meal in inputs.meals:
        if meal.override_minor is not None:
            overrides.append(Override(meal.line, meal.price_minor, meal.override_minor))

    parts = {meal.line: [part.line for part in meal.parts] for meal in inputs.meals}
    fee_rows: list[Row] = []
    cells: list[Allocation] = []
    applied = []
    fees_placed = False

    def place_fees() -> None:
        of_list = sum(row.gross for row in rows)
        of_discounted = sum(row.amount for row in rows)
        for position, fee in enumerate(inputs.fees):
            amount = fee.value
            if fee.kind == "percent":
                of = of_list if fee.of == "list" else of_discounted
                amount = rounded(of * fee.value, 1_000_000, policy.line_rounding)
            if abs(amount) > BIGGEST:
                raise Overflow
            one = -1000 if amount < 0 else 1000
            tax = fee.tax or policy.fee_tax
            row = Row(
                line=-(position + 1),
                quantity=one,
                base_quantity=one if amount else 0,
                components=components_for(codes[tax], inputs.order_type, fee.tax_included),
                gross=amount,
                amount=amount,
                plan=(tax, fee.tax_included),
            )
            fixed_inside(row, policy)
            fee_rows.append(row)

    for rule, layer, exact in inputs.promoted:
        off, base, asked = promote(exact, rows, parts, policy)
        for row, minor in zip(rows, off, strict=True):
            row.amount -= minor
            if minor:
                cells.append(Allocation(row.line, rule, minor))
        kind = layer if layer in ("coupon", "points") else "promotion"
        applied.append(Applied(rule, kind, base, asked, fits(sum(off))))

    for adjustment in sorted(inputs.adjustments, key=lambda a: LAYERS.index(a.layer)):
        if policy.fees_discounted and not adjustment.lines and not fees_placed:
            place_fees()
            fees_placed = True
        named = tuple(n for line in adjustment.lines for n in parts.get(line, [line]))
        meant = Adjustment(adjustment.id, adjustment.kind, adjustment.value, named)
        reach = rows + fee_rows if not adjustment.lines else rows
        off, base, asked = discount(meant, reach, policy)
        for row, minor in zip(reach, off, strict=True):
            row.amount -= minor
            if minor:
                cells.append(Allocation(row.line, adjustment.id, minor))
        applied.append(
            Applied(adjustment.id, adjustment.layer, base, asked, fits(sum(off)), adjustment.reason)
        )
    if not fees_placed:
        place_fees()

    everything = rows + fee_rows
    if policy.tax_level == "order":
        groups: dict[object, list[Row]] = {}
        for row in everything:
            groups.setdefault(row.plan, []).append(row)
        for group in groups.values():
            tax_group(group, policy)
    else:
        for row in everything:
            tax_row(row, policy)

    payables = [fits(row.net + sum(row.taxes)) for row in everything]
    due = sum(payables)
    rule = policy.cash_rounding
    total = due
    if rule.on == "total":
        total = rounded(due, rule.increment_minor, rule.mode) * rule.increment_minor
    if total != due:
        weights = [min(abs(payable), BIGGEST) for payable in payables]
        sign = 1 if total < due else -1
        shares = shared(abs(total - due), weights, [BIGGEST] * len(weights), "largest")
        for row, share in zip(everything, shares, strict=True):
            if share:
                cells.append(Allocation(row.line, "rounding", sign * share))
    for row in everything:
        fits(sum(row.taxes))

    return Result(
        totals=Totals(
            list_minor=sum(row.gross for row in rows),
            discount_minor=fits(sum(row.gross - row.amount for row in everything)),
            fees_minor=fits(sum(row.gross for row in fee_rows)),
            tax_added_minor=fits(due - sum(row.amount for row in everything)),
            tax_minor=fits(sum(sum(row.taxes) for row in everything)),
            rounding_minor=fits(total - due),
            payable_minor=fits(total),
        ),
        lines=tuple(
            PricedLine(
                row.line,
                row.gross,
                row.gross - row.amount,
                row.net,
                sum(row.taxes),
                row.net + sum(row.taxes),
            )
            for row in rows
        ),
        allocations=tuple(cells),
        taxes=tuple(
            TaxAmount(row.line, c.code, c.rate_ppm, row.net, tax, inside)
            for row in everything
            for (c, inside), tax in zip(row.components, row.taxes, strict=True)
        ),
        fees=tuple(
            FeeAmount(fee.id, row.gross, sum(row.taxes))
            for fee, row in zip(inputs.fees, fee_rows, strict=True)
        ),
        overrides=tuple(sorted(overrides, key=lambda o: o.line)),
        applied=tuple(applied),
    )
