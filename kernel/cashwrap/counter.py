"""The counter behind a till: its catalog, engine, draft and open sales.

What sales need of their till (`sale.desk.Desk`), kept apart from the face that programs use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.audit import SettingsChanged, settings_digest, settings_kept
from cashwrap.catalog.model import PriceContext, PriceList
from cashwrap.catalog.projection import read_plan
from cashwrap.catalog.view import Catalog, open_catalog
from cashwrap.errors import CashwrapError
from cashwrap.events import Event
from cashwrap.past_sales import PastSales
from cashwrap.ports import Clock, Randomness
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.model import TaxCode
from cashwrap.promotions import usage
from cashwrap.promotions.model import Left
from cashwrap.promotions.rules import Rule
from cashwrap.sale import drawing, recovery
from cashwrap.sale.cart import Cart
from cashwrap.sale.complete import completed, used_up
from cashwrap.sale.edits import AnyEdit, DiscountGiven, Goods, PriceOverridden, RulesAt
from cashwrap.sale.projection import series_totals
from cashwrap.sale.promoting import SaleRules
from cashwrap.sale.sale import Sale
from cashwrap.sale.shop_rules import ShopRules
from cashwrap.settings import FILE_NAME, Settings, SettingsRefused, parse_settings, settings_text
from cashwrap.staff.projection import has_accounts
from cashwrap.stock.moves import StockMove
from cashwrap.stock.view import Stock
from cashwrap.store.draft import DraftFile
from cashwrap.store.store import Store
from cashwrap.store.tables import Reader
from cashwrap.tender.driver import TenderDriver
from cashwrap.tender.pan import mask_pan
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import (
    open_payments,
    payment_of,
    stored_payments,
)

if TYPE_CHECKING:
    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.sale.credits import Credits
    from cashwrap.sale.holds.holds import Holds
    from cashwrap.sale.returning.original import Original
    from cashwrap.tender.runner import TenderRunner

DRAFT_FILE = "draft"
_JOURNALED = (PriceOverridden, DiscountGiven)  # edits that are journaled when they are made


class Counter(PastSales):
    """One store folder that is open, and the sales rung up on it."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        drivers: Mapping[str, TenderDriver],
        clock: Clock,
        randomness: Randomness,
        candidate_sources: Mapping[str, CandidateSource] | None = None,
    ) -> None:
        super().__init__(store, settings, clock, randomness)
        self._contexts: dict[str, PriceContext] = {}
        self._catalog: Catalog | None = None
        self._catalog_until_ms = 0
        self._price_lists: Sequence[PriceList] = ()  # of plugins
        self._engine: Engine | None = None
        self._open: dict[str, Sale] = {}
        self._changed: set[str] | None = None  # open sales that plugins want to see, if any do
        self._draft = DraftFile(Path(store.engine.folder) / DRAFT_FILE, store.engine.port)
        self._sources = candidate_sources or {}
        self.shop_rules = ShopRules(store, self._watched(self._sources))
        self._drivers = self._simulated(drivers) if self.is_training else drivers
        self._runner: TenderRunner | None = None
        self._holds: Holds | None = None

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
            self._engine = engine_of(self.settings, self.catalog.tax_codes())
        return self._engine

    @property
    def runner(self) -> TenderRunner:
        """Return what asks the payment drivers, and asks on where an answer never came."""
        if self._runner is None:
            from cashwrap.tender.runner import TenderRunner

            ask = self._payment, self._stored
            self._runner = TenderRunner(self._drivers, self._journal_now, *ask)
        return self._runner

    @property
    def drivers(self) -> Mapping[str, TenderDriver]:
        """Return the payment drivers by the name that they are asked by."""
        return self._drivers

    @property
    def credits(self) -> Credits:
        """Return the credit notes of this till."""
        from cashwrap.sale.credits import Credits

        return Credits(self)

    @property
    def holds(self) -> Holds:
        """Return the suspended sales: those that wait, and what became of the others."""
        if self._holds is None:
            from cashwrap.sale.holds.holds import Holds

            self._holds = Holds(self)
        return self._holds

    def tax_codes(self) -> dict[str, TaxCode]:
        """Return the tax codes in force, by code; the catalog's come before the settings'."""
        return _taxes(self.settings, self.catalog.tax_codes())

    def price_context(self, customer: str) -> PriceContext:
        """Return for whom and where prices are asked."""
        found = self._contexts.get(customer)
        if found is None:
            s = self.settings
            found = PriceContext(s.region, s.store, s.channel, customer)
            self._contexts[customer] = found
        return found

    def price_beside(self, plugin: str, lists: Sequence[PriceList]) -> None:
        """Let price lists of a plugin count from now on in place of those that it gave before.

        Lines that are on open sales keep their prices.
        """
        others = [one for one in self._price_lists if not one.book.code.startswith(f"{plugin}.")]
        self._price_lists = (*others, *lists)
        if self._catalog is not None:
            self._catalog.price_beside(self._price_lists)

    def write_draft(self, sale: str, edit: AnyEdit, engine: bytes = b"") -> None:
        """Append an edit to the draft; it survives the death of the process from now on."""
        if self._staff is not None:
            self._use_approvals(edit.staff)
        if isinstance(edit, _JOURNALED):
            self.store.settle()  # the draft never has what the journal may lose
        self._draft.append(recovery.draft_payload(sale, edit, engine))
        if self._changed is not None:
            self._changed.add(sale)

    def flush_draft(self) -> None:
        """Put the draft on the disk."""
        self._draft.flush()

    def rules_at(self, rules: SaleRules, member: str = "") -> RulesAt:
        """Return what a sale that is priced by these rules from now on keeps of them."""
        settings = self.settings
        return RulesAt(
            rules.engine.rules_hash,
            settings.timezone,
            settings.store,
            settings.channel,
            self.limits_left(rules.limited, member) if rules.limited else (),
        )

    def drawn(self, cart: Cart) -> tuple[StockMove, ...]:
        """Return what a sale would draw from stock now. Raises InsufficientStock, RecipeRefused."""
        with self.store.read() as reader:
            return self._drawn(reader, cart, self.day_of(self.now().wall_ms), paid=False)

    def short_of(self, cart: Cart) -> tuple[str, ...]:
        """Return the SKUs of which there is less than a sale would draw from stock now."""
        policy = drawing.policy_of(self.settings, self.day_of(self.now().wall_ms), paid=False)
        with self.store.read() as reader:
            return drawing.short(Stock(reader), cart, self.catalog.find_sku, policy)

    def cost_minor(self, goods: Goods) -> int:
        """Return what one unit of these goods would cost the shop if it were sold now."""
        policy = drawing.policy_of(self.settings, self.day_of(self.now().wall_ms), paid=True)
        with self.store.read() as reader:
            return drawing.cost_minor(Stock(reader), goods, self.catalog.find_sku, policy)

    def limits_left(self, limited: Sequence[Rule], member: str) -> tuple[tuple[str, Left], ...]:
        """Return what is left now of rules with limits, for a member or nobody in particular."""
        day = self.day_of(self.now().wall_ms)
        with self.store.read() as reader:
            return usage.left(reader, limited, member, day)

    def original(self, named: int | str, but: str = "") -> Original:
        """Return a completed sale that goods come back of, with what has come back of it."""
        from cashwrap.sale.returning.original import look_up

        return look_up(self.store, self.shop_rules, named, self._open.values(), but)

    def would_draw(self, goods: Goods, quantity_milli: int) -> tuple[StockMove, ...]:
        """Return the moves that goods of no known sale come back by: as a sale would draw them."""
        policy = drawing.policy_of(self.settings, self.day_of(self.now().wall_ms), paid=True)
        with self.store.read() as reader:
            stock, items = Stock(reader), self.catalog.find_sku
            return drawing.as_sold(stock, goods, quantity_milli, items, policy)

    def coupon_on_open_sale(self, code: str) -> bool:
        """Return whether some open sale has the coupon."""
        return any(code in sale.cart.header.coupons for sale in self._open.values())

    def completed(self, cart: Cart, payments: Sequence[Payment], *, paid: bool) -> list[Event]:
        """Return the events that would complete a sale now: number, day, stock moves, and what
        its promotions used up.

        Once a payment was journaled (``paid``), nothing is refused any more: the goods are the
        customer's. Raises InsufficientStock, RecipeRefused.
        """
        day = self.day_of(self.now().wall_ms)
        with self.store.read() as reader:
            moves = self._drawn(reader, cart, day, paid=paid)
            series = series_totals(reader)
        done = completed(cart, payments, moves, series, day)
        return [done, *used_up(cart, done)]

    def on_open_sales(self, sku: str) -> int:
        """Return how much of a SKU the open sales would draw, thousandths of its stock unit."""
        return sum(
            drawing.needed(sale.cart, sku, self.catalog.find_sku) for sale in self._open.values()
        )

    def draft_whole(self, cart: Cart) -> None:
        """Write all of a sale to the draft, in place of what the draft had of it."""
        source, sale = cart.engine.source, cart.opened.sale
        payloads = [
            recovery.draft_payload(sale, edit, b"" if position else source)
            for position, edit in enumerate(cart.history)
        ]
        self._draft.append(*payloads)

    def began(self, cart: Cart) -> Sale:
        """Return a sale that is open from now on; the draft has it."""
        sale = self._open[cart.opened.sale] = Sale(self, cart)
        if self._changed is not None:
            self._changed.add(sale.id)
        return sale

    def open_sales(self) -> tuple[Sale, ...]:
        """Return the sales that are open or being paid, oldest first."""
        return tuple(self._open.values())

    def ended(self, sale: str) -> None:
        """Forget an open sale; its end is in the journal."""
        self._open.pop(sale, None)
        self.store.when_durable(self._forget_draft)

    def forget_catalog(self) -> None:
        """Look up which catalog is in force when it is asked for next."""
        self._catalog = None

    # Inside

    def _simulated(self, drivers: Mapping[str, TenderDriver]) -> Mapping[str, TenderDriver]:
        """Return terminals that move no money, in place of any that may."""
        from cashwrap.training.terminal import simulated

        return simulated(drivers, Path(self.store.engine.folder))

    def _watched(self, sources: Mapping[str, CandidateSource]) -> dict[str, CandidateSource]:
        if not sources:
            return {}
        from cashwrap.promotions.candidates import Watched

        def steady_ms() -> int:
            return self._clock.now().steady_ms

        tell = self.store.warnings.append
        return {name: Watched(source, steady_ms, tell) for name, source in sources.items()}

    def _drawn(self, reader: Reader, cart: Cart, day: int, *, paid: bool) -> tuple[StockMove, ...]:
        policy = drawing.policy_of(self.settings, day, paid=paid)
        return drawing.drawn(Stock(reader), cart, self.catalog.find_sku, policy, paid=paid)

    def _forget_draft(self) -> None:
        if not self._open:
            self._draft.restart()

    def _use_approvals(self, staff: str) -> None:
        """Journal the approvals of a step that is in the draft only until its sale ends."""
        assert self._staff is not None
        if self._staff.guard.beside((), staff):
            self._journal((), at=self.now(), staff=staff)
            self.store.settle()

    def _payment(self, payment: str) -> Payment | None:
        with self.store.read() as reader:
            return payment_of(reader, payment)

    def _stored(self) -> list[Payment]:
        with self.store.read() as reader:
            return stored_payments(reader)

    def _look_up_catalog(self) -> None:
        self._check_open()
        now_ms = self.now().wall_ms
        with self.store.read() as reader:
            later = [each.effective_at_ms for each in read_plan(reader)]
        self._catalog = open_catalog(self.store.read, now_ms)
        if self._price_lists:
            self._catalog.price_beside(self._price_lists)
        self._catalog_until_ms = min((ms for ms in later if ms > now_ms), default=0)
        self._engine = None

    def _recover(self) -> None:
        self._note_settings()
        with self.store.read() as reader:
            guarded = has_accounts(reader)
            found = recovery.left_open(self._draft.left_behind(), reader)
            waiting = open_payments(reader)
        if guarded:
            _ = self.staff
        if not self.store.was_clean:
            self._draft.go_on()
        for left in found.values():
            cart = recovery.replayed(left, self.shop_rules.of)
            if left.lost:
                self.draft_whole(cart)
            self.began(cart).payments.refresh()
        if not self._open:
            self._draft.restart()
        if waiting:
            self.runner.resume(waiting, self.now())
        for sale in self.open_sales():
            try:
                sale.payments.recovered()
            except CashwrapError as error:  # it waits; the till opens all the same
                self.store.warnings.append(f"sale {sale.id} is paid, but cannot end: {error}")

    def _note_settings(self) -> None:
        text = settings_text(Path(self.store.engine.folder))
        digest = settings_digest(text)
        with self.store.read() as reader:
            kept = settings_kept(reader)
            priced = bool(read_plan(reader))
        if kept is None or kept.digest != digest:
            if kept is not None and priced:
                _check_currency(kept.text, self.settings)
            changed = SettingsChanged(digest, mask_pan(self._without_secrets(text)))
            if kept is not None and _is_cut(kept.text, changed.text):
                self.store.warnings.append(
                    f"{FILE_NAME} is only the beginning of what it was: unless somebody took the "
                    "rest out, put it back; the journal has it (settings.changed)"
                )
            self.commit([changed])

    def _without_secrets(self, text: str) -> str:
        """Return the settings file without what plugins mark as secret: the journal is kept."""
        if self._host is None or not self.settings.plugins:
            return text
        from cashwrap.host.own_settings import without_secrets

        return without_secrets(text, self._host.plugins.values())


def _is_cut(had: str, got: str) -> bool:
    """Return whether a file has the beginning of what it had, as a write that broke off leaves."""
    return had != got and had.startswith(got)


def _check_currency(text: str, settings: Settings) -> None:
    """Raise SettingsRefused for another currency than that of the prices and sales so far."""
    try:
        had, got = parse_settings(text).currency, settings.currency
    except SettingsRefused:  # an older build took what this one does not
        return
    if (had.code, had.digits) != (got.code, got.digits):
        raise SettingsRefused(
            f"{FILE_NAME}: prices and sales here are in {had.code} with {had.digits} digits: "
            f"begin another store folder for {got.code} with {got.digits}"
        )


def engine_of(settings: Settings, catalog_taxes: Sequence[TaxCode]) -> Engine:
    """Return the pricing engine of a policy and tax table. Raises SettingsUnusable."""
    return Engine(settings.price, _taxes(settings, catalog_taxes).values())


def _taxes(settings: Settings, catalog_taxes: Sequence[TaxCode]) -> dict[str, TaxCode]:
    return {code.code: code for code in (*settings.taxes, *catalog_taxes)}
