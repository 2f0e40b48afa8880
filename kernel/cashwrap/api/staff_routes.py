"""``/staff``: accounts, roles, PINs."""

from collections.abc import Callable

from litestar import Controller, get, patch, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from cashwrap.api.callers import AnyRequest, Asking, AtDesk, sessions, shop
from cashwrap.api.desk import Desk
from cashwrap.api.session_routes import let_go
from cashwrap.api.sessions import Caller
from cashwrap.api.staff_bodies import EnrollBody, PersonChange, PinBody, RoleBody
from cashwrap.errors import InvalidInput
from cashwrap.staff.errors import NoSuchAccount
from cashwrap.staff.people import Person
from cashwrap.staff.roles import Grant, Role
from cashwrap.staff.staff import Staff
from cashwrap.till import Till


class StaffRoutes(Controller):
    """People and what they may do. Changes need the right ``staff.manage``."""

    path = "/staff"
    tags = ("staff",)

    @get()
    async def people(self, caller: Asking, desk: AtDesk) -> list[Person]:
        """Return all accounts by code, disabled ones too; [] in a shop without accounts."""
        return await desk.ask(lambda till: list(till.staff.people()))

    @post(status_code=HTTP_201_CREATED)
    async def enroll(self, data: JSONBody[EnrollBody], caller: Asking, desk: AtDesk) -> Person:
        """Give somebody an account, with a role that gives no more than the caller's own."""

        def act(staff: Staff) -> None:
            staff.enroll(data.code, data.name, role=data.role, pin=data.pin, by=caller.staff)

        return await _changed(desk, caller, data.code, "enroll", act)

    @patch("/{code:str}")
    async def change(
        self,
        code: FromPath[str],
        data: JSONBody[PersonChange],
        request: AnyRequest,
        caller: Asking,
        desk: AtDesk,
    ) -> Person:
        """Give an account another role, disable or enable it, or give it a new PIN.

        Who may not sign in any more, or has another PIN, is signed out wherever they are.
        """
        if sum(one is not None for one in (data.role, data.active, data.pin)) != 1:
            raise InvalidInput("change exactly one of role, active and pin")

        def act(staff: Staff) -> None:
            if data.role is not None:
                staff.give_role(code, data.role, by=caller.staff)
            elif data.pin is not None:
                staff.reset_pin(code, data.pin, by=caller.staff)
            elif data.active:
                staff.enable(code, by=caller.staff)
            else:
                staff.disable(code, data.reason, by=caller.staff)

        person = await _changed(desk, caller, code, "change", act)
        if desk is shop(request) and (data.pin is not None or not person.active):
            await let_go(request, *sessions(request).end_whose(code))
        return person

    @post("/{code:str}/unlock", status_code=HTTP_200_OK)
    async def unlock(self, code: FromPath[str], caller: Asking, desk: AtDesk) -> Person:
        """Let an account that waits or is locked after wrong PINs try again."""
        return await _changed(
            desk, caller, code, "unlock", lambda staff: staff.unlock(code, by=caller.staff)
        )

    @put("/me/pin", status_code=HTTP_204_NO_CONTENT)
    async def change_pin(self, data: JSONBody[PinBody], caller: Asking, desk: AtDesk) -> None:
        """Choose another PIN of one's own, with the old one."""

        def work(till: Till) -> None:
            till.staff.change_pin(caller.staff, data.old, data.new, register=caller.register)

        await desk.once("change pin", caller, work)

    @get("/roles")
    async def roles(self, caller: Asking, desk: AtDesk) -> list[Role]:
        """Return the roles with their grants by right; what a role does not name is denied."""
        return await desk.ask(lambda till: list(till.staff.roles))

    @put("/roles/{role:str}", status_code=HTTP_200_OK)
    async def define_role(
        self, role: FromPath[str], data: JSONBody[RoleBody], caller: Asking, desk: AtDesk
    ) -> Role:
        """Change some grants of a role, or make a new one; it counts at once."""
        grants = {right: Grant(one.how, one.limit) for right, one in data.grants.items()}

        def work(till: Till) -> Role:
            return till.staff.define_role(role, grants, like=data.like, by=caller.staff)

        return await desk.once(f"role {role}", caller, work)


async def _changed(
    desk: Desk, caller: Caller, code: str, what: str, act: Callable[[Staff], None]
) -> Person:
    def work(till: Till) -> Person:
        act(till.staff)
        found = {one.code: one for one in till.staff.people()}
        if code not in found:
            raise NoSuchAccount(code)
        return found[code]

    return await desk.once(f"{what} {code}", caller, work)
