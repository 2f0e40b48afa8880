"""Why pricing refuses."""

from cashwrap.errors import BulkRefused, CashwrapError


class PricingError(CashwrapError):
    """Root of the refusals of pricing."""

    code = "pricing.error"


class SettingsUnusable(BulkRefused):
    """A price policy or tax table that cannot be computed with; ``issues`` has every fault."""

    code = "pricing.settings"


class LineRefused(PricingError, ValueError):
    """A line cannot be priced as given."""

    code = "pricing.line"

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)
        self.line = line
        self.why = why

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


class BelowMinimum(LineRefused):
    """A price override below the least price of the line."""

    code = "pricing.below_minimum"


class UnknownTax(PricingError):
    """A tax code that the tax table does not have."""

    code = "pricing.unknown_tax"

    def __init__(self, tax: str) -> None:
        super().__init__(tax)
        self.tax = tax

    def __str__(self) -> str:
        return f"tax code {self.tax!r} is not in the tax table: add it, or correct the item"


class AdjustmentRefused(PricingError, ValueError):
    """An adjustment or fee cannot be applied as given."""

    code = "pricing.adjustment"

    def __init__(self, id: str, why: str) -> None:
        super().__init__(id, why)
        self.id = id
        self.why = why

    def __str__(self) -> str:
        return f"{self.id or 'an adjustment without id'}: {self.why}"
