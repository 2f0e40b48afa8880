"""The goods of a shop as rules see them: prices in force, costs from the stock ledger."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from cashwrap.catalog.keys import PRICES, version_prefix
from cashwrap.catalog.model import Item, PriceContext
from cashwrap.catalog.prices import effective, ranked
from cashwrap.catalog.snapshot import decode_prices, pages
from cashwrap.catalog.view import Catalog, open_catalog
from cashwrap.counter import engine_of
from cashwrap.money import MILLI, div_round
from cashwrap.pricing.engine import Engine
from cashwrap.promotions.lint.model import Shelf, ShelfItem
from cashwrap.promotions.model import Goods, Occasion
from cashwrap.settings import Settings
from cashwrap.stock.moves import is_held
from cashwrap.stock.view import Balance, Stock
from cashwrap.whatif.source import Source

SKUS_A_VIEW = 500


def shelf_of(source: Source, settings: Settings, now_ms: int) -> Shelf:
    """Return everything that a shop sells now, in order of SKU. Raises NoCatalog."""
    catalog = open_catalog(source.read, now_ms)
    engine = engine_of(settings, catalog.tax_codes())
    shop = _Shop(source, settings, catalog, engine, now_ms)
    items = shop.items()
    costs = unit_costs(source, [item.goods.sku for item in items])
    return Shelf(
        tuple([replace(item, cost_minor=costs.get(item.goods.sku)) for item in items]),
        usual_occasion(settings, now_ms),
        order_types=settings.order_types,
        categories=tuple(category.code for category in catalog.categories()),
    )


def with_costs(shelf: Shelf, costs: Mapping[str, int]) -> Shelf:
    """Return the shelf with unit costs from elsewhere for the SKUs that are named."""
    items = [
        replace(item, cost_minor=costs.get(item.goods.sku, item.cost_minor)) for item in shelf.items
    ]
    return replace(shelf, items=tuple(items))


def usual_occasion(settings: Settings, now_ms: int) -> Occasion:
    """Return an ordinary sale of a shop: its own place, a guest, now."""
    return Occasion(
        opened_ms=now_ms,
        now_ms=now_ms,
        timezone=settings.timezone,
        store=settings.store,
        channel=settings.channel,
        order_type=settings.order_types[0],
    )


class _Shop:
    """Reads the goods of one catalog."""

    def __init__(
        self, source: Source, settings: Settings, catalog: Catalog, engine: Engine, now_ms: int
    ) -> None:
        self._source = source
        self._catalog = catalog
        self._now_ms = now_ms
        self._context = PriceContext(settings.region, settings.store, settings.channel)
        self._above = categories_above(catalog)
        self._cart = engine.cart(settings.order_types[0])

    def items(self) -> list[ShelfItem]:
        """Return what can be sold and has a price."""
        prices = self._prices()
        found = []
        for item in self._all():
            price = prices.get(item.sku)
            if item.sellable and price is not None and price[0] > 0:
                found.append(self._item(item, *price))
        return found

    def _item(self, item: Item, unit_minor: int, tax_included: bool) -> ShelfItem:
        self._cart.put(
            1, unit_minor, MILLI, item.tax, tax_included, minimum_minor=item.minimum_minor
        )
        gross_minor, least_minor = self._cart.before(1)
        above = self._above.get(item.category, ())
        return ShelfItem(
            Goods(item.sku, item.family, above, item.tags),
            gross_minor,
            item.name,
            None,
            least_minor,
            self._cart.taxed(1).net,
            item.measure == "weight",
            item.stocked,
        )

    def _all(self) -> Iterator[Item]:
        after = ""
        while page := self._catalog.items(after):
            yield from page
            after = page[-1].sku

    def _prices(self) -> dict[str, tuple[int, bool]]:
        """Return the unit price of each SKU now, and whether it contains the taxes."""
        prefix, books = version_prefix(self._catalog.catalog_version), self._catalog.books()
        found = {}
        for key, row in pages(self._source.read, PRICES, prefix):
            price = effective(ranked(decode_prices(row), books, self._context, ""), self._now_ms)
            if price is not None:
                found[key[len(prefix) :].decode()] = (price.unit_minor, price.tax_included)
        return found


def categories_above(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return each category with all those above it, itself first."""
    parents = {category.code: category.parent for category in catalog.categories()}
    found = {}
    for code in parents:
        chain = [code]
        while (parent := parents.get(chain[-1], "")) and parent not in chain:
            chain.append(parent)
        found[code] = tuple(chain)
    return found


def unit_costs(source: Source, skus: Sequence[str]) -> dict[str, int]:
    """Return what a unit of each SKU cost the shop, where the stock ledger knows it."""
    found = {}
    for first in range(0, len(skus), SKUS_A_VIEW):
        with source.read() as reader:
            stock = Stock(reader)
            for sku in skus[first : first + SKUS_A_VIEW]:
                cost = _unit_cost(stock.rows(sku))
                if cost is not None:
                    found[sku] = cost
    return found


def _unit_cost(rows: Sequence[Balance]) -> int | None:
    """Return the average cost of what is on hand, else the last known one."""
    held = [row for row in rows if row.location and is_held(row.location) and row.on_hand_milli > 0]
    known = held or [row for row in rows if not row.location]
    milli = sum(row.on_hand_milli for row in known)
    if milli <= 0:
        return None
    return div_round(sum(row.value_minor for row in known) * MILLI, milli, "half_up")
