"""The till: open a store folder, ring up, take payments, print; all offline.

One `Till` owns its folder and is used by one thread at a time. What the first line of the morning
does not need (imports, pickers, paper) is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self, TypeVar

import msgspec

from cashwrap.audit import AuditProjection, bring_back_settings, settings_kept
from cashwrap.business_day import BusinessDays
from cashwrap.catalog import keys as catalog_keys
from cashwrap.catalog.errors import NoCatalog
from cashwrap.catalog.events import GroupsArranged, activate
from cashwrap.catalog.model import Group
from cashwrap.catalog.projection import CatalogProjection
from cashwrap.catalog.snapshot import Snapshot
from cashwrap.counter import Counter, engine_of, ticks_of
from cashwrap.errors import BulkRefused, CashwrapError, Issue, listed, named_path, whole
from cashwrap.events import Event
from cashwrap.host.projection import HostProjection
from cashwrap.ports import Clock, Randomness, SystemClock, SystemRandomness
from cashwrap.promotions import kept as rules_kept
from cashwrap.promotions.projection import Publication, RulesProjection, publication
from cashwrap.promotions.rules import RuleSet
from cashwrap.promotions.usage import UsageProjection
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart
from cashwrap.sale.coupons import CouponProjection
from cashwrap.sale.errors import NoSuchSale, ReasonNeeded, UnknownOrderType
from cashwrap.sale.events import DrawerOpened, ReceiptReprinted, SaleCompleted, SaleFolded
from cashwrap.sale.holds.projection import HoldProjection
from cashwrap.sale.projection import (
    DayTotals,
    SaleProjection,
    day_totals,
    ended,
    sale_of_number,
)
from cashwrap.sale.returning.projection import ReturnProjection, voided_by
from cashwrap.sale.sale import Sale
from cashwrap.settings import FILE_NAME, Settings, SettingsRefused, parse_settings, read_settings
from cashwrap.shift.projection import ShiftProjection
from cashwrap.staff.projection import StaffProjection
from cashwrap.staff.rights import Act
from cashwrap.stock.projection import StockProjection
from cashwrap.stock.recipes import sellable
from cashwrap.stock.view import Stock
from cashwrap.store.disk import SYSTEM_DISK, AnyError, Disk
from cashwrap.store.errors import StoreDamaged, StoreExists
from cashwrap.store.layout import DATA_FILE
from cashwrap.store.records import Record
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection
from cashwrap.tender.checks import check_drivers
from cashwrap.tender.credit import CreditProjection
from cashwrap.tender.driver import TenderDriver
from cashwrap.tender.pan import command_id, words
from cashwrap.tender.projection import (
    TenderProjection,
)

if TYPE_CHECKING:
    from cashwrap.catalog.picker import Picker
    from cashwrap.doctor.model import Finding
    from cashwrap.host.host import Host
    from cashwrap.host.loading import Added
    from cashwrap.pricing.model import PricedLine
    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.promotions.publish import Overview
    from cashwrap.receipt.model import Receipt
    from cashwrap.receipt.text import TextStyle
    from cashwrap.sale.quote import Quoted
    from cashwrap.sale.returning.post_void import PostVoided
    from cashwrap.sale.returning.report import ReturnReport
    from cashwrap.sale.returning.returnable import Returnable

T = TypeVar("T")


class FolderRefused(CashwrapError):
    """No store can be made in the folder; choose one that this user may write."""

    code = "till.folder"


class Till(Counter):
    """One till on one store folder. See docs/embed.md."""

    health: tuple[Finding, ...] = ()
    """What the quick checks found when the till was opened; `cashwrap.doctor.examine` makes all."""

    _training: Till | None = None

    @classmethod
    def create(
        cls,
        folder: Path | str,
        settings: str = "",
        *,
        clock: Clock | None = None,
        randomness: Randomness | None = None,
        witness: Sequence[Path | str] | None = None,
        disk: Disk = SYSTEM_DISK,
    ) -> None:
        """Make a new store in a folder. ``settings`` is the text of its settings file (TOML).

        Raises SettingsRefused, UnknownTimezone, FolderRefused, or StoreExists where one stands
        already.
        """
        checked = parse_settings(settings)
        engine_of(checked, ())
        BusinessDays(checked.timezone, checked.day_starts_minutes)  # refuses a zone that is none
        path = named_path(folder, "a shop's folder")
        if (path / DATA_FILE).exists():
            raise StoreExists(str(folder))
        try:
            path.mkdir(parents=True, exist_ok=True)
            (path / FILE_NAME).write_text(settings, encoding="utf-8")
        except OSError as error:
            raise FolderRefused(f"cannot make a store in {folder}: {error.strerror}") from error
        try:
            Store.create(
                folder,
                store=checked.store,
                till=checked.till,
                clock=clock or SystemClock(),
                randomness=randomness or SystemRandomness(),
                witness=witness,
                disk=disk,
            ).close()
        except BaseException:
            (path / FILE_NAME).unlink()
            raise

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        drivers: Mapping[str, TenderDriver] | None = None,
        projections: Sequence[Projection] = (),
        candidate_sources: Mapping[str, CandidateSource] | None = None,
        rules: RuleSet | Path | str | None = None,
        plugins: bool = True,
        clock: Clock | None = None,
        randomness: Randomness | None = None,
        witness: Sequence[Path | str] | None = None,
        adopt: str = "",
        rekey: str = "",
        disk: Disk = SYSTEM_DISK,
    ) -> Self:
        """Open a store folder, bring back its open sales and its payments in doubt.

        ``drivers`` are payment drivers by tender kind, ``candidate_sources`` rules of your own
        kinds by the name that `Candidates.plugin` says; both beside those of installed plugins. A
        ``rules`` are promotions, published unless they are in force already. A settings file that
        is missing comes back from the journal. Raises SettingsRefused, PluginRefused, BulkRefused
        for rules, and what `Store.open` raises.
        """
        settings = read_settings(named_path(folder, "a shop's folder"))
        engine_of(settings, ())
        clock, randomness = clock or SystemClock(), randomness or SystemRandomness()
        all_drivers, sources = dict(drivers or {}), dict(candidate_sources or {})
        hosted = _hosted(settings, Path(folder), clock, projections, plugins=plugins)
        if hosted is not None:
            all_drivers = {**hosted.added.drivers, **all_drivers}
            sources = {**hosted.added.sources, **sources}
        check_drivers(all_drivers)
        store = Store.open(
            folder,
            clock=clock,
            randomness=randomness,
            projections=[*kernel_projections(), *(hosted.added.projections if hosted else ())],
            staged=kernel_staged(),
            witness=witness,
            adopt=adopt,
            rekey=rekey,
            disk=disk,
            leave_out=hosted.host.left_out if hosted else None,
        )
        with _rows_readable(store):
            try:
                settings = _kept_settings(store, settings)
                _check_names(settings, store)
                if hosted is not None:
                    settings = hosted.with_taxes(settings)
                till = cls(store, settings, all_drivers, clock, randomness, sources)
            except BaseException:
                store.close()
                raise
            try:
                if hosted is not None:
                    till._take_in(hosted.host)
                till._recover()
                till._look_around()
                if rules is not None:
                    till._use_rules(rules)
            except BaseException:
                till.close()
                raise
        return till

    # Selling

    def new_sale(
        self,
        order_type: str = "",
        *,
        customer: str = "",
        register: str = "",
        staff: str = "",
        command: str = "",
    ) -> Sale:
        """Begin a sale; the same command again gives the one it began, while that is open.

        ``register`` is one of the settings' that share this till. Raises UnknownOrderType,
        UnknownRegister, NoOpenShift, NoCatalog, InvalidInput.
        """
        self._check_open()
        self.known_register(register)
        known = self.settings.order_types
        if order_type and order_type not in known:
            raise UnknownOrderType(
                f"order type {order_type!r} is not one of this shop's: {', '.join(known)}"
            )
        if (begun := self._begun_by(command)) is not None:
            return begun
        self.on_shift(register)
        self.allow(Act("sale.sell", register, "new sale"), staff, register)
        rules = self.shop_rules.in_force(self.now().wall_ms)
        opened = edits.SaleOpened(
            sale=self.new_id(),
            order_type=order_type or known[0],
            customer=words(customer, "a customer"),
            catalog_version=self.catalog.catalog_version,
            rules=None if rules is None else self.rules_at(rules),
            at_ms=(now := self.now()).wall_ms,
            staff=self.clerk(words(staff, "staff"), register, now),
            command=command_id(command),
            register=register,
        )
        edits.sound(opened)
        sale = Sale(self, Cart(opened, self.engine, rules))
        self.write_draft(sale.id, opened, self.engine.source)
        self._open[sale.id] = sale
        return sale

    def quote(
        self,
        lines: Sequence[Quoted],
        *,
        order_type: str = "",
        customer: str = "",
        promotions: bool = True,
    ) -> tuple[PricedLine, ...]:
        """Return what goods would come to if they were sold together now; nothing is written.

        Promotions count that need no member, coupon or choice. Raises UnknownItem, NoPrice,
        NotForSale, SlotRefused, ModifierRefused.
        """
        from cashwrap.sale.quote import quote

        self._check_open()
        at_ms = self.now().wall_ms
        rules = self.shop_rules.in_force(at_ms) if promotions else None
        opened = edits.SaleOpened(
            sale="",
            order_type=order_type or self.settings.order_types[0],
            customer=words(customer, "a customer"),
            rules=None if rules is None else self.rules_at(rules),
            at_ms=at_ms,
        )
        return quote(self, Cart(opened, self.engine, rules), lines)

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
        for sale in dict.fromkeys([payment.sale, *[each.sale for each in payment.refunds]]):
            if sale in self._open:
                self._open[sale].payments.came(payment)
        return True

    @property
    def next_step_ms(self) -> int | None:
        """Return the steady time at which `step` next has something to do, or None."""
        return self.runner.next_ms

    # What is known

    def takings(self, day: int = 0) -> DayTotals:
        """Return the sums of a business day (yyyymmdd), today by default."""
        with self.store.read() as reader:
            return day_totals(reader, day or self.day_of(self.now().wall_ms))

    def returned(self, first_day: int = 0, last_day: int = 0) -> ReturnReport:
        """Return what came back on some business days: why, by whom, which goods.

        Days are yyyymmdd: today by default, one day where only the first is given.
        """
        from cashwrap.sale.returning.report import report

        first = first_day or self.day_of(self.now().wall_ms)
        with self.store.read() as reader:
            return report(reader, first, last_day or first)

    def ask_stock(self, question: Callable[[Stock], T]) -> T:
        """Return the answer to a question about stock, from one consistent view."""
        with self.store.read() as reader:
            return question(Stock(reader))

    def available(self, sku: str, location: str = "") -> int:
        """Return what may still be sold of a SKU here: on hand, less promises and open sales.

        Of what is made to order: how many whole units its ingredients are enough for.
        """
        place = location or self.settings.own_location

        def on_hand(part: str) -> int:
            held = self.ask_stock(lambda stock: stock.available(part, place))
            return held - self.on_open_sales(part)

        return sellable(sku, self.catalog.find_sku, on_hand)

    def picker(self, family: str, *, customer: str = "") -> Picker:
        """Return the spec tree of a family with price and stock per leaf. Raises UnknownItem."""
        from cashwrap.catalog.picker import picker

        context = self.price_context(customer)
        return picker(self.catalog, family, self.now().wall_ms, context, self.available)

    def groups(self) -> tuple[Group, ...]:
        """Return the register's pages in this store's order."""
        return self.catalog.groups(self.settings.store)

    def returnable(self, receipt: int | str) -> Returnable:
        """Return what of a finished sale can still come back, line by line.

        ``receipt`` is its number, the square code on the paper, or its id. Raises NoSuchSale.
        """
        from cashwrap.sale.returning.returnable import returnable
        from cashwrap.sale.returning.terms import is_late

        self._check_open()
        original, today = self.original(receipt), self.day_of(self.now().wall_ms)
        late = is_late(self.settings.returns, original.sale.day, today)
        return returnable(original, late=late)

    def post_void(
        self,
        number: int | str,
        reason: str,
        *,
        register: str = "",
        staff: str = "",
        command: str = "",
    ) -> PostVoided:
        """Reverse a whole finished sale: goods, money, taxes, limits and coupons go back.

        It is a record of its own with its own receipt number; both name the other. ``number`` is
        the receipt's, the square code on it, or the sale's id. The same command again answers as it
        did, and does the rest of what a crash cut off. Raises NoSuchSale, CommandReused,
        PostVoidRefused once something of it came back, and what `Sale.refund` raises.
        """
        from cashwrap.sale.returning.post_void import PostVoided, go_on, post_void
        from cashwrap.shift.projection import z_of

        self._check_open()
        self.known_register(register)
        original = self.original(number)
        if command and (done := self._ended_by_command(original.voided_by, command)):
            return PostVoided(original.sale.number, done, original.voided_by)
        if (begun := self._begun_by(command)) is not None:
            if (stands := go_on(self, begun, original, staff)) is not None:
                return stands
        with self.store.read() as reader:
            z = z_of(reader, original.seq, original.sale.register)

        def begin() -> Sale:
            return self.new_sale(register=register, staff=staff, command=command)

        return post_void(self, begin, original, reason, z=z, register=register, staff=staff)

    def _begun_by(self, command: str) -> Sale | None:
        """Return the open sale that a command began, or None."""
        named = command_id(command)
        open_now = self._open.values() if named else ()
        return next((sale for sale in open_now if sale.cart.opened.command == named), None)

    def _ended_by_command(self, number: int, command: str) -> str:
        """Return the id of a sale with a receipt number if a command began it, else ""."""
        if not number:
            return ""
        record = self.record_of(self.sale_of_number(number))
        sale = record.body()
        assert isinstance(sale, SaleCompleted)  # see `record_of`
        return sale.sale if sale.history[0].command == command_id(command) else ""

    def arrange(self, order: Sequence[str], group: str = "", *, staff: str = "") -> None:
        """Set this store's own order of its groups, or of the SKUs in one; headquarters' stays.

        What the order does not name follows in headquarters' order; an empty one goes back to it.
        """
        placed = tuple(listed(order, "an order"))
        self.allow(Act("goods.publish", f"groups {group}", " ".join(map(str, placed))), staff)
        self.commit([GroupsArranged(self.settings.store, placed, group)], staff=staff)

    def e_receipt(self, sale: str) -> bytes:
        """Return a completed sale's receipt as bytes with a schema, for a page or an app."""
        from cashwrap.receipt import electronic

        return electronic.encode(self.receipt(sale))

    def receipt_link(self, sale: str, base_url: str) -> str:
        """Return a link to the e-receipt that carries the till's signature over what it claims."""
        from cashwrap.receipt import electronic

        claim = electronic.link_claim(self.receipt(sale))
        return electronic.signed_link(base_url, claim, self.store.key.sign(claim))

    def receipt(self, sale: str, *, gift: bool = False) -> Receipt:
        """Return the receipt of a completed sale, by its id. Raises NoSuchSale."""
        return self._receipt(self.record_of(sale), 0, gift)

    def receipt_text(self, sale: str, *, gift: bool = False) -> str:
        """Return a completed sale's receipt as plain text, as the settings lay it out."""
        from cashwrap.receipt.text import render_text

        return render_text(self.receipt(sale, gift=gift), self.text_style)

    @property
    def text_style(self) -> TextStyle:
        """Return the columns and language of the settings."""
        from cashwrap.receipt.text import TextStyle

        receipt = self.settings.receipt
        return TextStyle(columns=receipt.columns, language=receipt.language)

    def reprint(
        self, sale: str, *, gift: bool = False, register: str = "", staff: str = ""
    ) -> Receipt:
        """Return the receipt again, marked and counted as a copy; journaled. Raises NoSuchSale."""
        record = self.record_of(sale)
        with self.store.read() as reader:
            place = ended(reader, sale)
        assert place is not None  # it has a record
        copy = place.copies + 1
        again = ReceiptReprinted(sale, place.number, copy, gift)
        act = Act("sale.reprint", sale, f"{'gift ' if gift else ''}copy {copy}")
        self.allow(act, staff, register)
        self.commit([again], staff=staff, register=register)
        return self._receipt(record, copy, gift)

    def _receipt(self, record: Record, copy: int, gift: bool) -> Receipt:
        from cashwrap.sale.receipt import receipt_of

        sale = record.body()
        assert isinstance(sale, SaleCompleted)  # see `record_of`
        with self.store.read() as reader:
            void = voided_by(reader, sale.sale)
        taxes = self.tax_codes()
        return receipt_of(
            record, self.settings, taxes, self.called, copy=copy, gift=gift, voided_by=void
        )

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
        from cashwrap.catalog.importing import import_catalog

        self._check_open()
        whole(effective_at_ms, "the time from which a catalog counts")
        snapshot = import_catalog(
            source,
            self.store.read,
            self.store.stage,
            update_of=self.catalog.catalog_version if update else None,
            currency=self.settings.currency,
            tax_codes={code.code for code in self.settings.taxes},
            progress=progress,
        )
        if not snapshot.counts.items and self._catalog_holds_items():
            empty = "it holds no items: there would be nothing to sell"
            raise BulkRefused([Issue(Path(source).name, "catalog.empty", empty)])
        told = f"{snapshot.content_hash} at {effective_at_ms}"
        self.allow(Act("goods.publish", "catalog", told), staff)
        self.commit([activate(snapshot, effective_at_ms)], staff=staff)
        self._catalog = None
        return snapshot

    def _take_in(self, host: Host) -> None:
        """Begin to work with plugins; what is wrong with them is told, and stops nothing."""
        self._host = host
        host.began(self.store, self._commit_beside)
        self.is_watched = host.wants("cashwrap_may")

    def _look_around(self) -> None:
        """Make the quick checks; what is wrong is told, and stops nothing."""
        from cashwrap.doctor.quick import health

        self.health = health(self)
        for found in self.health:
            if found.level == "bad":
                self.store.warnings.append(f"{found.found.en}: {found.advice.en}")

    def _use_rules(self, rules: RuleSet | Path | str) -> None:
        """Publish promotion rules unless they are the ones in force. Raises BulkRefused."""
        from cashwrap.promotions.digest import rules_hash
        from cashwrap.promotions.files.read import checked_rules, read_rules

        checked = checked_rules(rules) if isinstance(rules, RuleSet) else read_rules(rules)
        in_force = self.rules().in_force
        if in_force is None or in_force.rules_hash != rules_hash(checked):
            self._publish(checked, 0, "")

    def publish_rules(
        self, rules: RuleSet | Path | str, *, effective_at_ms: int = 0, staff: str = ""
    ) -> Publication:
        """Put promotion rules in force, at once or at a time; return what was published.

        ``rules`` is a set, or a JSON or TOML file or its text. Sales that are open keep the rules
        under which they began. Raises BulkRefused with everything that is wrong with the rules.
        """
        from cashwrap.promotions.digest import rules_hash
        from cashwrap.promotions.files.read import checked_rules, read_rules

        self._check_open()
        whole(effective_at_ms, "the time from which rules count")
        checked = checked_rules(rules) if isinstance(rules, RuleSet) else read_rules(rules)
        told = f"{rules_hash(checked)} at {effective_at_ms}"
        self.allow(Act("goods.publish", "rules", told), staff)
        return self._publish(checked, effective_at_ms, staff)

    def _publish(self, checked: RuleSet, effective_at_ms: int, staff: str) -> Publication:
        from cashwrap.promotions import publish

        with self.store.read() as reader:
            event = publish.publish(reader, checked, effective_at_ms)
        known = self.rules()
        near = (known.in_force, *known.planned, *known.past[:2])
        loaded = [one.rules_hash for one in near if one is not None]
        rules_kept.keep(self.store.read, self.store.stage, checked, loaded)
        self.commit([event], staff=staff)
        with self.store.read() as reader:
            published = publication(reader, event.number)
        assert published is not None  # it is committed
        return published

    def rules(self) -> Overview:
        """Return which rules are in force, which are planned, and which were."""
        from cashwrap.promotions.publish import overview

        with self.store.read() as reader:
            return overview(reader, self.now().wall_ms)

    def rollback_rules(self, *, to: int | None = None, staff: str = "") -> Publication | None:
        """Go back at once to the rules before those in force, or to publication ``to``.

        Returns what is in force then, None where there were no rules before. Plans stay. Raises
        NothingBefore, NoSuchRules.
        """
        from cashwrap.promotions.publish import roll_back

        self._check_open()
        with self.store.read() as reader:
            event = roll_back(reader, self.now().wall_ms, to)
        self.allow(Act("goods.publish", "rules", f"back to {event.number}"), staff)
        self.commit([event], staff=staff)
        return self.rules().in_force

    def cancel_planned_rules(self, number: int, *, staff: str = "") -> None:
        """Call off a publication that has not taken effect yet. Raises NotPlanned."""
        from cashwrap.promotions.publish import call_off

        self._check_open()
        with self.store.read() as reader:
            event = call_off(reader, whole(number, "a publication"), self.now().wall_ms)
        self.allow(Act("goods.publish", "rules", f"call off {number}"), staff)
        self.commit([event], staff=staff)

    def _catalog_holds_items(self) -> bool:
        try:
            return self.catalog.counts.items > 0
        except NoCatalog:
            return False

    def move_stock(self, decide: Callable[[Stock], Event], *, staff: str = "") -> Event:
        """Decide a stock document on the stock as it is and journal it; return its event.

        ``decide`` is one of `cashwrap.stock.documents` or `cashwrap.stock.reservations` with
        its arguments: ``till.move_stock(lambda stock: receive(stock, ...))``.
        """
        self._check_open()
        event = self.ask_stock(decide)
        if self.guarded:
            self.allow(Act("stock.move", event.kind, _document(event)), staff)
        self.commit([event], staff=staff)
        return event

    def no_sale(self, reason: str, *, register: str = "", staff: str = "") -> None:
        """Journal that the drawer is opened without a sale. Raises ReasonNeeded."""
        self.known_register(register)
        said = words(reason, "a reason").strip()
        if not said:
            raise ReasonNeeded("opening the drawer without a sale")
        self.allow(Act("drawer.no_sale", register, said), staff, register)
        self.commit([DrawerOpened(said)], staff=staff, register=register)

    def training(self, *, staff: str = "", register: str = "", fresh: bool = False) -> Till:
        """Return a till to practise on, beside this one: everything works, nothing counts.

        It has this till's goods, rules, settings and stock as they are now, simulated payment
        terminals (`cashwrap.training.terminal`) and a journal of its own in ``training/``. What
        was practised before is still there, unless ``fresh``. Who trains, and until when, stands
        in this till's journal; close the training till to end it.
        Raises AlreadyTraining, TrainingBusy, UnknownRegister.
        """
        from cashwrap.training.folder import AlreadyTraining
        from cashwrap.training.session import begin

        self._check_open()
        self.known_register(register)
        if self.is_training:
            raise AlreadyTraining
        self.allow(Act("training.enter", register), staff, register)
        till = self._training_till(fresh)
        begin(self, till, staff, register, fresh=fresh)
        return till

    def _training_till(self, fresh: bool) -> Till:
        from cashwrap.training.session import bring_up_to_date, made_ready

        found = self._training
        if found is not None and not found.store.engine.is_closed:
            if not fresh:
                bring_up_to_date(self, found)
                return found
            found.close()
        names = {one.name for one in kernel_projections()}
        more = [one for one in self.store.projections if one.name not in names]

        def opened(folder: Path) -> Till:
            return type(self).open(
                folder, drivers=self._drivers, projections=more, candidate_sources=self._sources,
                plugins=False, clock=self._clock, randomness=self._randomness, witness=[],
                disk=self.store.engine.port,
            )  # fmt: skip

        till = made_ready(self, opened, self.store.projections, kernel_staged(), fresh=fresh)
        self._training = till
        return till

    def close(self) -> None:
        """Make everything durable and give the folder up; open sales stay in the draft."""
        if self._training is not None:
            self._training.close()
        if self._host is not None and not self.store.engine.is_closed:
            self._host.ended()
        while self._before_close:
            self._before_close.pop()()
        self._open.clear()
        try:
            self._draft.close()
        finally:
            self.store.close()

    def abandon(self) -> None:
        """Let the folder go as a killed process would: nothing is flushed, nothing is journaled."""
        if self._training is not None:
            self._training.abandon()
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


