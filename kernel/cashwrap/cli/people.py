"""Who does something at the command line: a PIN asked for, or the owner of the device."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cashwrap.cli.arguments import UsageError

if TYPE_CHECKING:
    from cashwrap.staff.people import DeviceOwner
    from cashwrap.till import Till


def answering(parser: argparse.ArgumentParser) -> None:
    """Add who answers for a change of people."""
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--by", metavar="WHO", help="your code; your PIN is asked for")
    who.add_argument(
        "--device-owner",
        metavar="WHY",
        help="without an account, as who owns this device; the reason is journaled",
    )


def read_pin(what: str) -> str:
    """Return a PIN from the terminal, unseen, or else the next line of stdin."""
    if sys.stdin is not None and sys.stdin.isatty():
        from getpass import getpass

        return getpass(f"{what}: ").strip()
    line = "" if sys.stdin is None else sys.stdin.readline()
    if not line.strip():
        raise UsageError(f"{what} is read from the terminal, or as a line of stdin: there is none")
    return line.strip()


@contextmanager
def signed_in(till: Till, who: str, register: str = "") -> Iterator[str]:
    """Sign somebody in while something is done, where the shop has accounts.

    ``register`` is by default the first of the shop's.
    """
    if not till.guarded:
        yield who
        return
    if not who:
        raise UsageError("this shop has accounts: say who you are, and give your PIN")
    register = register or next(iter(till.settings.registers), "")
    till.staff.sign_in(who, read_pin(f"PIN of {who}"), register=register)
    try:
        yield who
    finally:
        till.staff.sign_out(register)


@contextmanager
def by(till: Till, args: argparse.Namespace) -> Iterator[str | DeviceOwner]:
    """Give who answers for a change of people, signed in unless they own the device."""
    from cashwrap.staff.people import DeviceOwner

    if args.device_owner is not None:
        yield DeviceOwner(args.device_owner)
        return
    if till.guarded and not args.by:
        raise UsageError('say who you are with --by, or why you step in with --device-owner "..."')
    with signed_in(till, args.by or "") as who:
        yield who
