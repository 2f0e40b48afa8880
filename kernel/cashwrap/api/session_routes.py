"""``/session`` and ``/approvals``: who is at the register, and who approves what."""

from urllib.parse import unquote

import msgspec
from litestar import Controller, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT
from msgspec.structs import replace

from cashwrap.api import bodies
from cashwrap.api.callers import REGISTER, AnyRequest, Asking, AtDesk, sessions, shop, token_of
from cashwrap.api.cookies import name_of
from cashwrap.api.sessions import Caller, cookie_of
from cashwrap.api.training_desk import TrainingDesk
from cashwrap.api.visitor import VISITOR
from cashwrap.api.wire import ByName
from cashwrap.staff.rights import RIGHTS, Act, Right
from cashwrap.staff.roles import Grant
from cashwrap.till import Till


class SessionView(msgspec.Struct, frozen=True):
    """Who is signed in at which register, and what they may do, by right."""

    register: str
    staff: str
    name: str
    role: str
    training: bool
    rights: dict[Right, Grant]


class SessionRoutes(Controller):
    """Signing in and out."""

    path = "/session"
    tags = ("session",)

    @post(status_code=HTTP_200_OK)
    async def sign_in(
        self, data: JSONBody[bodies.SessionBody], request: AnyRequest
    ) -> Response[SessionView]:
        """Sign in at a register, and out who was there; the cookie is the session."""

        def work(till: Till) -> SessionView:
            till.known_register(data.register)
            if till.guarded:
                till.staff.sign_in(data.staff, data.pin, register=data.register)
            return _view(till, Caller(data.register, data.staff))

        view = await shop(request).ask(work)
        held = sessions(request)
        others = held.end_at(data.register, but=data.staff) if view.rights else []
        await let_go(request, token_of(request), *others)
        device = VISITOR.get().device
        token = held.begin(Caller(data.register, data.staff, device=device))
        return ByName(view, cookies=[_cookie(request, token)])

    @get()
    async def current(self, caller: Asking, desk: AtDesk) -> SessionView:
        """Return who is signed in."""
        return await desk.ask(lambda till: _view(till, caller))

    @post("/training", status_code=HTTP_200_OK)
    async def train(
        self, data: JSONBody[bodies.TrainingBody], request: AnyRequest, caller: Asking
    ) -> SessionView:
        """Enter training or leave it: the same session, on a till beside the shop's.

        Nothing there counts, no money moves, and everything works. Read everything anew after it,
        the live updates too.
        """
        training: TrainingDesk = request.app.state.training
        now = replace(caller, command="", training=data.on)
        if data.on and not caller.training:
            await shop(request).ask(lambda till: training.enter(till, caller, fresh=data.fresh))
        sessions(request).change(token_of(request), now)
        await _stopped_training(request)
        asked = training if data.on else shop(request)
        return await asked.ask(lambda till: _view(till, now))

    @delete(status_code=HTTP_204_NO_CONTENT)
    async def sign_out(self, request: AnyRequest, caller: Asking) -> Response[None]:
        """Sign out; who trained does so no more."""

        def work(till: Till) -> bool:
            if till.guarded and till.staff.signed_in(caller.register) == caller.staff:
                till.staff.sign_out(caller.register)
            return till.guarded

        guarded = await shop(request).ask(work)
        others = sessions(request).end_at(caller.register) if guarded else []
        await let_go(request, token_of(request), *others)
        gone = _cookie(request, "")
        gone.max_age = 0
        return Response(None, status_code=HTTP_204_NO_CONTENT, cookies=[gone])


class Approvals(Controller):
    """A manager's word over the cashier's session."""

    path = "/approvals"
    tags = ("session",)

    @post(status_code=HTTP_204_NO_CONTENT)
    async def approve(
        self, data: JSONBody[bodies.ApprovalBody], caller: Asking, desk: AtDesk
    ) -> None:
        """Approve an act that was refused with ``staff.approval_needed``; then ask for it again."""
        asked = data.act
        act = Act(
            asked.right,
            asked.subject,
            asked.detail,
            asked.amount_minor,
            asked.rate_ppm,
        )

        def work(till: Till) -> None:
            if data.refuse:
                till.staff.refuse(act, data.approver, data.pin, data.reason)
            else:
                till.staff.approve(act, data.approver, data.pin)

        await desk.ask(work)


async def let_go(request: AnyRequest, *tokens: str) -> None:
    """Forget sessions, and let go what listens with them."""
    for token in filter(None, tokens):
        sessions(request).end(token)
        for desk in (request.app.state.desk, request.app.state.training):
            desk.live.let_go(token=token)
    await _stopped_training(request)


async def _stopped_training(request: AnyRequest) -> None:
    """Close the till that was trained on when nobody is left there."""
    training: TrainingDesk = request.app.state.training
    if not sessions(request).anybody_trains:
        await shop(request).ask(lambda till: training.leave())


def _view(till: Till, caller: Caller) -> SessionView:
    if not till.guarded:
        return SessionView(caller.register, caller.staff, caller.staff, "", till.is_training, {})
    known = {one.code: one for one in till.staff.people()}
    who = known.get(caller.staff)
    rights = {right: till.staff.grant(caller.staff, right) for right in RIGHTS}
    if who is None:
        return SessionView(caller.register, caller.staff, "", "", till.is_training, rights)
    name, role = who.name, who.role
    return SessionView(caller.register, caller.staff, name, role, till.is_training, rights)


def _cookie(request: AnyRequest, token: str) -> Cookie:
    return Cookie(
        key=name_of(cookie_of(unquote(request.headers.get(REGISTER, ""))), request.scope),
        value=token,
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="strict",
    )
