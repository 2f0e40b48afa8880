"""``cashwrap staff list`` and ``log``: looking at people, beside a till that may be open."""

from __future__ import annotations

import argparse
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.events import Event
    from cashwrap.staff.rights import Right
    from cashwrap.staff.roles import Grant, Role
    from cashwrap.store.look import Look
    from cashwrap.store.records import Record

NEWEST = 50
ID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")


def configure(parser: argparse.ArgumentParser, name: str) -> None:
    """Add the arguments of one of the two."""
    folder(parser)
    if name == "list":
        parser.add_argument("--roles", action="store_true", help="what each role may do")
    else:
        parser.add_argument("-n", "--newest", type=int, default=NEWEST, help="how many (50)")


def run_list(args: argparse.Namespace, out: Output) -> int:
    """Show accounts, or roles."""
    from cashwrap.cli.shop import looked_into
    from cashwrap.staff import projection

    with looked_into(folder_of(args)) as shop, shop.look.read() as reader:
        accounts = tuple(projection.accounts(reader).values())
        roles = tuple(projection.roles(reader).values())
    if args.roles:
        _show_roles(roles, shop.settings.currency.amount, out)
    elif accounts:
        rows = [(a.code, a.name, a.role, _state(a.active, a.wrong)) for a in accounts]
        out.table(("Code", "Name", "Role", ""), rows)
    else:
        out.say("Nobody has an account: everybody may do everything. `cashwrap staff add` begins.")
    out.result(
        people=[
            {"code": a.code, "name": a.name, "role": a.role, "active": a.active, "wrong": a.wrong}
            for a in accounts
        ],
        roles=roles,
    )
    return exits.OK


def run_log(args: argparse.Namespace, out: Output) -> int:
    """Show what people did and were refused, the newest last."""
    import cashwrap.staff.events  # noqa: F401  (so that they can be read)
    from cashwrap.cli.shop import local, looked_into

    with looked_into(folder_of(args)) as shop:
        records = deque(_records(shop.look), maxlen=max(0, args.newest))
        zone = ZoneInfo(shop.settings.timezone)
    rows, told = [], []
    for record in records:
        body, at = record.body(), local(record.envelope.wall_ms, zone)
        what, about = record.envelope.kind.removeprefix("staff."), said(body)
        rows.append((str(record.seq), at, record.envelope.staff, what.replace("_", " "), about))
        told.append({"seq": record.seq, "at": at, "staff": record.envelope.staff,
                     "kind": record.envelope.kind, "said": about})  # fmt: skip
    if rows:
        out.table(("", "When", "By", "What", ""), rows, right=(0,))
    else:
        out.say("Nobody signed in, approved or was refused yet.")
    out.result(log=told)
    return exits.OK


def said(event: Event) -> str:
    """Return what an event of people says, in a few words; never what PINs are checked by."""
    words = []
    for name in event.__struct_fields__:
        value = getattr(event, name)
        if name == "act":
            words += [value.right, *map(_short, (value.subject, value.detail))]
        elif isinstance(value, str) and value and name not in ("digest", "pepper"):
            words.append(_short(value))
    return " ".join(word for word in words if word)


def _short(text: str) -> str:
    """Return words with the last six letters of each id, as `cashwrap journal` shows them."""
    return ID.sub(lambda found: found[0][-6:], text)


def _records(look: Look) -> Iterator[Record]:
    return (one for one in look.records() if one.envelope.kind.startswith("staff."))


def _state(active: bool, wrong: int) -> str:
    state = [] if active else ["disabled"]
    if wrong:
        state.append(f"{wrong} wrong PIN{'' if wrong == 1 else 's'} in a row")
    return ", ".join(state)


def _show_roles(roles: tuple[Role, ...], money: Callable[[int], str], out: Output) -> None:
    from cashwrap.staff.rights import RIGHTS

    rows = [(right, *(_how(right, role.grant(right), money) for role in roles)) for right in RIGHTS]
    out.table(("Right", *(role.name for role in roles)), rows)


def _how(right: Right, grant: Grant, money: Callable[[int], str]) -> str:
    from cashwrap.receipt.text import percent
    from cashwrap.staff.roles import LIMITED

    if grant.how == "denied":
        return "-"
    if grant.limit is None:
        return grant.how
    of_rate = LIMITED.get(right) == "rate_ppm"
    return f"up to {percent(grant.limit) if of_rate else money(grant.limit)}"
