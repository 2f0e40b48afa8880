"""A cart's entries in the compiled core: prices and taxes resolved, refusals typed."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cashwrap.errors import AmountOverflow, InvalidInput
from cashwrap.money import div_round
from cashwrap.pricing.entries import KINDS, WHOLE, Entry, RuleCells
from cashwrap.pricing.errors import LineRefused, UnknownTax
from cashwrap.pricing.model import Adjustment, Fee, PricePolicy
from cashwrap_native import pricing as native


class TaxedPpm(NamedTuple):
    """What a price is net of its taxes, and with those that are added, each in ppm of it."""

    net: int
    gross: int


class Tables(NamedTuple):
    """What an engine made of its policy and tax table."""

    policy: PricePolicy
    policy_hash: str
    settings: native.Settings
    table: native.PlanTable
    plans: dict[str, dict[tuple[str, bool], int]]  # by order type, then tax code and price kind
    kept: dict[tuple[str, str], tuple[int, int, int]]  # prices that keep the net, if they do
    taxed: list[TaxedPpm]  # by plan


class Sheet:
    """Lines, adjustments and fees under one order type."""

    def __init__(self, tables: Tables, order_type: str) -> None:
        self.order_type = order_type
        self.native = native.Cart(tables.settings, tables.table)
        self._tables = tables
        self._plans = tables.plans.get(order_type, tables.plans[""])

    def enter(self, line: int, entry: Entry) -> None:
        """Put a line. Raises LineRefused, UnknownTax, AmountOverflow."""
        plan = self._plan(entry.tax, entry.tax_included)
        unit = entry.override_minor
        if unit is None:
            unit = self.unit_of(entry)
        try:
            self.native.put(
                line, unit, entry.quantity_milli, entry.base_quantity_milli,
                entry.minimum_minor, plan,
            )  # fmt: skip
        except OverflowError as why:
            raise AmountOverflow(f"line {line}: {why}") from None
        except TypeError:
            raise LineRefused(line, WHOLE) from None

    def unit_of(self, entry: Entry) -> int:
        """Return what an entry's unit price is under this order type, overrides apart."""
        if self._tables.kept and entry.tax_included:
            return self._kept(entry)
        return entry.unit_minor

    def adjust(
        self,
        promoted: Sequence[RuleCells],
        adjustments: tuple[Adjustment, ...],
        meals: Mapping[int, tuple[int, ...]],
    ) -> None:
        """Set what promotions and adjustments take off, in their order.

        Raises AmountOverflow, InvalidInput.
        """
        try:
            self.native.adjust(
                _over_parts(promoted, meals) if meals else promoted,
                [(KINDS.index(a.kind), a.value, _named(a.lines, meals)) for a in adjustments],
            )
        except OverflowError as why:
            raise AmountOverflow(f"an adjustment does not fit in int64: {why}") from None
        except TypeError:
            raise InvalidInput("adjustments and line numbers must be whole numbers") from None

    def charge(self, fees: tuple[Fee, ...]) -> None:
        """Set the fees. Raises UnknownTax, AmountOverflow, InvalidInput."""
        default = self._tables.policy.fee_tax
        try:
            self.native.charge(
                [
                    (
                        fee.kind == "percent",
                        fee.of == "list",
                        fee.value,
                        self._plan(fee.tax or default, fee.tax_included),
                    )
                    for fee in fees
                ]
            )
        except OverflowError as why:
            raise AmountOverflow(f"a fee does not fit: {why}") from None
        except TypeError:
            raise InvalidInput("fees must be whole numbers") from None

    def _plan(self, tax: str, tax_included: bool) -> int:
        plan = self._plans.get((tax, tax_included))
        if plan is None:
            raise UnknownTax(tax)
        return plan

    def _kept(self, entry: Entry) -> int:
        """Return the unit price that keeps the net of the default order type."""
        factors = self._tables.kept.get((self.order_type, entry.tax))
        if factors is None:
            return entry.unit_minor
        up, per_milli, down = factors
        # fixed taxes count base units, of which one priced unit may hold several
        number = entry.unit_minor * up * entry.quantity_milli
        number += 1000 * per_milli * entry.base_quantity_milli
        size = entry.quantity_milli * down
        if size < 0:
            number, size = -number, -size
        return max(0, div_round(number, size, self._tables.policy.line_rounding))


def _named(lines: tuple[int, ...], meals: Mapping[int, tuple[int, ...]]) -> list[int]:
    named: set[int] = set()
    for line in lines:
        named.update(meals.get(line, (line,)))
    return sorted(named)


def _over_parts(
    promoted: Sequence[RuleCells], meals: Mapping[int, tuple[int, ...]]
) -> list[RuleCells]:
    """Name the parts of a set meal in place of its line; -1 marks those behind the first."""
    found: list[RuleCells] = []
    for rule, layer, cells in promoted:
        spread: list[tuple[int, int]] = []
        for line, minor in cells:
            first, *others = meals.get(line, (line,))
            spread += [(first, minor), *((part, -1) for part in others)]
        found.append((rule, layer, tuple(spread)))
    return found
