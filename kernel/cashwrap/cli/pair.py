"""``cashwrap pair``: let another device drive the till that is served, list them, shut one out."""

import argparse
from pathlib import Path
from time import sleep, time
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.errors import CashwrapError

if TYPE_CHECKING:
    from cashwrap.cli.served import ServedTill

ABOUT = """\
Let a tablet, a phone or another screen drive this till. It needs no account: who may use this
folder has the till. A code is shown that lets one device in, once, within ten minutes; what it does
then still needs somebody signed in with a PIN. The till has to be served with --lan."""

NEXT = """\
example:
  cashwrap serve -f corner-shop --lan          in another window, or as a service
  cashwrap pair -f corner-shop                 shows the code and waits for the device
  cashwrap pair -f corner-shop --list
  cashwrap pair -f corner-shop --revoke "厨房平板"

next: open the printed address on the device; compare the fingerprint if its browser warns."""

LOOK_SECONDS = 1


class NotServed(CashwrapError):
    """A device is paired with a till that is served."""

    code = "pairing.not_served"

    def __str__(self) -> str:
        return "this till is not served: start it with `cashwrap serve --lan`, then pair again"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument("--list", action="store_true", help="which devices are let in")
    parser.add_argument("--revoke", default="", metavar="NAME", help="shut one out, at once")


def run(args: argparse.Namespace, out: Output) -> int:
    """Do it."""
    if args.list and args.revoke:
        raise UsageError("--list or --revoke, not both")
    path = folder_of(args)
    till = _served(path)
    if args.list:
        return _list(path, till, out)
    if args.revoke:
        return _revoke(path, till, args.revoke, out)
    if till is None:
        raise NotServed
    return _pair(till, out)


def _served(path: Path) -> "ServedTill | None":
    from cashwrap.cli.served import served_till

    return served_till(path)


def _pair(till: "ServedTill", out: Output) -> int:
    shown = till.show_code()
    address = f"{shown.address}/pair"
    out.say(f"Open on the device:  {address}\nCode:                {shown.code}")
    if shown.fingerprint:
        out.say(f"Fingerprint:         {shown.fingerprint}")
    else:
        out.say("Only this machine reaches the till: serve it with --lan for other devices.")
    out.result(
        code=shown.code,
        address=address,
        fingerprint=shown.fingerprint,
        expires_at_ms=shown.expires_at_ms,
    )
    return exits.OK if out.json else _wait(till, shown.expires_at_ms, out)


def _wait(till: "ServedTill", until_ms: int, out: Output) -> int:
    """Wait for the device; Ctrl-C ends the code."""
    before = {one.id for one in till.paired()}
    out.say("Waiting for the device; Ctrl-C ends the code.")
    try:
        while time() * 1000 < until_ms:
            sleep(LOOK_SECONDS)
            for one in till.paired():
                if one.id not in before:
                    out.say(f"{one.name} is paired.")
                    return exits.OK
    except KeyboardInterrupt:
        till.stop_code()
        raise
    out.say("The code is too old now: run `cashwrap pair` again for a new one.")
    return exits.REFUSED


def _list(path: Path, till: "ServedTill | None", out: Output) -> int:
    from zoneinfo import ZoneInfo

    from cashwrap.cli.shop import local, looked_into
    from cashwrap.pairing.projection import paired_devices

    with looked_into(path) as shop:
        zone = ZoneInfo(shop.settings.timezone)
        with shop.look.read() as reader:
            devices = paired_devices(reader)
    seen = {} if till is None else {one.id: one.seen_ms for one in till.paired()}
    rows = [
        (
            one.name,
            local(one.paired_ms, zone),
            one.by or "-",
            local(seen_ms, zone) if (seen_ms := seen.get(one.id, 0)) else "-",
        )
        for one in devices
    ]
    if rows:
        out.table(("device", "paired", "by", "last seen"), rows)
    else:
        out.say("No other device is let in.")
    out.result(
        devices=[
            {
                "id": one.id,
                "name": one.name,
                "paired_ms": one.paired_ms,
                "by": one.by,
                "register": one.register,
                "seen_ms": seen.get(one.id, 0),
            }
            for one in devices
        ]
    )
    return exits.OK


def _revoke(path: Path, till: "ServedTill | None", name: str, out: Output) -> int:
    if till is not None:
        till.shut_out(name)
    else:
        from cashwrap.staff.people import DeviceOwner
        from cashwrap.till import Till

        with Till.open(path) as opened:
            device = opened.pairing.device(name)
            opened.pairing.shut_out(device.id, DeviceOwner("cashwrap pair --revoke"))
    out.say(f"{name} is shut out.")
    out.result(revoked=name)
    return exits.OK
