"""The open till (`cashwrap.Till`) that plugins work on, as far as the host needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from cashwrap.catalog.model import PriceContext, PriceList
    from cashwrap.catalog.view import Catalog
    from cashwrap.events import Event
    from cashwrap.host.host import Host
    from cashwrap.ports import Timestamp
    from cashwrap.pricing.model import PricedLine
    from cashwrap.receipt.model import Receipt
    from cashwrap.receipt.paper import Row, TextStyle
    from cashwrap.sale.holds.holds import Holds
    from cashwrap.sale.quote import Quoted
    from cashwrap.sale.returning.original import Original
    from cashwrap.sale.sale import Sale
    from cashwrap.settings import Settings
    from cashwrap.staff.rights import Act, Allowed, Right
    from cashwrap.store.records import Record
    from cashwrap.store.store import Store


class OpenTill(Protocol):
    """See `cashwrap.Till` for each of these."""

    is_training: bool

    @property
    def store(self) -> Store:
        """Return its store."""
        ...

    @property
    def settings(self) -> Settings:
        """Return its settings."""
        ...

    @property
    def host(self) -> Host:
        """Return the host of its plugins."""
        ...

    @property
    def catalog(self) -> Catalog:
        """Return the catalog in force now."""
        ...

    @property
    def holds(self) -> Holds:
        """Return the suspended sales."""
        ...

    @property
    def text_style(self) -> TextStyle:
        """Return the columns and language of the settings."""
        ...

    def now(self) -> Timestamp:
        """Return the time."""
        ...

    def day_of(self, wall_ms: int) -> int:
        """Return the business day of a moment, yyyymmdd."""
        ...

    def new_id(self) -> str:
        """Return a fresh id."""
        ...

    def signed_in(self, register: str) -> str:
        """Return who is signed in at a register, "" for nobody."""
        ...

    def allow(self, act: Act, staff: str, register: str | None = None) -> Allowed:
        """Return that somebody may do something now, and on whose approval."""
        ...

    def may(self, right: Right, staff: str = "", register: str = "") -> bool:
        """Return whether somebody may do something without asking anybody."""
        ...

    def use_up(self, staff: str = "", register: str = "") -> None:
        """Journal that an act was done which journals nothing itself."""
        ...

    def commit(
        self,
        events: Sequence[Event],
        *,
        staff: str = "",
        command: str = "",
        register: str = "",
    ) -> None:
        """Journal events, durably."""
        ...

    def available(self, sku: str, location: str = "") -> int:
        """Return what may still be sold of a SKU."""
        ...

    def price_context(self, customer: str) -> PriceContext:
        """Return for whom and where prices are asked."""
        ...

    def price_beside(self, plugin: str, lists: Sequence[PriceList]) -> None:
        """Let price lists of a plugin count in place of those that it gave before."""
        ...

    def quote(
        self,
        lines: Sequence[Quoted],
        *,
        order_type: str = "",
        customer: str = "",
        promotions: bool = True,
    ) -> tuple[PricedLine, ...]:
        """Return what goods would come to; nothing is written."""
        ...

    def new_sale(
        self,
        order_type: str = "",
        *,
        customer: str = "",
        register: str = "",
        staff: str = "",
        command: str = "",
    ) -> Sale:
        """Begin a sale."""
        ...

    def sale(self, sale: str) -> Sale:
        """Return an open sale by its id."""
        ...

    def open_sales(self) -> tuple[Sale, ...]:
        """Return the sales that are open."""
        ...

    def sale_of_number(self, number: int) -> str:
        """Return the id of the sale with a receipt number."""
        ...

    def record_of(self, sale: str) -> Record:
        """Return the journal record that completed a sale."""
        ...

    def original(self, named: int | str) -> Original:
        """Return a completed sale with what has come back of it."""
        ...

    def receipt(self, sale: str, *, gift: bool = False) -> Receipt:
        """Return the receipt of a completed sale."""
        ...

    def paper_of(self, record: Record, style: TextStyle | None = None) -> list[Row]:
        """Return the rows of the paper that belongs to a record."""
        ...
