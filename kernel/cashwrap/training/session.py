"""Training beside a shop's till: its till made ready, and its beginning and end journaled."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from cashwrap.audit import TrainingBegan, TrainingEnded, trains_for
from cashwrap.errors import CashwrapError
from cashwrap.events import Event
from cashwrap.ports import Timestamp
from cashwrap.sale.projection import series_totals
from cashwrap.staff.staff import Staff
from cashwrap.store.errors import StoreInUse
from cashwrap.store.layout import DATA_FILE
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection
from cashwrap.training.folder import (
    TrainingBusy,
    TrainingUnavailable,
    is_marked,
    make,
    take_settings,
    training_folder,
    wipe,
)
from cashwrap.training.goods import bring_goods
from cashwrap.training.people import bring_people


class Trains(Protocol):
    """What training needs of a till, the shop's or the one that people train on."""

    @property
    def store(self) -> Store:
        """Return its store."""
        ...

    @property
    def staff(self) -> Staff:
        """Return its people."""
        ...

    def now(self) -> Timestamp:
        """Return the time."""
        ...

    def new_id(self) -> str:
        """Return a fresh id."""
        ...

    def commit(self, events: Sequence[Event], *, staff: str = "", register: str = "") -> None:
        """Journal events."""
        ...

    def forget_catalog(self) -> None:
        """Look the catalog up again."""
        ...

    def before_close(self, act: Callable[[], None]) -> None:
        """Do something when the till is closed, before its store is."""
        ...

    def close(self) -> None:
        """Close the till."""
        ...


T = TypeVar("T", bound=Trains)


def made_ready(
    shop: Trains,
    open_till: Callable[[Path], T],
    projections: Sequence[Projection],
    staged: Sequence[str],
    *,
    fresh: bool,
) -> T:
    """Return the open training till of a shop, with the shop's goods as they are now.

    What was practised before is kept, unless ``fresh``, or the folder is damaged or another
    till's. Raises TrainingBusy, NotTraining, TrainingUnavailable.
    """
    folder = training_folder(shop.store.engine.folder)
    try:
        if fresh:
            wipe(folder)
        till = _kept(folder, shop, open_till)
        if till is None:
            wipe(folder)
            make(folder, shop.store, projections, staged)
            till = open_till(folder)
    except OSError as error:
        raise TrainingUnavailable(str(folder), error.strerror or str(error)) from error
    try:
        bring_up_to_date(shop, till)
    except BaseException:
        till.close()
        raise
    return till


def bring_up_to_date(shop: Trains, till: Trains) -> None:
    """Bring a training till's goods and people up to the shop's."""
    bring_goods(shop.store, till.store, shop.now().wall_ms)
    till.forget_catalog()
    if bring_people(shop.store, till.store):
        till.staff.refresh()


def _kept(folder: Path, shop: Trains, open_till: Callable[[Path], T]) -> T | None:
    """Return the training till that is there already, or None where it is of no use."""
    if not ((folder / DATA_FILE).exists() and is_marked(folder)):
        return None
    take_settings(folder, shop.store.engine.folder)
    try:
        till = open_till(folder)
    except StoreInUse:
        raise TrainingBusy from None
    except CashwrapError:  # damaged, copied, of a newer build: nothing in it counts
        return None
    with till.store.read() as reader:
        mine = trains_for(reader) == shop.store.key.public
    if not mine:
        till.close()
        return None
    return till


def begin(shop: Trains, till: Trains, staff: str, register: str, *, fresh: bool) -> None:
    """Journal in the shop's journal that somebody trains, and at the close that they ended."""
    session, since = shop.new_id(), shop.now()
    sold = _sales(till.store)
    try:
        shop.commit([TrainingBegan(session, fresh)], staff=staff, register=register)
    except BaseException:
        till.close()  # nobody trains whom the journal does not know
        raise

    def end() -> None:
        seconds = (shop.now().steady_ms - since.steady_ms) // 1000
        ended = TrainingEnded(session, seconds, _sales(till.store) - sold)
        with contextlib.suppress(CashwrapError):  # the shop's till is closed, or its disk is full
            shop.commit([ended], staff=staff, register=register)

    till.before_close(end)


def _sales(store: Store) -> int:
    with store.read() as reader:
        return series_totals(reader).last_number
