"""A cart under an engine: lines, set meals, adjustments and fees, priced by one call."""

from collections.abc import Iterable

from msgspec.structs import replace

from cashwrap.errors import AmountOverflow, whole
from cashwrap.money import INT64_MAX, div_round
from cashwrap.pricing.entries import (
    LAYERS,
    ROUNDING,
    RULE_LAYERS,
    WHOLE,
    Entry,
    RuleCells,
    check_adjustment,
    check_fee,
    check_line,
    check_override,
    check_whole,
    part_entry,
)
from cashwrap.pricing.errors import LineRefused
from cashwrap.pricing.model import (
    Adjustment,
    Allocation,
    Applied,
    Fee,
    FeeAmount,
    Layer,
    MealPart,
    Override,
    Priced,
    PricedLine,
    TaxAmount,
    Totals,
)
from cashwrap.pricing.sheet import Sheet, Tables, TaxedPpm
from cashwrap_native.allocate import allocate


class Cart:
    """The goods of one sale and what they come to.

    Every method either does all of its work or raises and leaves the cart as it was. Rows of
    results stand in order of line number.
    """

    def __init__(self, tables: Tables, order_type: str = "") -> None:
        self._tables = tables
        self._sheet = Sheet(tables, order_type)
        self._entries: dict[int, Entry] = {}
        self._meals: dict[int, tuple[int, ...]] = {}
        self._meal_of: dict[int, int] = {}
        self._meal_overrides: dict[int, Override] = {}
        self._promoted: tuple[RuleCells, ...] = ()
        self._adjustments: tuple[Adjustment, ...] = ()
        self._fees: tuple[Fee, ...] = ()

    def put(
        self,
        line: int,
        unit_minor: int,
        quantity_milli: int,
        tax: str = "",
        tax_included: bool = True,
        *,
        minimum_minor: int = 0,
        override_minor: int | None = None,
        base_quantity_milli: int | None = None,
    ) -> None:
        """Add a line, or replace the one of that number.

        ``unit_minor`` is for 1000 of ``quantity_milli``; a negative quantity is given back.
        ``base_quantity_milli`` is the same in base units (a pack of 24: 24_000 for each 1000),
        which fixed taxes count. ``override_minor`` is charged in place of ``unit_minor``; no
        discount brings the line below ``minimum_minor`` per unit (pass 0 when that is approved).
        Raises LineRefused, BelowMinimum, UnknownTax, or AmountOverflow.
        """
        entry = Entry(
            unit_minor,
            quantity_milli,
            tax,
            tax_included,
            minimum_minor,
            override_minor,
            quantity_milli if base_quantity_milli is None else base_quantity_milli,
        )
        if line in self._meals or line in self._meal_of:
            raise LineRefused(line, "is a set meal or part of one: use put_meal, or drop it first")
        check_line(line, entry)
        self._sheet.enter(line, entry)
        self._entries[line] = entry

    def put_meal(
        self,
        line: int,
        price_minor: int,
        quantity_milli: int,
        parts: Iterable[MealPart],
        *,
        minimum_minor: int = 0,
        override_minor: int | None = None,
    ) -> None:
        """Add a set meal, or replace the one of that number, as lines of its parts.

        The price of one meal is split over the parts by their own prices, by largest remainder,
        and each part is then a line with its own tax; an upcharge stays with its part. The meal's
        own number holds no money: `line` sums its parts, and an adjustment that names it means
        all of them. ``minimum_minor``, the least that one meal may come to, is split in the same
        way. Raises as `put` does.
        """
        taken = tuple(parts)
        numbers = tuple(part.line for part in taken)
        check_whole(line, price_minor, quantity_milli, taken)
        self._check_meal(line, numbers, quantity_milli, price_minor)
        price = price_minor if override_minor is None else override_minor
        check_override(line, override_minor, minimum_minor)
        entries = {n: e for n, e in self._entries.items() if self._meal_of.get(n) != line}
        try:
            weights = [part.unit_minor * part.quantity_milli for part in taken]
            shares = allocate(price, weights, None, self._tables.policy.odd_cents)
            floors = allocate(minimum_minor, weights, None, self._tables.policy.odd_cents)
        except OverflowError:
            raise AmountOverflow(f"line {line}: a price of the set meal is too large") from None
        except (ValueError, TypeError):
            raise LineRefused(line, f"{WHOLE}, those of parts not negative") from None
        for part, share, floor in zip(taken, shares, floors, strict=True):
            entries[part.line] = part_entry(part, share, min(share, floor), quantity_milli)
            check_line(part.line, entries[part.line])
        meals = {**self._meals, line: numbers}
        self._swap(self._sheet.order_type, entries, meals)
        self._meal_overrides.pop(line, None)
        if override_minor is not None:
            self._meal_overrides[line] = Override(line, price_minor, override_minor)

    def drop(self, line: int) -> bool:
        """Remove a line, or a set meal with its parts; return whether it was there."""
        if line in self._meals:
            for part in self._meals.pop(line):
                del self._meal_of[part], self._entries[part]
                self._sheet.native.drop(part)
            self._meal_overrides.pop(line, None)
            self._sheet.adjust(self._promoted, self._adjustments, self._meals)
            return True
        if line in self._meal_of:
            raise LineRefused(line, f"is part of set meal {self._meal_of[line]}: drop that")
        if self._entries.pop(line, None) is None:
            return False
        return self._sheet.native.drop(line)

    def adjust(self, adjustments: tuple[Adjustment, ...]) -> None:
        """Set the adjustments: by layer (promotion, coupon, points, manual), then as given.

        A line number that is not in the cart takes nothing. Raises AdjustmentRefused.
        """
        ids: set[str] = set()
        for adjustment in adjustments:
            check_adjustment(adjustment, ids)
        ordered = tuple(sorted(adjustments, key=lambda a: LAYERS.index(a.layer)))
        self._sheet.adjust(self._promoted, ordered, self._meals)
        self._adjustments = ordered

    def promote(self, promoted: tuple[RuleCells, ...]) -> None:
        """Set what promotions take off, to the unit, in their order and before all adjustments.

        Each is (rule, layer of rules, ((line, minor), ...)). What stands on the line of a set meal
        is shared over its parts by what is left of them. Nothing comes below a floor: `Priced`
        says what was asked for and what was granted. Raises AmountOverflow, InvalidInput.
        """
        if promoted != self._promoted:
            self._sheet.adjust(promoted, self._adjustments, self._meals)
            self._promoted = promoted

    def charge(self, fees: tuple[Fee, ...], off: tuple[Fee, ...] = ()) -> None:
        """Set the fees. ``off`` are fixed and below 0: what promotions take off other fees.

        Raises AdjustmentRefused, or UnknownTax.
        """
        ids: set[str] = set()
        for fee in (*fees, *(replace(fee, value=-fee.value) for fee in off)):
            check_fee(fee, ids)
        self._sheet.charge((*fees, *off))
        self._fees = (*fees, *off)

    def fees(self) -> tuple[FeeAmount, ...]:
        """Return what each fee comes to. Raises AmountOverflow."""
        self.price()
        ids = tuple([fee.id for fee in self._fees])
        return tuple(self._sheet.native.fees_charged(FeeAmount, ids)) if ids else ()

    @property
    def order_type(self) -> str:
        """Dine in, takeaway, ...: chooses the taxes; setting it resolves every line again.

        What happens to prices that contain tax is said by the policy's ``tax_change_keeps``.
        """
        return self._sheet.order_type

    @order_type.setter
    def order_type(self, order_type: str) -> None:
        self._swap(order_type, self._entries, self._meals)

    def price(self) -> Totals:
        """Return what the cart comes to. Raises AmountOverflow; the cart stays as it is."""
        try:
            return self._sheet.native.totals(Totals)
        except OverflowError as why:
            raise AmountOverflow(str(why)) from None

    def line(self, line: int) -> PricedLine:
        """Return one line after pricing; a set meal is the sum of its parts.

        Raises LineRefused for a line that is not there, and AmountOverflow.
        """
        try:
            if line in self._meals:
                parts = [self._sheet.native.line(part, PricedLine) for part in self._meals[line]]
                return _summed(line, [part for part in parts if part is not None])
            found = self._sheet.native.line(line, PricedLine) if line in self._entries else None
        except OverflowError as why:
            raise AmountOverflow(str(why)) from None
        if found is None:
            raise LineRefused(line, "is not in the cart")
        return found

    def before(self, line: int) -> tuple[int, int]:
        """Return what a line, or a set meal, comes to before discounts, and the least it may.

        Raises LineRefused.
        """
        if line not in self._meals and (row := self._sheet.native.before(line)) is not None:
            return row[0], row[1]
        rows = self._rows(line)
        gross = sum(row[0] for row in rows)
        return gross, gross - sum(max(0, row[0] - row[1]) for row in rows)

    def taxed(self, line: int) -> TaxedPpm:
        """Return what a line is net and gross of tax; a meal by what its parts are worth in it."""
        rows, ppm = self._rows(line), self._tables.taxed
        if len(rows) == 1:
            return ppm[rows[0][2]]
        worth = [max(1, row[0]) for row in rows]
        net = sum(minor * ppm[row[2]].net for minor, row in zip(worth, rows, strict=True))
        gross = sum(minor * ppm[row[2]].gross for minor, row in zip(worth, rows, strict=True))
        return TaxedPpm(*(div_round(each, sum(worth), "half_up") for each in (net, gross)))

    def list_unit(self, line: int, unit_minor: int) -> int:
        """Return what another price of a line's unit would be under this cart's order type."""
        return self._sheet.unit_of(self._entries[line]._replace(unit_minor=unit_minor))

    def priced(self) -> Priced:
        """Return the whole result: totals, lines, matrix, taxes, fees and proof."""
        cart = self._sheet.native
        rules = (*[rule for rule, _, _ in self._promoted], *[a.id for a in self._adjustments])
        return Priced(
            self.price(),
            tuple(cart.lines(PricedLine)),
            tuple(cart.matrix(Allocation, rules, ROUNDING)),
            tuple(cart.taxes(TaxAmount)),
            self.fees() if self._fees else (),
            policy_hash=self._tables.policy_hash,
            overrides=self._overrides(),
            applied=self._applied() if rules else (),
        )

    def cash_due(self, amount_minor: int) -> tuple[int, int]:
        """Return what to ask for in cash for an amount due, and the rounding in it.

        Nothing is rounded here when the policy has already rounded the total. The caller books
        the rounding with the tender; for a refund the amount is negative and mirrors the sale.
        """
        whole(amount_minor, "an amount")
        rule = self._tables.policy.cash_rounding
        if rule.on == "total":
            return amount_minor, 0
        steps = div_round(amount_minor, rule.increment_minor, rule.mode)
        due = steps * rule.increment_minor
        if abs(due) > INT64_MAX:
            raise AmountOverflow(f"{due} in cash does not fit in int64 minor units")
        return due, due - amount_minor

    def _applied(self) -> tuple[Applied, ...]:
        named: list[tuple[str, Layer, str]] = [
            (rule, RULE_LAYERS.get(layer, "promotion"), "") for rule, layer, _ in self._promoted
        ]
        named += [(a.id, a.layer, a.reason) for a in self._adjustments]
        return tuple(
            Applied(id, layer, base, asked, granted, reason)
            for (id, layer, reason), (base, asked, granted) in zip(
                named, self._sheet.native.outcomes(), strict=True
            )
        )

    def _rows(self, line: int) -> list[tuple[int, int, int]]:
        rows = [self._sheet.native.before(each) for each in self._meals.get(line, (line,))]
        found = [row for row in rows if row is not None]
        if not found:
            raise LineRefused(line, "is not in the cart")
        return found

    def _overrides(self) -> tuple[Override, ...]:
        found = [
            Override(line, entry[0], entry[5])
            for line, entry in self._entries.items()
            if entry[5] is not None
        ]
        return tuple(sorted([*found, *self._meal_overrides.values()], key=lambda o: o.line))

    def _check_meal(
        self, line: int, numbers: tuple[int, ...], quantity_milli: int, price_minor: int
    ) -> None:
        if not numbers or len(set(numbers)) < len(numbers) or line in numbers:
            raise LineRefused(line, "a set meal needs parts with line numbers of their own")
        if line in self._entries or any(
            n in self._meals or (n in self._entries and self._meal_of.get(n) != line)
            for n in numbers
        ):
            raise LineRefused(line, "a line number of the set meal is taken: drop that line first")
        if price_minor < 0 or line < 1 or not quantity_milli:
            raise LineRefused(line, "needs a line number, a price of 0 or more and a quantity")
        if price_minor > INT64_MAX:
            raise AmountOverflow(f"line {line}: the list price does not fit in int64 minor units")

    def _swap(
        self, order_type: str, entries: dict[int, Entry], meals: dict[int, tuple[int, ...]]
    ) -> None:
        """Build the sheet anew and take it over once it stands whole."""
        sheet = Sheet(self._tables, order_type)
        for line, entry in entries.items():
            sheet.enter(line, entry)
        sheet.charge(self._fees)
        sheet.adjust(self._promoted, self._adjustments, meals)
        self._sheet, self._entries, self._meals = sheet, dict(entries), meals
        self._meal_of = {part: meal for meal, parts in meals.items() for part in parts}


def _summed(line: int, parts: list[PricedLine]) -> PricedLine:
    return PricedLine(
        line,
        sum(part.gross_minor for part in parts),
        sum(part.discount_minor for part in parts),
        sum(part.net_minor for part in parts),
        sum(part.tax_minor for part in parts),
        sum(part.payable_minor for part in parts),
    )
