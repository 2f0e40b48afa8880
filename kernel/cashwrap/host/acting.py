"""A till as a plugin works on it: it reads everything, and journals what is its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from cashwrap.host.errors import NotItsOwn

if TYPE_CHECKING:
    from cashwrap.catalog.model import Item, PriceList
    from cashwrap.events import Event
    from cashwrap.host.open_till import OpenTill
    from cashwrap.host.selling import Selling
    from cashwrap.host.views import SaleSeen
    from cashwrap.ports import Timestamp
    from cashwrap.pricing.model import PricedLine
    from cashwrap.receipt.model import Receipt
    from cashwrap.receipt.paper import Row, TextStyle
    from cashwrap.sale.quote import Quoted
    from cashwrap.sale.returning.original import Original
    from cashwrap.settings import Settings
    from cashwrap.store.records import Record
    from cashwrap.store.tables import Reader

T = TypeVar("T")


class Asks(Protocol):
    """The way to a till: at once where it is this thread's, in its queue from any other."""

    def __call__(self, act: Callable[[OpenTill], T]) -> T:
        """Return what an act gives that is done on the till's own thread."""
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables."""
        ...


class AtOnce:
    """The way to a till that is open on this thread."""

    def __init__(self, till: OpenTill) -> None:
        self._till = till

    def __call__(self, act: Callable[[OpenTill], T]) -> T:
        """Return what an act gives."""
        return act(self._till)

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables."""
        return self._till.store.read()


def plugin_till(till: OpenTill, plugin: str) -> PluginTill:
    """Return a till that is open on this thread, as a plugin works on it."""
    known = till.host.plugins.get(plugin)
    return PluginTill(AtOnce(till), plugin, known.manifest.needs.rights if known else ())


