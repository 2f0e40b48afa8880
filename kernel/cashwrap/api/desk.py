"""What routes do with the till: ask it, change a sale on it, and tell the listening pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from cashwrap.api.live import Kind, Live
from cashwrap.api.metrics import Times
from cashwrap.api.sale_view import SaleView, sale_view
from cashwrap.api.sessions import Caller
from cashwrap.api.till_thread import TillThread
from cashwrap.api.wire import plain
from cashwrap.audit import CommandDone
from cashwrap.errors import CashwrapError
from cashwrap.sale.errors import NoSuchSale
from cashwrap.sale.projection import ended
from cashwrap.sale.sale import Sale
from cashwrap.tender.pan import command_id
from cashwrap.till import Till

T = TypeVar("T")
ENDED_KEPT = 256


class SaleEnded(CashwrapError):
    """The sale ended before this program began, or long ago; its state says how."""

    code = "api.sale_ended"

    def __init__(self, sale: str, state: str, number: int) -> None:
        super().__init__(sale, state, number)
        self.state = state
        self.number = number

    def __str__(self) -> str:
        where = f": receipt {self.number}" if self.number else ""
        return f"this sale is {self.state} already{where}"


class AlreadyDone(CashwrapError):
    """The act was done before under this id, and its answer is not known any more."""

    code = "api.already_done"

    def __str__(self) -> str:
        return "this was done already, under the same Idempotency-Key: read how it stands now"


class Desk:
    """The till behind the routes. Everything it is given runs on the till's own thread."""

    def __init__(self, thread: TillThread, live: Live) -> None:
        self.live = live
        self._thread = thread
        self._ended: dict[str, Sale] = {}
        self._done: dict[tuple[str, str], object] = {}

    async def ask(self, work: Callable[[Till], T]) -> T:
        """Return what the till answers."""
        return await self._thread.run(lambda till: work(self.till(till)))

    @property
    def waiting(self) -> int:
        """Return how many requests wait for the till."""
        return self._thread.waiting

    @property
    def waits(self) -> Times:
        """Return how long requests waited for it."""
        return self._thread.waits

    async def once(self, what: str, caller: Caller, work: Callable[[Till], T]) -> T:
        """Do something that the kernel has no command id for, once for each id of a caller.

        That it was done is journaled with it. The first answer is kept while the program runs, as
        long as it is among the newest; later the answer is AlreadyDone.
        """
        if not caller.command:
            return await self.ask(work)
        command = f"api/{caller.register}/{command_id(caller.command)}"
        key = what, command

        def unless_done(till: Till) -> T:
            if key not in self._done:
                self._done[key] = _done_once(till, what, caller.staff, command, work)
                if len(self._done) > ENDED_KEPT:
                    del self._done[next(iter(self._done))]
            return cast(T, self._done[key])

        return await self.ask(unless_done)

    async def change(self, sale: str, act: Callable[[Sale], object]) -> SaleView:
        """Do something to a sale, tell who listens, and return the whole of it.

        A sale that ended not long ago can be asked again: a repeated command gets its answer.
        """

        return await self.ask(self._changing(sale, act))

    async def change_once(
        self, what: str, caller: Caller, sale: str, act: Callable[[Sale], object]
    ) -> SaleView:
        """Do the same as `once` does it."""
        return await self.once(f"{what} {sale}", caller, self._changing(sale, act))

    async def view(self, sale: str) -> SaleView:
        """Return a sale that is open, or ended not long ago. Raises NoSuchSale."""
        return await self.ask(lambda till: self.seen(till, self.find(till, sale)))

    def _changing(self, sale: str, act: Callable[[Sale], object]) -> Callable[[Till], SaleView]:
        def work(till: Till) -> SaleView:
            found = self.find(till, sale)
            act(found)
            return self.tell(till, found)

        return work

    # On the till's thread

    def till(self, shop: Till) -> Till:
        """Return the till that is asked: the shop's."""
        return shop

    def find(self, till: Till, sale: str) -> Sale:
        """Return a sale by its id. Raises NoSuchSale, SaleEnded."""
        try:
            return till.sale(sale)
        except NoSuchSale:
            if sale in self._ended:
                return self._ended[sale]
            with till.store.read() as reader:
                place = ended(reader, sale)
            if place is None:
                raise
            raise SaleEnded(sale, place.state, place.number) from None

    def seen(self, till: Till, sale: Sale) -> SaleView:
        """Return a sale as it stands."""
        number = till.number_of(sale.id) if sale.state == "completed" else 0
        return sale_view(sale, number, training=till.is_training)

    def tell(self, till: Till, sale: Sale) -> SaleView:
        """Return a sale as it stands, and tell who listens."""
        if sale.state in ("completed", "cancelled", "suspended"):
            self._keep(sale)
        view = self.seen(till, sale)
        till.store.when_durable(lambda: self.live.tell("sale", view.register, view))
        return view

    def told(self, till: Till, kind: Kind, register: str, body: T) -> T:
        """Tell who listens of something, and return it."""
        shown = plain(body)
        till.store.when_durable(lambda: self.live.tell(kind, register, shown))
        return body

    def _keep(self, sale: Sale) -> None:
        self._ended.pop(sale.id, None)
        self._ended[sale.id] = sale
        if len(self._ended) > ENDED_KEPT:
            del self._ended[next(iter(self._ended))]

    def stepped(self, till: Till, sales: tuple[Sale, ...]) -> None:
        """Tell of payments that were asked about; a sale may have ended by it."""
        for sale in sales:
            self.tell(till, sale)


def _done_once(till: Till, what: str, staff: str, command: str, work: Callable[[Till], T]) -> T:
    """Do something and journal that it was done, in one. Raises AlreadyDone."""
    store = till.store
    if store.answer(command) is not None:
        raise AlreadyDone
    with store.grouped():
        answer = work(till)
        store.commit([CommandDone(what)], at=till.now(), staff=staff, command=command)
    return answer
