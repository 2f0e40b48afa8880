"""What the catalog refuses, in words for the person at the till."""

from cashwrap.errors import CashwrapError


class CatalogError(CashwrapError):
    """The catalog cannot answer or accept this."""

    code = "catalog.error"


class NoCatalog(CatalogError):
    """No catalog has been activated yet, or its snapshot is not on this device."""

    code = "catalog.none"


class UnknownItem(CatalogError, LookupError):
    """A code or SKU that is not in this catalog."""

    code = "catalog.unknown_item"

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(kind, value)
        self.kind = kind
        self.value = value

    def __str__(self) -> str:
        return f"{self.kind} {self.value[:80]!r} is not in the catalog: check the code or add it"


class NoPrice(CatalogError, LookupError):
    """No price book has a price for this at the moment of asking."""

    code = "catalog.no_price"

    def __init__(self, sku: str, unit: str, now_ms: int) -> None:
        super().__init__(sku, unit, now_ms)
        self.sku = sku
        self.unit = unit
        self.now_ms = now_ms

    def __str__(self) -> str:
        unit = f" per {self.unit}" if self.unit else ""
        return (
            f"SKU {self.sku!r} has no price{unit} in effect here and now: add one to a price book"
        )


class UnknownUnit(CatalogError, LookupError):
    """A unit in which this item is not sold."""

    code = "catalog.unknown_unit"

    def __init__(self, sku: str, unit: str, known: tuple[str, ...]) -> None:
        super().__init__(sku, unit, known)
        self.sku = sku
        self.unit = unit
        self.known = known

    def __str__(self) -> str:
        return f"SKU {self.sku!r} is not sold by {self.unit!r}, only by {', '.join(self.known)}"


class SlotRefused(CatalogError):
    """A choice for a set meal that its slot does not allow."""

    code = "catalog.slot"

    def __init__(self, meal: str, slot: str, reason: str) -> None:
        super().__init__(meal, slot, reason)
        self.meal = meal
        self.slot = slot
        self.reason = reason

    def __str__(self) -> str:
        return f"set meal {self.meal!r}, slot {self.slot!r}: {self.reason}"


class ModifierRefused(CatalogError):
    """A choice of modifiers that their group does not allow."""

    code = "catalog.modifier"

    def __init__(self, sku: str, group: str, reason: str) -> None:
        super().__init__(sku, group, reason)
        self.sku = sku
        self.group = group
        self.reason = reason

    def __str__(self) -> str:
        return f"SKU {self.sku!r}, modifiers {self.group!r}: {self.reason}"
