"""The till: open a store folder, ring up, take payments, print; all offline.

One `Till` owns its folder and is used by one thread at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from cashwrap.audit import AuditProjection, SettingsChanged, settings_digest
from cashwrap.business_day import BusinessDays
from cashwrap.catalog import keys as catalog_keys
from cashwrap.catalog.errors import UnknownItem
from cashwrap.catalog.events import activate
from cashwrap.catalog.importing import import_catalog
from cashwrap.catalog.model import Item, PriceContext
from cashwrap.catalog.projection import CatalogProjection, read_plan
from cashwrap.catalog.snapshot import Snapshot
from cashwrap.catalog.view import Catalog, open_catalog
from cashwrap.errors import CashwrapError
from cashwrap.events import Event
from cashwrap.ids import new_id
from cashwrap.ports import Clock, Randomness, SystemClock, SystemRandomness, Timestamp
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import TaxCode
from cashwrap.receipt.model import Receipt
from cashwrap.receipt.text import TextStyle, render_text
from cashwrap.sale import edits, recovery
from cashwrap.sale.cart import Cart
from cashwrap.sale.complete import completed
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.errors import NoSuchSale, ReasonNeeded, UnknownOrderType
from cashwrap.sale.events import DrawerOpened, ReceiptReprinted, SaleCompleted, SaleFolded
from cashwrap.sale.goods import stock_milli
from cashwrap.sale.projection import (
    DayTotals,
    SaleProjection,
    day_totals,
    ended,
    sale_of_number,
    series_totals,
)
from cashwrap.sale.receipt import receipt_of
from cashwrap.sale.sale import Sale
from cashwrap.settings import FILE_NAME, Settings, parse_settings, read_settings, settings_text
from cashwrap.stock.book import DrawPolicy
from cashwrap.stock.projection import StockProjection
from cashwrap.stock.recipes import SoldGoods
from cashwrap.stock.sell import sell
from cashwrap.stock.view import Stock
from cashwrap.store.draft import DraftFile
from cashwrap.store.records import Record
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection
from cashwrap.tender.driver import TenderDriver
from cashwrap.tender.pan import mask_pan
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import (
    TenderProjection,
    open_payments,
    payment_of,
    payments_of_sale,
    stored_payments,
)
from cashwrap.tender.runner import TenderRunner

DRAFT_FILE = "draft"
T = TypeVar("T")


class TillClosed(CashwrapError):
    """The till was closed; open it again to go on."""

    code = "till.closed"

    def __str__(self) -> str:
        return "this till was closed: open the folder again"


class Till:
    """One till on one store folder. See docs/embed.md."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        drivers: Mapping[str, TenderDriver],
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self.store = store
        self.settings = settings
        self._clock = clock
        self._randomness = randomness
        self._days = BusinessDays(settings.timezone, settings.day_starts_minutes)
        self._contexts: dict[str, PriceContext] = {}
        self._catalog: Catalog | None = None
        self._catalog_until_ms = 0
        self._engine: Engine | None = None
        self._open: dict[str, Sale] = {}
        self._draft = DraftFile(Path(store.engine.folder) / DRAFT_FILE)
        self.runner = TenderRunner(drivers, store.commit, self._payment, self._stored)

    @classmethod
    def create(
        cls,
        folder: Path | str,
        settings: str = "",
        *,
        clock: Clock | None = None,
        randomness: Randomness | None = None,
        witness: Sequence[Path | str] | None = None,
    ) -> None:
        """Make a new store in a folder. ``settings`` is the text of its settings file (TOML).

        Raises SettingsRefused, or StoreExists where one stands already.
        """
        checked = parse_settings(settings)
        _engine(checked, ())
        Store.create(
            folder,
            store=checked.store,
            till=checked.till,
            clock=clock or SystemClock(),
            randomness=randomness or SystemRandomness(),
            witness=witness,
        ).close()
        (Path(folder) / FILE_NAME).write_text(settings, encoding="utf-8")

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        drivers: Mapping[str, TenderDriver] | None = None,
        projections: Sequence[Projection] = (),
        plugins: bool = True,
        clock: Clock | None = None,
        randomness: Randomness | None = None,
        witness: Sequence[Path | str] | None = None,
        adopt: str = "",
        rekey: str = "",
    ) -> Self:
        """Open a store folder, bring back its open sales and its payments in doubt.

        ``drivers`` are payment drivers by tender kind, beside those of installed plugins.
        Raises SettingsRefused, PluginRefused, and what `Store.open` raises.
        """
        settings = read_settings(Path(folder))
        _engine(settings, ())
        clock, randomness = clock or SystemClock(), randomness or SystemRandomness()
        more, all_drivers = list(projections), dict(drivers or {})
        if plugins:
            added, offered = _from_plugins()
            more, all_drivers = [*more, *added], {**offered, **all_drivers}
        store = Store.open(
            folder,
            clock=clock,
            randomness=randomness,
            projections=[*kernel_projections(), *more],
            staged=catalog_keys.STAGED_TABLES,
            witness=witness,
            adopt=adopt,
            rekey=rekey,
        )
        try:
            till = cls(store, settings, all_drivers, clock, randomness)
            till._recover()
        except BaseException:
            store.close()
            raise
        return till

    # Selling

    def new_sale(
        self, order_type: str = "", *, customer: str = "", staff: str = "", command: str = ""
    ) -> Sale:
        """Begin a sale. Raises UnknownOrderType, NoCatalog."""
        self._check_open()
        known = self.settings.order_types
        if order_type and order_type not in known:
            raise UnknownOrderType(
                f"order type {order_type!r} is not one of this shop's: {', '.join(known)}"
            )
        opened = edits.SaleOpened(
            sale=self.new_id(),
            order_type=order_type or known[0],
            customer=customer,
            catalog_version=self.catalog.catalog_version,
            at_ms=self.now().wall_ms,
            staff=staff,
            command=command,
        )
        sale = Sale(self, Cart(opened, self.engine))
        self.write_draft(sale.id, opened)
        self._open[sale.id] = sale
        return sale

    def open_sales(self) -> tuple[Sale, ...]:
        """Return the sales that are open or being paid, oldest first."""
        return tuple(self._open.values())

    def sale(self, sale: str) -> Sale:
        """Return an open sale by its id. Raises NoSuchSale."""
        found = self._open.get(sale)
        if found is None:
            raise NoSuchSale(f"sale {sale!r} is not open here: it ended, or never began")
        return found

    def step(self) -> bool:
        """Ask on about one payment in doubt or one refund; return whether there was one to ask.

        Call it when `next_step_ms` has come, from the same thread. Never blocks longer than one
        call of a driver.
        """
        payment = self.runner.step(self.now())
        if payment is None:
            return False
        sale = self._open.get(payment.sale)
        if sale is not None:
            sale.payments.came(payment)
        return True

    @property
    def next_step_ms(self) -> int | None:
        """Return the steady time at which `step` next has something to do, or None."""
        return self.runner.next_ms

    # What is known

    @property
    def catalog(self) -> Catalog:
        """Return the catalog in force now. Raises NoCatalog."""
        if self._catalog is None or (
            self._catalog_until_ms and self.now().wall_ms >= self._catalog_until_ms
        ):
            self._look_up_catalog()
        assert self._catalog is not None
        return self._catalog

    @property
    def engine(self) -> Engine:
        """Return the pricing engine of the settings and the catalog's tax codes."""
        if self._engine is None:
            self._engine = _engine(self.settings, self.catalog.tax_codes())
        return self._engine

    def tax_codes(self) -> dict[str, TaxCode]:
        """Return the tax codes in force, by code; the catalog's come before the settings'."""
        return _taxes(self.settings, self.catalog.tax_codes())

    def takings(self, day: int = 0) -> DayTotals:
        """Return the sums of a business day (yyyymmdd), today by default."""
        with self.store.read() as reader:
            return day_totals(reader, day or self.day_of(self.now().wall_ms))

    def ask_stock(self, question: Callable[[Stock], T]) -> T:
        """Return the answer to a question about stock, from one consistent view."""
        with self.store.read() as reader:
            return question(Stock(reader))

    def receipt(self, sale: str, *, gift: bool = False) -> Receipt:
        """Return the receipt of a completed sale, by its id. Raises NoSuchSale."""
        return receipt_of(self.record_of(sale), self.settings, self.tax_codes(), gift=gift)

    def receipt_text(self, sale: str, *, gift: bool = False) -> str:
        """Return a completed sale's receipt as plain text, as the settings lay it out."""
        return render_text(self.receipt(sale, gift=gift), self.text_style)

    @property
    def text_style(self) -> TextStyle:
        """Return the columns and language of the settings."""
        receipt = self.settings.receipt
        return TextStyle(columns=receipt.columns, language=receipt.language)

    def reprint(self, sale: str, *, gift: bool = False, staff: str = "") -> Receipt:
        """Return the receipt again, marked and counted as a copy; journaled. Raises NoSuchSale."""
        record = self.record_of(sale)
        with self.store.read() as reader:
            place = ended(reader, sale)
        assert place is not None  # it has a record
        copy = place.copies + 1
        self.commit([ReceiptReprinted(sale, place.number, copy, gift)], staff=staff)
        return receipt_of(record, self.settings, self.tax_codes(), copy=copy, gift=gift)

    def record_of(self, sale: str) -> Record:
        """Return the journal record that completed a sale. Raises NoSuchSale."""
        with self.store.read() as reader:
            place = ended(reader, sale)
        record = None
        if place is not None and place.state == "completed":
            record = self.store.journal.get(place.seq)
        if record is None:
            raise NoSuchSale(f"no completed sale {sale!r} is in this till's journal")
        return record

    def sale_of_number(self, number: int) -> str:
        """Return the id of the sale with a receipt number. Raises NoSuchSale."""
        with self.store.read() as reader:
            sale = sale_of_number(reader, number)
        if sale is None:
            raise NoSuchSale(f"this till has no receipt number {number}")
        return sale

    # Other acts

    def import_catalog(
        self,
        source: Path | str,
        *,
        update: bool = False,
        effective_at_ms: int = 0,
        progress: Callable[[int, int], None] | None = None,
        staff: str = "",
    ) -> Snapshot:
        """Import a catalog and put it in force, at once or at a time; all of it or nothing.

        ``update`` merges it by SKU onto the one in force. ``progress`` gets (done, total).
        Raises BulkRefused with every problem of the input.
        """
        self._check_open()
        snapshot = import_catalog(
            source,
            self.store.read,
            self.store.stage,
            update_of=self.catalog.catalog_version if update else None,
            currency=self.settings.currency,
            tax_codes={code.code for code in self.settings.taxes},
            progress=progress,
        )
        self.commit([activate(snapshot, effective_at_ms)], staff=staff)
        self._catalog = None
        return snapshot

    def move_stock(self, decide: Callable[[Stock], Event], *, staff: str = "") -> Event:
        """Decide a stock document on the stock as it is and journal it; return its event.

        ``decide`` is one of `cashwrap.stock.documents` or `cashwrap.stock.reservations` with
        its arguments: ``till.move_stock(lambda stock: receive(stock, ...))``.
        """
        self._check_open()
        event = self.ask_stock(decide)
        self.commit([event], staff=staff)
        return event

    def no_sale(self, reason: str, *, staff: str = "") -> None:
        """Journal that the drawer is opened without a sale. Raises ReasonNeeded."""
        if not reason.strip():
            raise ReasonNeeded("opening the drawer without a sale")
        self.commit([DrawerOpened(mask_pan(reason.strip()))], staff=staff)

    def close(self) -> None:
        """Make everything durable and give the folder up; open sales stay in the draft."""
        self._open.clear()
        self._draft.close()
        self.store.close()

    def abandon(self) -> None:
        """Let the folder go as a killed process would: nothing is flushed, nothing is journaled."""
        self._draft.abandon()
        self.store.abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # What its sales need of it (`sale.desk.Desk`)

    def now(self) -> Timestamp:
        """Return the time."""
        return self._clock.now()

    def day_of(self, wall_ms: int) -> int:
        """Return the business day of a moment, yyyymmdd."""
        return self._days.day_of(wall_ms)

    def new_id(self) -> str:
        """Return a fresh id."""
        return new_id(self.now().wall_ms, self._randomness)

    def price_context(self, customer: str) -> PriceContext:
        """Return for whom and where prices are asked."""
        found = self._contexts.get(customer)
        if found is None:
            s = self.settings
            found = PriceContext(s.region, s.store, s.channel, customer)
            self._contexts[customer] = found
        return found

    def write_draft(self, sale: str, edit: AnyEdit) -> None:
        """Append an edit to the draft; it survives the death of the process from now on."""
        self._draft.append(recovery.draft_payload(sale, edit))

    def flush_draft(self) -> None:
        """Put the draft on the disk."""
        self._draft.flush()

    def commit(self, events: Sequence[Event], *, staff: str = "", command: str = "") -> None:
        """Journal events, durably."""
        self._check_open()
        self.store.commit(events, at=self.now(), staff=staff, command=command)

    def payments_of(self, sale: str) -> list[Payment]:
        """Return the payments of a sale as committed."""
        with self.store.read() as reader:
            return payments_of_sale(reader, sale)

    def completed(self, cart: Cart, payments: Sequence[Payment]) -> SaleCompleted:
        """Return the event that would complete a sale now: stock moves, number and day."""
        day = self.day_of(self.now().wall_ms)
        policy = draw_policy(self.settings, day)
        with self.store.read() as reader:
            moves = sell(Stock(reader), sold_goods(cart), self._item, policy)
            return completed(cart, payments, moves, series_totals(reader), day)

    def ended(self, sale: str) -> None:
        """Forget an open sale; its end is in the journal."""
        self._open.pop(sale, None)
        if not self._open:
            self._draft.restart()

    # Inside

    def _check_open(self) -> None:
        if self.store.engine.is_closed:
            raise TillClosed

    def _payment(self, payment: str) -> Payment | None:
        with self.store.read() as reader:
            return payment_of(reader, payment)

    def _stored(self) -> list[Payment]:
        with self.store.read() as reader:
            return stored_payments(reader)

    def _item(self, sku: str) -> Item | None:
        try:
            return self.catalog.by_sku(sku)
        except UnknownItem:
            return None

    def _look_up_catalog(self) -> None:
        self._check_open()
        now_ms = self.now().wall_ms
        with self.store.read() as reader:
            later = [each.effective_at_ms for each in read_plan(reader)]
        self._catalog = open_catalog(self.store.read, now_ms)
        self._catalog_until_ms = min((ms for ms in later if ms > now_ms), default=0)
        self._engine = None

    def _recover(self) -> None:
        self._note_settings()
        with self.store.read() as reader:
            histories = recovery.open_histories(self._draft.left_behind(), reader)
            waiting = open_payments(reader)
        for sale_id, history in histories.items():
            sale = Sale(self, recovery.replayed(history, self.engine))
            self._open[sale_id] = sale
            sale.payments.refresh()
        if not self._open:
            self._draft.restart()
        self.runner.resume(waiting, self.now())
        for sale in self.open_sales():
            sale.payments.recovered()

    def _note_settings(self) -> None:
        text = settings_text(Path(self.store.engine.folder))
        digest = sha256(text.encode()).hexdigest()
        with self.store.read() as reader:
            known = settings_digest(reader)
        if known != digest:
            self.commit([SettingsChanged(digest, text)])


