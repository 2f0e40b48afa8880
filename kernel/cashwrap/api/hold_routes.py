"""``/holds``: sales that wait (挂单), brought back, swiped, cancelled."""

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from cashwrap.api import bodies
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.desk import Desk
from cashwrap.api.sale_routes import by
from cashwrap.api.sale_view import SaleView
from cashwrap.receipt.hold_slip import HoldSlip
from cashwrap.sale.holds.holds import Resumed
from cashwrap.sale.holds.model import Changes, Hold
from cashwrap.till import Till


class ResumedView(msgspec.Struct, frozen=True):
    """A sale that is open again, and what differs from what the customer was quoted."""

    sale: SaleView
    changes: Changes


class SwipedView(msgspec.Struct, frozen=True):
    """What a card did: the sale that it suspended, or the one that it brought back."""

    hold: Hold | None
    resumed: ResumedView | None


class SlipView(msgspec.Struct, frozen=True):
    """The paper that a customer comes back with: what stands on it, and its text."""

    code: str
    text: str
    slip: HoldSlip


class Holds(Controller):
    """Suspended sales."""

    path = "/holds"
    tags = ("holds",)

    @get()
    async def waiting(self, caller: Asking, desk: AtDesk, key: FromQuery[str] = "") -> list[Hold]:
        """Return the sales that wait, the oldest first: all, or those under a key."""
        return await desk.ask(lambda till: list(till.holds.waiting(key=key)))

    @get("/{code:str}")
    async def one(self, code: FromPath[str], caller: Asking, desk: AtDesk) -> Hold:
        """Return the hold of a code, whatever became of it, or the one that waits under a key."""
        return await desk.ask(lambda till: till.holds.find(code))

    @get("/{code:str}/slip")
    async def slip(self, code: FromPath[str], caller: Asking, desk: AtDesk) -> SlipView:
        """Return the slip of a sale that waits, as it is printed."""

        def work(till: Till) -> SlipView:
            return SlipView(code, till.holds.slip_text(code), till.holds.slip(code))

        return await desk.ask(work)

    @post("/{code:str}/resume", status_code=HTTP_200_OK)
    async def resume(self, code: FromPath[str], caller: Asking, desk: AtDesk) -> ResumedView:
        """Bring a sale back to the caller's register."""

        def work(till: Till) -> ResumedView:
            done = till.holds.resume(code, register=caller.register, **by(caller))
            return _resumed(desk, till, done)

        return await desk.ask(work)

    @post("/{code:str}/cancel", status_code=HTTP_200_OK)
    async def cancel(
        self,
        code: FromPath[str],
        data: JSONBody[bodies.ReasonBody],
        caller: Asking,
        desk: AtDesk,
    ) -> Hold:
        """Cancel a sale that waits: nobody will come for it."""

        def work(till: Till) -> Hold:
            who = by(caller)
            gone = till.holds.cancel(code, data.reason, register=caller.register, **who)
            return desk.told(till, "hold", gone.register, gone)

        return await desk.ask(work)

    @post("/swipe", status_code=HTTP_200_OK)
    async def swipe(
        self, data: JSONBody[bodies.SwipeBody], caller: Asking, desk: AtDesk
    ) -> SwipedView:
        """Take a card: suspend the cart on it, or bring back what waits under it."""

        def work(till: Till) -> SwipedView:
            done = till.holds.swipe(
                data.key, register=caller.register, reason=data.reason, **by(caller)
            )
            if isinstance(done, Resumed):
                return SwipedView(None, _resumed(desk, till, done))
            return SwipedView(desk.told(till, "hold", done.register, done), None)

        return await desk.ask(work)


def _resumed(desk: Desk, till: Till, done: Resumed) -> ResumedView:
    return ResumedView(desk.tell(till, done.sale), done.changes)