class PluginTill:
    """What routes, followers, jobs and commands of one plugin get of a till.

    It may be used on the thread that the plugin was called on, and no longer than that call.
    """

    __slots__ = ("__ask", "__rights", "plugin")

    def __init__(self, ask: Asks, plugin: str, rights: Sequence[str] = ()) -> None:
        self.__ask = ask
        self.__rights = tuple(rights)
        self.plugin = plugin

    # What is its own

    def commit(self, events: Sequence[Event], *, staff: str = "", command: str = "") -> None:
        """Journal events of the plugin's own kinds; the same command commits once.

        Raises NotItsOwn, and what `Till.commit` raises.
        """
        events = tuple(events)
        for one in events:
            if not _is_own(self.plugin, one):
                raise NotItsOwn(self.plugin, one.kind)
        own = command and f"{self.plugin}/{command}"
        self.__ask(lambda till: till.commit(events, staff=staff, command=own))

    def settings(self, kind: type[T]) -> T:
        """Return the plugin's own settings. Raises SettingsRefused."""
        return self.__ask(lambda till: till.settings.of_plugin(self.plugin, kind))

    def new_id(self) -> str:
        """Return a fresh id."""
        return self.__ask(lambda till: till.new_id())

    # What is known of the till

    @property
    def shop(self) -> Settings:
        """Return the shop's settings: its currency, time zone, store."""
        return self.__ask(lambda till: till.settings)

    @property
    def is_training(self) -> bool:
        """Return whether nothing here counts."""
        return self.__ask(lambda till: till.is_training)

    @property
    def folder(self) -> Path:
        """Return the shop's folder."""
        return self.__ask(lambda till: Path(till.store.engine.folder))

    @property
    def now_ms(self) -> int:
        """Return the wall time."""
        return self.now().wall_ms

    def now(self) -> Timestamp:
        """Return the time."""
        return self.__ask(lambda till: till.now())

    def day_of(self, wall_ms: int) -> int:
        """Return the business day of a moment, yyyymmdd."""
        return self.__ask(lambda till: till.day_of(wall_ms))

    def read(self) -> AbstractContextManager[Reader]:
        """Give one consistent view of all tables; keep it short, sales may wait for it."""
        return self.__ask.read()

    # Goods

    def item(self, sku: str) -> Item:
        """Return an item of the catalog in force. Raises UnknownItem, NoCatalog."""
        return self.__ask(lambda till: till.catalog.by_sku(sku))

    def shelf_minor(self, sku: str, at_ms: int) -> int | None:
        """Return what a base unit costs anybody here at a moment, price lists that only lower it
        left out; None where it has no price. Raises UnknownItem, NoCatalog."""
        return self.__ask(lambda till: till.catalog.shelf_minor(sku, at_ms, till.price_context("")))

    def put_price_lists(self, lists: Sequence[PriceList]) -> None:
        """Have price lists count from now on, in place of all that the plugin gave before.

        The plugin's manifest has to ask for ``prices``. What is on open sales keeps its price.
        Raises PluginRefused, as for a list of ``cashwrap_price_lists`` that cannot be.
        """
        from cashwrap.host.adding import checked_lists
        from cashwrap.plugins import PluginRefused

        if "prices" not in self.__rights:
            raise PluginRefused(
                f"plugin {self.plugin!r} may not set prices: put 'prices' into needs.rights"
            )
        checked = tuple(checked_lists(self.plugin, lists).values())
        self.__ask(lambda till: till.price_beside(self.plugin, checked))

    def available(self, sku: str, location: str = "") -> int:
        """Return what may still be sold of a SKU, thousandths of its unit."""
        return self.__ask(lambda till: till.available(sku, location))

    def quote(
        self,
        lines: Sequence[Quoted],
        *,
        order_type: str = "",
        customer: str = "",
        promotions: bool = True,
    ) -> tuple[PricedLine, ...]:
        """Return what goods would come to if they were sold together now; see `Till.quote`."""
        return self.__ask(
            lambda till: till.quote(
                lines, order_type=order_type, customer=customer, promotions=promotions
            )
        )

    # Sales

    def sell(self, act: Callable[[Selling], T]) -> T:
        """Do something with the till's sales, all of it at once, and return what it gives.

        The plugin's manifest has to ask for ``sales``; staff rights are asked as of anybody. What
        it gives is for the plugin's own use: no sale is worked on once it has returned. Raises
        NotASeller, and what selling raises.
        """
        from cashwrap.host.selling import RIGHT, NotASeller, Selling

        if RIGHT not in self.__rights:
            raise NotASeller(self.plugin)
        return self.__ask(lambda till: act(Selling(till)))

    def open_sales(self) -> tuple[SaleSeen, ...]:
        """Return the sales that are open, oldest first."""
        from cashwrap.host.views import seen

        return self.__ask(lambda till: tuple([seen(one.cart) for one in till.open_sales()]))

    def sale(self, sale: str) -> SaleSeen:
        """Return an open sale by its id. Raises NoSuchSale."""
        from cashwrap.host.views import seen

        return self.__ask(lambda till: seen(till.sale(sale).cart))

    def sale_of_number(self, number: int) -> str:
        """Return the id of the sale with a receipt number. Raises NoSuchSale."""
        return self.__ask(lambda till: till.sale_of_number(number))

    def record_of(self, sale: str) -> Record:
        """Return the journal record that completed a sale. Raises NoSuchSale."""
        return self.__ask(lambda till: till.record_of(sale))

    def original(self, named: int | str) -> Original:
        """Return a completed sale with what has come back of it. Raises NoSuchSale."""
        return self.__ask(lambda till: till.original(named))

    def receipt(self, sale: str, *, gift: bool = False) -> Receipt:
        """Return the receipt of a completed sale, by its id. Raises NoSuchSale."""
        return self.__ask(lambda till: till.receipt(sale, gift=gift))

    def paper_of(self, record: Record, style: TextStyle | None = None) -> list[Row]:
        """Return the rows of the paper that belongs to a record; see `Till.paper_of`."""
        return self.__ask(lambda till: till.paper_of(record, style))

    def paper_style(self) -> TextStyle:
        """Return the columns and language of the settings."""
        return self.__ask(lambda till: till.text_style)


def _is_own(plugin: str, event: Event) -> bool:
    """Return whether an event is of a plugin's name, and no kind that the kernel journals."""
    from cashwrap.events import known_events

    known = known_events().get(event.kind)
    is_kernels = known is not None and known.__module__.partition(".")[0] == "cashwrap"
    return event.kind.startswith(f"{plugin}.") and not is_kernels