def kernel_projections() -> list[Projection]:
    """Return the tables of the kernel's own rooms."""
    return [
        AuditProjection(),
        CatalogProjection(),
        SaleProjection(),
        StockProjection({SaleCompleted.kind: SaleFolded}),
        TenderProjection(),
    ]


def sold_goods(cart: Cart) -> list[SoldGoods]:
    """Return what the lines of a cart draw from stock; a set meal draws its parts."""
    return [
        SoldGoods(
            line.number,
            line.goods.sku,
            stock_milli(line),
            "",
            line.goods.lot,
            line.goods.expires,
            tuple(modifier.sku for modifier in line.goods.modifiers if modifier.sku),
        )
        for line in cart.lines.values()
        if not line.parts
    ]


def draw_policy(settings: Settings, day: int) -> DrawPolicy:
    """Return from where and in which order sales draw."""
    own = settings.own_location
    locations = tuple(location or own for location in settings.stock.locations) or (own,)
    return DrawPolicy(locations, settings.stock.negative, today=day)


def _engine(settings: Settings, catalog_taxes: Sequence[TaxCode]) -> Engine:
    return Engine(settings.price, _taxes(settings, catalog_taxes).values())


def _taxes(settings: Settings, catalog_taxes: Sequence[TaxCode]) -> dict[str, TaxCode]:
    return {code.code: code for code in (*settings.taxes, *catalog_taxes)}


def _from_plugins() -> tuple[list[Projection], dict[str, TenderDriver]]:
    from cashwrap.plugins import drivers_of, load_plugins, projections_of  # metadata costs 20 ms

    manager = load_plugins()
    return projections_of(manager), drivers_of(manager)