def kernel_projections() -> list[Projection]:
    """Return the tables of the kernel's own rooms."""
    return [
        AuditProjection(),
        CatalogProjection(),
        RulesProjection(),
        SaleProjection(),
        HoldProjection(),
        StockProjection({SaleCompleted.kind: SaleFolded}),
        TenderProjection(),
        CreditProjection(),
        UsageProjection(),
        CouponProjection(),
        ShiftProjection(),
        StaffProjection(),
        ReturnProjection(),
        HostProjection(),
    ]


def _document(event: Event) -> str:
    """Return what tells one stock document from all others, whatever its number is going to be."""
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    own = {name: value for name, value in fields.items() if name not in ("document", "reservation")}
    return sha256(msgspec.msgpack.encode(own)).hexdigest()


def kernel_staged() -> tuple[str, ...]:
    """Return the tables that the kernel's rooms write beside the journal."""
    return (*catalog_keys.STAGED_TABLES, *rules_kept.STAGED_TABLES)


@contextmanager
def _rows_readable(store: Store) -> Iterator[None]:
    """Say in words that a row cannot be read, as after damage that left the journal whole."""
    try:
        yield
    except (msgspec.DecodeError, UnicodeDecodeError, AnyError) as error:
        reason = (
            f"a row of its tables cannot be read ({error}); where `cashwrap verify` finds the "
            "journal sound, `cashwrap rebuild` makes the tables anew"
        )
        raise StoreDamaged(str(store.engine.folder), reason) from error


