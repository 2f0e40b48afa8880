"""``cashwrap shift``: the shifts of a till, X and Z reports, and the proof of a Z."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, action, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.cli.shop import Shop

if TYPE_CHECKING:
    from cashwrap.receipt.paper import TextStyle
    from cashwrap.shift.model import Shift, ShiftReport
    from cashwrap.store.tables import Reader

ABOUT = """\
The shifts of a till (docs/shifts.md): who accounted for which drawer when, how a shift stands now
(X), and the reports that closed shifts (Z). Looking is not journaled and changes nothing."""

NEXT = """\
example:
  cashwrap shift list -f corner-shop
  cashwrap shift x                      the shift of the only register
  cashwrap shift z 17 --language en     a Z as it was printed
  cashwrap shift verify                 prove every Z from the journal's records"""

SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add one command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = action(actions, "list", "the newest shifts, or all of them")
    listing.add_argument("--all", action="store_true", help=f"not only the newest {SHOWN}")
    x = action(actions, "x", "how a shift stands now")
    x.add_argument("shift", nargs="?", metavar="SHIFT", help="its number (default: the open one)")
    x.add_argument("--register", metavar="NAME", help="the shift that this register works on")
    z = action(actions, "z", "a Z report by its number")
    z.add_argument("number", metavar="NUMBER", help="the Z's number, or `last`")
    proof = action(actions, "verify", "prove Z reports from the journal's records")
    proof.add_argument("number", nargs="?", metavar="NUMBER", help="one Z (default: all)")
    for each in (listing, x, z, proof):
        folder(each, positional=False)
    for report in (x, z):
        report.add_argument("--columns", type=int, help="width (default: as the settings say)")
        report.add_argument(
            "--language", choices=("zh-CN", "en", "zh-CN+en"), help="default: settings"
        )


def run(args: argparse.Namespace, out: Output) -> int:
    """Run the action."""
    from cashwrap.cli.shop import opened

    with opened(folder_of(args)) as shop:
        match args.action:
            case "list":
                return _list(shop, args, out)
            case "verify":
                return _verify(shop, args, out)
            case "x":
                report = _x(shop, args)
            case _:
                report = _z(shop, args)
        return _show(report, shop, args, out)


def _list(shop: Shop, args: argparse.Namespace, out: Output) -> int:
    from cashwrap.shift.projection import all_shifts, z_report

    with shop.store.read() as reader:
        shifts = all_shifts(reader)
        shifts = shifts if args.all else shifts[-SHOWN:]
        reports = {shift.z: z_report(reader, shift.z) for shift in shifts if shift.z}
    if shifts:
        heads = ("Shift", "Z", "State", "Drawer", "Opened", "By", "Sales", "Over/short")
        rows = [_row(shop, shift, reports.get(shift.z)) for shift in shifts]
        out.table(heads, rows, right=(0, 1, 6, 7))
    else:
        out.say("No shifts yet: sales are outside of all. A program opens one (docs/shifts.md).")
    out.result(shifts=shifts)
    return exits.OK


def _row(shop: Shop, shift: Shift, report: ShiftReport | None) -> tuple[str, ...]:
    from cashwrap.cli.shop import local

    over = report.cash.over_minor if report else None
    return (
        str(shift.number),
        str(shift.z or "-"),
        shift.state,
        shift.drawer or "-",
        local(shift.opened_ms, shop.zone, "%Y-%m-%d %H:%M"),
        ", ".join(shift.staff),
        shop.money(report.sums.payable_minor) if report else "-",
        "-" if over is None else shop.money(over),
    )


def _x(shop: Shop, args: argparse.Namespace) -> ShiftReport:
    from cashwrap.audit import trains_for
    from cashwrap.shift.book import Rows
    from cashwrap.shift.desk import in_state, known
    from cashwrap.shift.report import Made, hidden, made

    store, now_ms = shop.store, shop.store.clock.now().wall_ms
    with store.read() as reader:
        number = _number(args.shift, "shift") if args.shift else _open_one(reader, args.register)
        shift = known(reader, number)
        in_state(shift, "make an X report of", "open", "suspended", "counting")
        training = trains_for(reader) is not None
        how = Made(0, "", now_ms, store.head.seq, store.head.hash.hex(), training)
        report = made(Rows(reader), shift, how)
    blind = shift.state == "counting" or shop.settings.shifts.blind
    return hidden(report) if blind and shift.declared is None else report


def _open_one(reader: Reader, register: str | None) -> int:
    """Return the shift of a register, or the only one that is not closed. Raises UsageError."""
    from cashwrap.shift.book import Rows
    from cashwrap.shift.errors import NoOpenShift

    rows = Rows(reader)
    if register is not None:
        number = rows.working(register).shift
        if not number:
            raise NoOpenShift(register)
        return number
    active = rows.active()
    if not active:
        raise NoOpenShift("")
    if len(active) > 1:
        numbers = ", ".join(str(shift.number) for shift in active)
        raise UsageError(f"shifts {numbers} are not closed: name one, or --register")
    return active[0].number


def _z(shop: Shop, args: argparse.Namespace) -> ShiftReport:
    from cashwrap.shift.book import Rows
    from cashwrap.shift.errors import NoSuchShift
    from cashwrap.shift.projection import z_report

    with shop.store.read() as reader:
        last = Rows(reader).series().z
        number = last if args.number == "last" else _number(args.number, "Z report")
        report = z_report(reader, number)
    if not last:
        raise NoSuchShift("this till has made no Z report yet: no shift was closed")
    if report is None:
        raise NoSuchShift(f"this till has no Z report {number}: the last one is {last}")
    return report


def _show(report: ShiftReport, shop: Shop, args: argparse.Namespace, out: Output) -> int:
    from cashwrap.cli.shop import people
    from cashwrap.receipt.paper import TextStyle
    from cashwrap.shift.paper import render_report

    receipt = shop.settings.receipt
    style: TextStyle = TextStyle(
        columns=args.columns or receipt.columns, language=args.language or receipt.language
    )
    text = render_report(report, shop.settings, style, people(shop))
    out.say(text.rstrip("\n"))
    out.result(report=report, text=text)
    return exits.OK


def _verify(shop: Shop, args: argparse.Namespace, out: Output) -> int:
    from cashwrap.shift.verify import verify_z

    number = _number(args.number, "Z report") if args.number else 0
    with out.progress("verifying") as tell:
        proof = verify_z(shop.store, number, tell)
    out.result(ok=not proof.fault, proof=proof)
    if proof.fault:
        out.say(f"NOT OK: {proof.fault}.")
        out.say("Keep the folder as it is, and run `cashwrap verify` for the whole store.")
        return exits.REFUSED
    what = f"Z {number} is" if number else f"{len(proof.reports)} Z reports are"
    out.say(f"OK: {what} what the journal's {proof.records} records come to.")
    return exits.OK


def _number(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10**18):
        raise UsageError(f"{text!r} is no number of a {what}: write 17")
    return int(text)
