"""``till.holds``: sales that are suspended, found again, resumed, cancelled and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from cashwrap.errors import InvalidInput
from cashwrap.events import Event
from cashwrap.pricing.engine import Engine
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart
from cashwrap.sale.errors import CommandReused, EmptySale
from cashwrap.sale.events import SaleCancelled, SaleResumed, SaleSuspended
from cashwrap.sale.holds import projection
from cashwrap.sale.holds.errors import AlreadyResumed, HoldCancelled, SeveralCarts
from cashwrap.sale.holds.finding import find, only_waiting
from cashwrap.sale.holds.model import Changes, Hold
from cashwrap.sale.holds.resuming import PricingDesk, resumed
from cashwrap.sale.holds.suspending import reason_of, suspended
from cashwrap.staff.rights import Act
from cashwrap.store.store import Store
from cashwrap.tender.pan import command_id, words

if TYPE_CHECKING:
    from cashwrap.receipt.hold_slip import HoldSlip
    from cashwrap.sale.holds.report import HoldReport
    from cashwrap.sale.sale import Sale

E = TypeVar("E", bound=Event)
ENGINES_KEPT = 8


class Resumed(NamedTuple):
    """A sale that is open again, and what differs from what the customer was quoted."""

    sale: Sale
    changes: Changes


class HoldCounter(PricingDesk, Protocol):
    """What suspended sales need of their till."""

    store: Store
    is_training: bool

    def called(self, staff: str) -> str:
        """Return the name of somebody's account for paper."""
        ...

    def known_register(self, register: str) -> None:
        """Raise UnknownRegister unless a register is the settings'."""
        ...

    def on_shift(self, register: str) -> None:
        """Raise NoOpenShift where the shop wants a shift and the register works on none."""
        ...

    def hour_of(self, wall_ms: int) -> int:
        """Return the hour of the local day, 0 to 23."""
        ...

    def local_time(self, wall_ms: int) -> str:
        """Return a moment in the shop's time zone."""
        ...

    def draft_whole(self, cart: Cart) -> None:
        """Write all of a sale to the draft."""
        ...

    def began(self, cart: Cart) -> Sale:
        """Return a sale that is open from now on."""
        ...

    def open_sales(self) -> tuple[Sale, ...]:
        """Return the sales that are open."""
        ...


