"""``/shift``: the drawer's day, from the float to the Z report."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from cashwrap.api import shift_bodies as bodies
from cashwrap.api.bodies import ReasonBody
from cashwrap.api.callers import Asking, AtDesk
from cashwrap.api.desk import Desk
from cashwrap.api.pay_routes import LanguageQuery
from cashwrap.api.sale_routes import By, by
from cashwrap.api.sessions import Caller
from cashwrap.api.shift_view import ReportView, ShiftAnswer, ShiftView, shift_view
from cashwrap.errors import InvalidInput
from cashwrap.receipt.words import Language
from cashwrap.shift.errors import NoOpenShift
from cashwrap.shift.model import ShiftReport, Sums
from cashwrap.shift.shifts import Shifts
from cashwrap.till import Till

Number = Annotated[int, QueryParameter(ge=0, lt=2**62)]


class ShiftRoutes(Controller):
    """Shifts and drawers."""

    path = "/shift"
    tags = ("shift",)

    @get()
    async def current(self, caller: Asking, desk: AtDesk) -> ShiftAnswer:
        """Return the shift of the caller's register, and those that were suspended or wait."""
        return await desk.ask(lambda till: shift_answer(till, caller.register))

    @get("/all")
    async def all_shifts(self, caller: Asking, desk: AtDesk) -> list[ShiftView]:
        """Return all shifts, oldest first; the closed ones name their Z reports."""
        return await desk.ask(lambda till: [shift_view(one) for one in till.shifts.all()])

    @get("/{number:int}")
    async def one(self, number: FromPath[int], caller: Asking, desk: AtDesk) -> ShiftView:
        """Return a shift by its number, whatever became of it."""
        return await desk.ask(lambda till: shift_view(till.shifts.shift(number)))

    @get("/outside")
    async def outside(self, caller: Asking, desk: AtDesk, drawer: FromQuery[str] = "") -> Sums:
        """Return what moved at a drawer outside of shifts, and stands in its next Z."""
        return await desk.ask(lambda till: till.shifts.outside(drawer))

    @post("/open", status_code=HTTP_200_OK)
    async def open(
        self, data: JSONBody[bodies.OpenShiftBody], caller: Asking, desk: AtDesk
    ) -> ShiftAnswer:
        """Begin a shift with a float."""

        def act(shifts: Shifts, who: By) -> None:
            place = caller.register
            shifts.open(data.float_minor, drawer=data.drawer, register=place, **who)

        return await _act(desk, caller, act)

    @post("/paid-in", status_code=HTTP_200_OK)
    async def paid_in(
        self, data: JSONBody[bodies.CashMoveBody], caller: Asking, desk: AtDesk
    ) -> ShiftAnswer:
        """Put cash in without a sale."""

        def act(shifts: Shifts, who: By) -> None:
            shifts.paid_in(data.amount_minor, data.reason, register=caller.register, **who)

        return await _act(desk, caller, act)

    @post("/paid-out", status_code=HTTP_200_OK)
    async def paid_out(
        self, data: JSONBody[bodies.CashMoveBody], caller: Asking, desk: AtDesk
    ) -> ShiftAnswer:
        """Take cash out without a sale."""

        def act(shifts: Shifts, who: By) -> None:
            shifts.paid_out(data.amount_minor, data.reason, register=caller.register, **who)

        return await _act(desk, caller, act)

    @post("/safe-drop", status_code=HTTP_200_OK)
    async def safe_drop(
        self, data: JSONBody[bodies.CashMoveBody], caller: Asking, desk: AtDesk
    ) -> ShiftAnswer:
        """Take cash to the safe; ``reason`` names the bag or the safe."""

        def act(shifts: Shifts, who: By) -> None:
            shifts.safe_drop(data.amount_minor, to=data.reason, register=caller.register, **who)

        return await _act(desk, caller, act)

    @post("/suspend", status_code=HTTP_200_OK)
    async def suspend(self, caller: Asking, desk: AtDesk) -> ShiftAnswer:
        """Stop working on the shift for a while: the tray goes along."""
        return await _act(
            desk, caller, lambda shifts, who: shifts.suspend(register=caller.register, **who)
        )

    @post("/resume", status_code=HTTP_200_OK)
    async def resume(
        self, data: JSONBody[bodies.ShiftBody], caller: Asking, desk: AtDesk
    ) -> ShiftAnswer:
        """Go on with a suspended shift at the caller's register."""

        def act(shifts: Shifts, who: By) -> None:
            shifts.resume(data.number, register=caller.register, **who)

        return await _act(desk, caller, act)

    @post("/join", status_code=HTTP_200_OK)
    async def join(
        self, data: JSONBody[bodies.JoinBody], caller: Asking, desk: AtDesk
    ) -> ShiftAnswer:
        """Work on the open shift of a drawer from one more register."""

        def act(shifts: Shifts, who: By) -> None:
            shifts.join(data.drawer, register=caller.register, **who)

        return await _act(desk, caller, act)

    @post("/leave", status_code=HTTP_200_OK)
    async def leave(self, caller: Asking, desk: AtDesk) -> ShiftAnswer:
        """Work on a shared shift no more."""
        return await _act(
            desk, caller, lambda shifts, who: shifts.leave(register=caller.register, **who)
        )

    @post("/blind-close", status_code=HTTP_200_OK)
    async def blind_close(
        self, data: JSONBody[bodies.ShiftBody], caller: Asking, desk: AtDesk
    ) -> ShiftAnswer:
        """End the selling; it is counted later, by somebody who sees no sums."""

        def act(shifts: Shifts, who: By) -> None:
            shifts.blind_close(register=caller.register, number=data.number, **who)

        return await _act(desk, caller, act)

    @post("/declare", status_code=HTTP_200_OK)
    async def declare(
        self, data: JSONBody[bodies.CountBody], caller: Asking, desk: AtDesk
    ) -> ShiftAnswer:
        """Say what was counted: pieces by unit, other tenders by name."""
        cash = {_unit(unit): pieces for unit, pieces in data.cash.items()}

        def work(till: Till) -> ShiftAnswer:
            number = _number(till, data.number, caller.register)
            till.shifts.declare(number, cash, data.tenders, **by(caller))
            return _told(desk, till, caller.register)

        return await desk.ask(work)

    @post("/close", status_code=HTTP_200_OK)
    async def close(
        self,
        data: JSONBody[bodies.ShiftBody],
        caller: Asking,
        desk: AtDesk,
        language: LanguageQuery = None,
    ) -> ReportView:
        """Close a shift that was counted; the answer is its Z report."""

        def work(till: Till) -> ReportView:
            number = _number(till, data.number, caller.register)
            report = till.shifts.close(number, **by(caller))
            _told(desk, till, caller.register)
            return _report(till, report, language)

        return await desk.ask(work)

    @post("/no-sale", status_code=HTTP_204_NO_CONTENT)
    async def no_sale(self, data: JSONBody[ReasonBody], caller: Asking, desk: AtDesk) -> None:
        """Open the drawer without a sale; journaled with the reason."""

        def work(till: Till) -> None:
            till.no_sale(data.reason, register=caller.register, staff=caller.staff)
            desk.told(till, "drawer", caller.register, DrawerView("open"))

        await desk.once("no sale", caller, work)

    @get("/x")
    async def x(
        self,
        caller: Asking,
        desk: AtDesk,
        number: Number = 0,
        expected: Annotated[bool, QueryParameter()] = False,
        language: LanguageQuery = None,
    ) -> ReportView:
        """Return how a shift stands; ``expected`` shows the money of one to be counted blind."""

        def work(till: Till) -> ReportView:
            report = till.shifts.x(
                staff=caller.staff, register=caller.register, number=number, expected=expected
            )
            return _report(till, report, language)

        return await desk.ask(work)

    @get("/z/{z:int}")
    async def z(
        self, z: FromPath[int], caller: Asking, desk: AtDesk, language: LanguageQuery = None
    ) -> ReportView:
        """Return a Z report by its number."""
        return await desk.ask(lambda till: _report(till, till.shifts.z(z), language))


