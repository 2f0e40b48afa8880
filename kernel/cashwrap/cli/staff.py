"""``cashwrap staff``: accounts, roles, PINs, and what was approved and refused."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits, staff_look
from cashwrap.cli.arguments import UsageError, action, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.cli.people import answering, by, read_pin

if TYPE_CHECKING:
    from cashwrap.staff.people import DeviceOwner
    from cashwrap.staff.rights import Right
    from cashwrap.staff.roles import Grant
    from cashwrap.till import Till

ABOUT = """\
People of a shop (docs/staff.md). While nobody has an account, everybody may do everything; from
the first account on, every act needs somebody signed in who has the right. PINs are asked for
on the terminal, or read as lines of stdin: first yours, then the new one."""

NEXT = """\
example:
  cashwrap staff add boss --name 王店长 --role owner -f corner-shop
  cashwrap staff add ana --name 安娜 --role cashier --by boss
  cashwrap staff grant cashier sale.discount=allowed:50000 --by boss
  cashwrap staff log

next: `cashwrap staff list --roles` shows what each role may do."""

Do = Callable[["Till", argparse.Namespace, "str | DeviceOwner"], str]


class Action(NamedTuple):
    """One action: its line in the list, its arguments, and what it does."""

    line: str
    configure: Callable[[argparse.ArgumentParser], None]
    do: Do


def configure(parser: argparse.ArgumentParser) -> None:
    """Add one command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    looks = {"list": "who there is, and their roles", "log": "what people did and were refused"}
    for name, line in looks.items():
        one = action(actions, name, line)
        staff_look.configure(one, name)
        one.set_defaults(run_action=getattr(staff_look, f"run_{name}"))
    for name, what in ACTIONS.items():
        one = action(actions, name, what.line)
        what.configure(one)
        folder(one, positional=False)
        answering(one)
        one.set_defaults(run_action=_change)


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the action."""
    code: int = args.run_action(args, out)
    return code


def _change(args: argparse.Namespace, out: Output) -> int:
    from cashwrap.till import Till

    with Till.open(folder_of(args)) as till, by(till, args) as who:
        said = ACTIONS[args.action].do(till, args, who)
        people = till.staff.people()
    out.say(said)
    out.result(people=people)
    return exits.OK


def _add(till: Till, args: argparse.Namespace, who: str | DeviceOwner) -> str:
    pin = read_pin(f"new PIN of {args.code}")
    till.staff.enroll(args.code, args.name or args.code, role=args.role, pin=pin, by=who)
    return f"{args.code} may sign in as {args.role}."


def _role(till: Till, args: argparse.Namespace, who: str | DeviceOwner) -> str:
    till.staff.give_role(args.code, args.role, by=who)
    return f"{args.code} is {args.role} from now on."


def _grant(till: Till, args: argparse.Namespace, who: str | DeviceOwner) -> str:
    grants = dict(_given(text) for text in args.rights)
    till.staff.define_role(args.role, grants, like=args.like, by=who)
    return f"Role {args.role} is changed; `cashwrap staff list --roles` shows it."


def _pin(till: Till, args: argparse.Namespace, who: str | DeviceOwner) -> str:
    till.staff.reset_pin(args.code, read_pin(f"new PIN of {args.code}"), by=who)
    return f"{args.code} has a new PIN."


def _disable(till: Till, args: argparse.Namespace, who: str | DeviceOwner) -> str:
    till.staff.disable(args.code, args.reason, by=who)
    return f"{args.code} signs in no more."


def _enable(till: Till, args: argparse.Namespace, who: str | DeviceOwner) -> str:
    till.staff.enable(args.code, by=who)
    return f"{args.code} may sign in again."


def _unlock(till: Till, args: argparse.Namespace, who: str | DeviceOwner) -> str:
    till.staff.unlock(args.code, by=who)
    return f"{args.code or 'The device'} takes PINs again."


def _given(text: str) -> tuple[Right, Grant]:
    """Return a grant written ``right=how`` or ``right=allowed:limit``. Raises UsageError."""
    from cashwrap.staff.rights import RIGHTS
    from cashwrap.staff.roles import HOWS, LIMITED, Grant

    name, _, said = text.partition("=")
    how, _, limit = said.partition(":")
    right = next((each for each in RIGHTS if each == name), None)
    if right is None:
        raise UsageError(f"{name!r:.60} is no right; `cashwrap staff list --roles` names them all")
    way = next((each for each in HOWS if each == how), None)
    if way and (not limit or limit.isdecimal()):
        return right, Grant(way, int(limit) if limit else None)
    unit = LIMITED.get(right, "").replace("_", " ")
    more = f", or allowed:LIMIT in {unit}" if unit else ""
    raise UsageError(f"{text!r:.80}: write {right}=allowed, =approval or =denied{more}")


def _code(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="what they sign in with")


def _code_and_role(parser: argparse.ArgumentParser) -> None:
    _code(parser)
    parser.add_argument("role", metavar="ROLE", help="cashier, supervisor, manager, owner, ...")


def _new(parser: argparse.ArgumentParser) -> None:
    _code(parser)
    parser.add_argument("--name", help="what they are called (default: the code)")
    parser.add_argument("--role", required=True, help="cashier, supervisor, manager, owner, ...")


def _code_and_reason(parser: argparse.ArgumentParser) -> None:
    _code(parser)
    parser.add_argument("--reason", default="", help="why; it is journaled")


def _role_and_rights(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("role", metavar="ROLE", help="a role, also a new one")
    parser.add_argument("rights", nargs="+", metavar="RIGHT=HOW", help="sale.cancel=approval ...")
    parser.add_argument("--like", default="", metavar="ROLE", help="begin with what this one has")


def _maybe_code(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code", nargs="?", default="", metavar="CODE", help="an account; none: the device"
    )


ACTIONS = {
    "add": Action("give somebody an account", _new, _add),
    "role": Action("give an account another role", _code_and_role, _role),
    "grant": Action("change what a role may do, or make a new one", _role_and_rights, _grant),
    "pin": Action("give somebody a new PIN", _code, _pin),
    "disable": Action("let an account sign in no more", _code_and_reason, _disable),
    "enable": Action("let a disabled account sign in again", _code, _enable),
    "unlock": Action("end the waiting after wrong PINs", _maybe_code, _unlock),
}
