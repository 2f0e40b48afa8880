"""The till: open a store folder, ring up, take payments, print; all offline.

One `Till` owns its folder and is used by one thread at a time. What the first line of the morning
does not need (imports, pickers, paper) is loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from cashwrap.business_day import BusinessDays
from cashwrap.counter import engine_of
from cashwrap.errors import CashwrapError, named_path
from cashwrap.opening import (
    check_names,
    host_of,
    kept_settings,
    kernel_projections,
    kernel_staged,
    rows_readable,
)
from cashwrap.plugged import Plugged
from cashwrap.ports import Clock, Randomness, SystemClock, SystemRandomness
from cashwrap.promotions.rules import RuleSet
from cashwrap.settings import FILE_NAME, parse_settings, read_settings
from cashwrap.staff.rights import Act
from cashwrap.store.disk import SYSTEM_DISK, Disk
from cashwrap.store.errors import StoreExists
from cashwrap.store.layout import DATA_FILE
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection
from cashwrap.tender.checks import check_drivers
from cashwrap.tender.driver import TenderDriver

if TYPE_CHECKING:
    from cashwrap.doctor.model import Finding
    from cashwrap.host.host import Host
    from cashwrap.promotions.candidates import CandidateSource


class FolderRefused(CashwrapError):
    """No store can be made in the folder; choose one that this user may write."""

    code = "till.folder"


class Till(Plugged):
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

    def _look_around(self) -> None:
        """Make the quick checks; what is wrong is told, and stops nothing."""
        from cashwrap.doctor.quick import health

        self.health = health(self)
        for found in self.health:
            if found.level == "bad":
                self.store.warnings.append(f"{found.found.en}: {found.advice.en}")

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
