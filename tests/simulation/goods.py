"""What the simulated shop sells: its settings, catalogs and rules, small enough to know."""

from collections.abc import Mapping

REGISTERS = {"T1": ("R1", "R2", "R3"), "T2": ("",)}
GUARDED = {"T2"}  # has accounts, rights and approvals; the other is open to all
CLERKS, BOSS, PIN = ("ana", "ben", "cleo"), "boss", "7302"

_SETTINGS = """
store = "S001"
till = "{till}"
registers = {registers}
shop_name = "街角小店"

[price.cash_rounding]
increment_minor = 10
mode = "down"
on = "cash"
"""

COLA, BUN, CAKE, APPLE, TEA, BAG = "COLA", "BUN", "CAKE", "APPLE", "TEA", "BAG"
PRICES: Mapping[str, int] = {COLA: 350, BUN: 900, CAKE: 2_250, APPLE: 1_288, TEA: 1_805, BAG: 5}
WEIGHED = {APPLE}
COSTS: Mapping[str, int] = {COLA: 200, BUN: 400, CAKE: 1_100, APPLE: 700, TEA: 300, BAG: 1}
FIRST_STOCK_MILLI = 500_000
COLA_CODE, APPLE_PLU = "6901234567892", "10001"


def settings(till: str) -> str:
    """Return the settings file of a till."""
    named = [name for name in REGISTERS[till] if name]
    return _SETTINGS.format(till=till, registers=str(named).replace("'", '"'))


def catalog(percent: int = 100) -> list[dict[str, object]]:
    """Return the catalog's records, with every price at so many percent."""

    def item(sku: str, **more: object) -> dict[str, object]:
        minor = PRICES[sku] * percent // 100
        price = f"{minor // 100}.{minor % 100:02}"
        return {"type": "item", "sku": sku, "name": sku, "tax": "vat13", "price": price, **more}

    return [
        {"type": "book", "code": "base"},
        item(COLA, gtins=[COLA_CODE]),
        item(BUN),
        item(CAKE),
        item(APPLE, plus=[APPLE_PLU], unit="kg", measure="weight"),
        item(TEA, tax="vat6"),
        item(BAG, tax=""),
    ]


RULES = (
    """
[[rules]]
id = "three-for-ten"
layer = "item"
range = { skus = ["COLA"] }
benefit = { kind = "set_price", count = 3, off = { price_minor = 1000 } }

[[rules]]
id = "second-bun-half"
layer = "item"
range = { skus = ["BUN"] }
benefit = { kind = "group", every = 2, off = { percent_ppm = 500_000 } }

[[rules]]
id = "spend-30"
layer = "order"
[rules.benefit]
kind = "spend"
every = true
steps = [{ at_minor = 3000, off = { amount_minor = 300 } }]
""",
    """
[[rules]]
id = "cake-off"
layer = "item"
range = { skus = ["CAKE"] }
benefit = { kind = "each", off = { percent_ppm = 333_333 } }

[[rules]]
id = "spend-50"
layer = "order"
[rules.benefit]
kind = "spend"
steps = [{ at_minor = 5000, off = { percent_ppm = 70_000 } }]
""",
)