def _check_names(settings: Settings, store: Store) -> None:
    """Raise SettingsRefused unless the settings are of this store and till: stock hangs on it."""
    had = (store.identity.store, store.identity.till)
    got = (settings.store, settings.till)
    if had != got:
        raise SettingsRefused(
            f"{FILE_NAME} is of store {got[0]!r} and till {got[1]!r}, but this folder is of "
            f"{had[0]!r} and {had[1]!r}: put the right file back"
        )


def _kept_settings(store: Store, found: Settings) -> Settings:
    """Return the settings of a folder: its file's, or the journal's when that is gone."""
    folder = Path(store.engine.folder)
    with store.read() as reader:
        kept = settings_kept(reader)
    return read_settings(folder) if bring_back_settings(kept, folder) else found


class _Hosted(NamedTuple):
    """The host of a till that opens, and what plugins add to it."""

    host: Host
    added: Added

    def with_taxes(self, settings: Settings) -> Settings:
        """Return the settings with the plugins' taxes in them."""
        return msgspec.structs.replace(settings, taxes=self.added.taxes or settings.taxes)


def _hosted(
    settings: Settings,
    folder: Path,
    clock: Clock,
    projections: Sequence[Projection],
    *,
    plugins: bool,
) -> _Hosted | None:
    """Return the host of what is installed or given, None where that is nothing."""
    from cashwrap.plugins import installed_plugins

    device = folder / settings.host.folder if settings.host.folder else None
    there = plugins and ((device is not None and device.is_dir()) or installed_plugins())
    if not (there or projections or settings.host.needed):
        return None
    from cashwrap.host import loading

    host = loading.found(settings, folder if plugins else None, ticks_of(clock), plugins=plugins)
    taken = [one.name for one in kernel_projections()]
    return _Hosted(host, loading.added(host, settings, projections, taken))