async def _act(desk: Desk, caller: Caller, act: Callable[[Shifts, By], object]) -> ShiftAnswer:
    """Do something to a shift, and answer with how the register stands then."""

    def work(till: Till) -> ShiftAnswer:
        act(till.shifts, by(caller))
        return _told(desk, till, caller.register)

    return await desk.ask(work)


def _told(desk: Desk, till: Till, register: str) -> ShiftAnswer:
    return desk.told(till, "shift", register, shift_answer(till, register))


class DrawerView(msgspec.Struct, frozen=True):
    """That the drawer of a register is to be opened."""

    drawer: Literal["open"]


def shift_answer(till: Till, register: str) -> ShiftAnswer:
    """Return the shift of a register, and those that wait."""
    found = till.shifts.current(register)
    waiting = [one for one in till.shifts.all() if one.state in ("suspended", "counting")]
    shown = None if found is None else shift_view(found)
    return ShiftAnswer(shown, [shift_view(one) for one in waiting])


def _number(till: Till, number: int, register: str) -> int:
    if number:
        return number
    found = till.shifts.current(register)
    if found is None:
        raise NoOpenShift(register)
    return found.number


def _unit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidInput(f"{text!r:.60} is no note or coin: write its minor units, like 1000")
    return int(text)


def _report(till: Till, report: ShiftReport, language: Language | None) -> ReportView:
    from cashwrap.sale.receipt import style_of

    style = style_of(till.settings)
    if language is not None:
        style = msgspec.structs.replace(style, language=language)
    return ReportView(report, till.shifts.text(report, style))