class Holds:
    """The suspended sales of a till. A hold is named by its code or its sale, or given itself."""

    def __init__(self, counter: HoldCounter) -> None:
        self._counter = counter
        self._engines: dict[bytes, Engine] = {}

    # What there is

    def waiting(self, *, key: str = "") -> tuple[Hold, ...]:
        """Return the sales that wait, the oldest first: all, or those under a key."""
        with self._counter.store.read() as reader:
            return tuple(projection.waiting(reader, words(key, "a key").strip()))

    def find(self, what: str) -> Hold:
        """Return the hold of a code (as scanned or keyed) or a sale, or the one under a key.

        Codes and sales are found whatever became of them, keys only while they wait. Raises
        NoSuchHold, SeveralHolds.
        """
        with self._counter.store.read() as reader:
            return find(reader, what)

    def report(self, first_day: int = 0, last_day: int = 0) -> HoldReport:
        """Return how often sales were suspended on some business days, why, and what came of it.

        Days are yyyymmdd: today by default, one day where only the first is given.
        """
        from cashwrap.sale.holds.report import report

        now_ms = self._counter.now().wall_ms
        first = first_day or self._counter.day_of(now_ms)
        with self._counter.store.read() as reader:
            abandoned_hours = self._counter.settings.suspend.abandoned_hours
            return report(reader, first, last_day or first, now_ms, abandoned_hours)

    def slip(self, hold: Hold | str) -> HoldSlip:
        """Return the paper that a customer comes back with; its code is printed as a barcode.

        Raises what `resume` raises for a sale that does not wait.
        """
        from cashwrap.sale.holds.slip import slip_of

        found = self._still_waiting(hold)
        quoted, counter = self._kept(found).quoted, self._counter
        training = counter.is_training
        return slip_of(found, quoted, counter.settings, counter.called, training=training)

    def slip_text(self, hold: Hold | str) -> str:
        """Return the slip as plain text, as the settings lay it out."""
        from cashwrap.receipt.hold_slip import render_slip
        from cashwrap.sale.receipt import style_of

        return render_slip(self.slip(hold), style_of(self._counter.settings))

    # What is done

    def suspend(
        self, sale: Sale, reason: str, note: str, key: str, staff: str, command: str
    ) -> Hold:
        """Suspend an open sale; see `Sale.suspend`. ``command`` is as it stands in the journal."""
        counter = self._counter
        why, said = reason_of(reason, note, counter.settings.suspend)
        key = words(key, "a key").strip()
        sale.check("suspend")
        if sale.cart.is_empty:
            raise EmptySale
        counter.allow(Act("sale.suspend", sale.id), staff, sale.register)
        now_ms = counter.now().wall_ms
        with counter.store.read() as reader:
            number = projection.next_number(reader)
        day, hour = counter.day_of(now_ms), counter.hour_of(now_ms)
        event = suspended(sale.cart, number, why, said, key, day, hour)
        sale.leave("suspend", [event], staff, command)
        with counter.store.read() as reader:
            hold = projection.hold_of_number(reader, number)
        assert hold is not None  # it is committed
        return hold

    def resume(
        self, hold: Hold | str, *, register: str = "", staff: str = "", command: str = ""
    ) -> Resumed:
        """Bring a sale back to a register, and say what changed since it was suspended.

        Raises NoSuchHold, SeveralHolds, AlreadyResumed (where and when), HoldCancelled,
        UnknownRegister.
        """
        done = self._answered(command, SaleResumed)
        if done is not None:
            return self._resumed_before(done)
        return self._resume(self._still_waiting(hold), register, staff, command)

    def cancel(
        self,
        hold: Hold | str,
        reason: str = "",
        *,
        register: str = "",
        staff: str = "",
        command: str = "",
    ) -> Hold:
        """Cancel a sale that waits: nobody will come for it. Returns the hold as it ended.

        Raises as `resume` does.
        """
        counter = self._counter
        counter.known_register(register)
        if (done := self._answered(command, SaleCancelled)) is not None:
            return self.find(done.sale)
        found = self._still_waiting(hold)
        kept = self._kept(found)
        event = SaleCancelled(
            found.sale,
            counter.day_of(counter.now().wall_ms),
            words(reason, "a reason"),
            found.total_minor,
            kept.history,
        )
        counter.allow(Act("sale.cancel", found.sale), staff, register)
        counter.commit([event], staff=staff, command=_scoped(command), register=register)
        return self.find(found.sale)

    def swipe(
        self,
        key: str,
        *,
        register: str = "",
        reason: str = "",
        staff: str = "",
        command: str = "",
    ) -> Hold | Resumed:
        """Take a card at a register: suspend the cart on it, or bring back what waits under it.

        Raises SeveralCarts, SeveralHolds, NoSuchHold where nothing waits, ReasonNeeded where the
        shop wants a reason.
        """
        done = self._answered(command, SaleSuspended, SaleResumed)
        if isinstance(done, SaleSuspended):
            return self.find(done.code)
        if isinstance(done, SaleResumed):
            return self._resumed_before(done)
        counter = self._counter
        counter.known_register(register)
        key = words(key, "a key").strip()
        if not key:
            raise InvalidInput("a card that is swiped has something written on it")
        carts = [
            sale
            for sale in counter.open_sales()
            if sale.register == register and not sale.cart.is_empty
        ]
        if len(carts) > 1:
            raise SeveralCarts(register, [sale.id for sale in carts])
        if carts:
            return self.suspend(carts[0], reason, "", key, staff, _scoped(command))
        with counter.store.read() as reader:
            hold = only_waiting(reader, key)
        return self._resume(hold, register, staff, command)

    # Inside

    def _resume(self, hold: Hold, register: str, staff: str, command: str) -> Resumed:
        counter = self._counter
        counter.known_register(register)
        counter.on_shift(register)
        staff = counter.clerk(words(staff, "staff"), register, counter.now())
        kept = self._kept(hold)
        engine = self._engine(kept.engine)
        cart = resumed(counter, hold, kept, register, staff, engine)
        told = cart.history[-1]
        assert isinstance(told, edits.Resumed)
        event = SaleResumed(
            sale=hold.sale,
            code=hold.code,
            edits=tuple(cart.history[len(kept.history) :]),
            engine=b"" if cart.engine is engine else cart.engine.source,
            total_minor=told.changes.after_minor,
        )
        if staff != hold.staff:
            counter.allow(Act("sale.resume", hold.sale), staff, register)
        counter.draft_whole(cart)  # first: what the journal calls open is in the draft
        counter.commit([event], staff=staff, command=_scoped(command), register=register)
        sale = counter.began(cart)
        sale.payments.refresh()
        return Resumed(sale, told.changes)

    def _still_waiting(self, hold: Hold | str) -> Hold:
        """Return a hold that waits. Raises what says why it does not."""
        found = self.find(hold.code if isinstance(hold, Hold) else hold)
        if found.state == "held_again":  # an older slip of the same sale
            found = self.find(found.sale)
        if found.state != "waiting":
            raise self._ended(found)
        return found

    def _ended(self, hold: Hold) -> AlreadyResumed | HoldCancelled:
        """Return what says why a hold does not wait any more."""
        when = self._counter.local_time
        if not hold.resumed_ms:
            return HoldCancelled(hold.code, when(hold.ended_ms))
        where, who = hold.resumed_register, hold.resumed_staff
        return AlreadyResumed(hold.code, where, who, when(hold.resumed_ms), hold.state)

    def _kept(self, hold: Hold) -> projection.Kept:
        with self._counter.store.read() as reader:
            kept = projection.kept_of(reader, hold.sale)
        assert kept is not None  # it waits
        return kept

    def _engine(self, source: bytes) -> Engine:
        """Return the engine of a source; making one takes longer than all the rest."""
        today = self._counter.engine
        if source == today.source:
            return today
        found = self._engines.get(source)
        if found is None:
            if len(self._engines) >= ENGINES_KEPT:
                self._engines.clear()
            found = self._engines[source] = Engine.from_source(source)
        return found

    def _answered(self, command: str, *kinds: type[E]) -> E | None:
        """Return what a command did when it came first. Raises CommandReused."""
        scoped = _scoped(command)
        commit = self._counter.store.answer(scoped)
        if commit is None:
            return None
        journal = self._counter.store.journal
        for seq in range(commit.first_seq, commit.last_seq + 1):  # an approval may stand beside it
            record = journal.get(seq)
            body = None if record is None else record.body()
            if isinstance(body, kinds):
                return body
        raise CommandReused(command)

    def _resumed_before(self, event: SaleResumed) -> Resumed:
        open_now = {sale.id: sale for sale in self._counter.open_sales()}
        sale = open_now.get(event.sale)
        if sale is None:
            raise self._ended(self.find(event.code))
        told = event.edits[-1]
        assert isinstance(told, edits.Resumed)
        return Resumed(sale, told.changes)


def _scoped(command: str) -> str:
    """Return a command id that is these acts' own in the whole journal, "" for none."""
    return command and f"holds/{command_id(command)}"
