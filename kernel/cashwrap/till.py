"""The till: open a store folder, ring up, take payments, print; all offline.

One `Till` owns its folder and is used by one thread at a time. What the first line of the morning
does not need (imports, pickers, paper) is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import msgspec

from cashwrap.business_day import BusinessDays
from cashwrap.catalog.model import Group
from cashwrap.counter import engine_of
from cashwrap.errors import CashwrapError, named_path
from cashwrap.events import Event
from cashwrap.opening import (
    check_names,
    host_of,
    kept_settings,
    kernel_projections,
    kernel_staged,
    rows_readable,
)
from cashwrap.ports import Clock, Randomness, SystemClock, SystemRandomness
from cashwrap.promotions.rules import RuleSet
from cashwrap.publishing import Publishing
from cashwrap.questions import Questions
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart
from cashwrap.sale.errors import NoSuchSale, ReasonNeeded, UnknownOrderType
from cashwrap.sale.events import DrawerOpened, SaleCompleted
from cashwrap.sale.projection import DayTotals, day_totals
from cashwrap.sale.sale import Sale
from cashwrap.settings import FILE_NAME, parse_settings, read_settings
from cashwrap.staff.rights import Act
from cashwrap.stock.recipes import sellable
from cashwrap.stock.view import Stock
from cashwrap.store.disk import SYSTEM_DISK, Disk
from cashwrap.store.errors import StoreExists
from cashwrap.store.layout import DATA_FILE
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection
from cashwrap.tender.checks import check_drivers
from cashwrap.tender.driver import TenderDriver
from cashwrap.tender.pan import command_id, words

if TYPE_CHECKING:
    from cashwrap.catalog.picker import Picker
    from cashwrap.doctor.model import Finding
    from cashwrap.host.device_watch import DeviceSeen
    from cashwrap.host.hands import Post
    from cashwrap.host.host import Host
    from cashwrap.host.managing import Manager
    from cashwrap.host.open_till import OpenTill
    from cashwrap.host.scales import Reading, Scale
    from cashwrap.host.work import Work
    from cashwrap.promotions.candidates import CandidateSource
    from cashwrap.sale.returning.post_void import PostVoided
    from cashwrap.sale.returning.report import ReturnReport

T = TypeVar("T")


class FolderRefused(CashwrapError):
    """No store can be made in the folder; choose one that this user may write."""

    code = "till.folder"


class Till(Publishing, Questions):
    """One till on one store folder. See docs/embed.md."""

    health: tuple[Finding, ...] = ()
    """What the quick checks found when the till was opened; `cashwrap.doctor.examine` makes all."""

    _training: Till | None = None
    scales: Mapping[str, Scale] = {}
    """Scales of plugins by name, read by `weigh`; a program may put its own here."""

    _work: Work | None = None

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
        plugins: bool | Host = True,
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
        is missing comes back from the journal. ``plugins``: whether those that are there are used;
        a training till has the host of the shop's. Raises SettingsRefused, PluginRefused,
        BulkRefused for rules, and what `Store.open` raises.
        """
        settings = read_settings(named_path(folder, "a shop's folder"))
        engine_of(settings, ())
        clock, randomness = clock or SystemClock(), randomness or SystemRandomness()
        all_drivers, sources = dict(drivers or {}), dict(candidate_sources or {})
        hosted = host_of(settings, Path(folder), clock, projections, plugins=plugins)
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
        with rows_readable(store):
            try:
                settings = kept_settings(store, settings)
                check_names(settings, store)
                if hosted is not None:
                    settings = hosted.with_taxes(settings)
                till = cls(store, settings, all_drivers, clock, randomness, sources)
            except BaseException:
                store.close()
                raise
            try:
                if hosted is not None:
                    till.scales = hosted.added.scales
                    till._price_lists = hosted.added.price_lists
                    till._take_in(hosted.host)
                till._recover()
                till._look_around()
                if rules is not None:
                    till._use_rules(rules)
                else:
                    till._join_rules()
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
            raise UnknownOrderType(order_type, known)
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
        now = self.now()
        payment = self.runner.step(now)
        if payment is None:
            return self.runner.watch_step(now)
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

    def weigh(self, scale: str = "") -> Reading:
        """Return what a scale shows, "" for the only one: for `Sale.weigh`. Raises ScaleFailed."""
        from cashwrap.host.scales import read

        self._check_open()
        return read(self.scales, scale)

    def followers(self) -> list[tuple[str, str, int]]:
        """Return plugin and name of what follows the journal, and how many records it is behind."""
        return [] if self._work is None else self._work.followers

    def devices(self, *, look: bool = False, wait_seconds: float = 0.0) -> tuple[DeviceSeen, ...]:
        """Return the devices of plugins and how they did when they were looked at last.

        ``look`` begins to look at them now, and waits so long for those that do not answer.
        """
        self._check_open()
        if self.is_training:
            return ()
        watch = self._plugins_work().devices
        if look:
            watch.look(wait_seconds)
        return watch.seen()

    @property
    def is_looking(self) -> bool:
        """Return whether devices are being looked at that have not answered yet."""
        return self._work is not None and self._work.devices.is_looking

    def work_on_threads(self, post: Post) -> None:
        """From now on have followers and jobs of plugins work on threads of their own.

        ``post`` has something done on this till's thread, and may be called from any.
        """
        from cashwrap.host.hands import Theirs
        from cashwrap.host.work import Work

        def work(_: OpenTill) -> None:
            self.work()

        self._work = Work(self.host, self, Theirs(post, lambda: post(work)))

    def _plugins_work(self) -> Work:
        if self._work is None:
            from cashwrap.host.work import Work

            self._work = Work(self.host, self)
        return self._work

    def manage_plugins(self, *, staff: str = "", register: str = "") -> Manager:
        """Return the plugins in the hands of somebody, whose right ``plugins.manage`` is asked.

        They set aside and restore, change settings, enable and trace. Raises InTraining.
        """
        from cashwrap.host.managing import Manager

        self._check_open()
        return Manager(self, staff, register)

    def work(self) -> bool:
        """Do some of what plugins have to do beside selling; return whether more waits.

        Call it when there is nothing better to do, from the same thread. It raises nothing that a
        plugin does.
        """
        self._check_open()
        if self._changed:
            from cashwrap.host.showing import show

            show(self.host, self._changed, self.open_sales())
        return self._plugins_work().step()

    # Other acts

    def _take_in(self, host: Host) -> None:
        """Begin to work with plugins; what is wrong with them is told, and stops nothing."""
        self._host = host
        host.began(self.store, self._commit_beside)
        self.is_watched = host.may_want("cashwrap_may")
        self._changed = set() if host.may_want("cashwrap_cart_changed") else None

    def _look_around(self) -> None:
        """Make the quick checks; what is wrong is told, and stops nothing."""
        from cashwrap.doctor.quick import health

        self.health = health(self)
        for found in self.health:
            if found.level == "bad":
                self.store.warnings.append(f"{found.found.en}: {found.advice.en}")

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
        plugins = self.host.plugins.values()
        own = {one.name for one in plugins if one.source == "program"}
        more = [one for one in self.store.projections if one.name in own]

        def opened(folder: Path) -> Till:
            till = type(self).open(
                folder, drivers=self._drivers, projections=more, candidate_sources=self._sources,
                plugins=self.host, clock=self._clock, randomness=self._randomness, witness=[],
                disk=self.store.engine.port,
            )  # fmt: skip
            till.scales = self.scales  # to read one moves nothing
            return till

        till = made_ready(self, opened, self.store.projections, kernel_staged(), fresh=fresh)
        self._training = till
        return till

    def close(self) -> None:
        """Make everything durable and give the folder up; open sales stay in the draft."""
        if self._training is not None:
            self._training.close()
        if self._host is not None and not self.store.engine.is_closed:
            if self._work is not None:
                self._work.end()
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


def _document(event: Event) -> str:
    """Return what tells one stock document from all others, whatever its number is going to be."""
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    own = {name: value for name, value in fields.items() if name not in ("document", "reservation")}
    return sha256(msgspec.msgpack.encode(own)).hexdigest()
