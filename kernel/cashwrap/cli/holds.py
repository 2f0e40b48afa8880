"""``cashwrap holds``: suspended sales."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cashwrap.cli import exits
from cashwrap.cli.arguments import action, days, folder, folder_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.cli.shop import LookedAt
    from cashwrap.sale.holds.model import Hold
    from cashwrap.sale.holds.report import HoldReport, HoldSums

ABOUT = """\
Suspended sales (docs/holds.md): which wait, under what code and for how long; how often sales
were suspended, why, when and by whom, and what it brought in or lost. It only looks, beside a
till that may be open."""

NEXT = """\
example:
  cashwrap holds list
  cashwrap holds report 2026-03-01 2026-03-31 --by hour
  cashwrap holds slip H00013

next: `cashwrap receipt last` shows the receipt of the last sale."""

ACTIONS = {
    "list": "what waits, the oldest first",
    "report": "reasons and outcomes of the holds of some days",
    "slip": "the slip of one that waits",
}
_NONE = "(none said)"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add one command for each action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, line in ACTIONS.items():
        one = action(actions, name, line)
        _ARGUMENTS[name](one)
        folder(one, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """Look at the holds of a shop."""
    from cashwrap.cli.shop import looked_into

    with looked_into(folder_of(args)) as shop:
        _RUN[args.action](args, shop, out)
    return exits.OK


def _list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", default="", help="only those under a card, phone or member")


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    days(parser)
    parser.add_argument("--by", choices=("reason", "hour", "staff"), default="reason")


def _slip_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("hold", metavar="CODE", help="its code, its sale, or its key")


def _list(args: argparse.Namespace, shop: LookedAt, out: Output) -> None:
    from cashwrap.cli.shop import local
    from cashwrap.sale.holds.projection import waiting
    from cashwrap.tender.pan import words

    with shop.look.read() as reader:
        holds = list(waiting(reader, words(args.key, "a key")))
    zone, money = ZoneInfo(shop.settings.timezone), shop.settings.currency.amount
    rows = [
        (
            hold.code,
            local(hold.at_ms, zone, "%Y-%m-%d %H:%M"),
            hold.register,
            hold.staff,
            hold.key,
            " ".join(part for part in (hold.reason, hold.said) if part),
            f"{hold.first} ({hold.lines})",
            money(hold.total_minor),
        )
        for hold in holds
    ]
    if rows:
        heads = ("Code", "Since", "Register", "Staff", "Key", "Reason", "Lines", "Total")
        out.table(heads, rows, right=(7,))
    else:
        out.say("No sale waits.")
    out.result(waiting=holds)


def _report(args: argparse.Namespace, shop: LookedAt, out: Output) -> None:
    from cashwrap.cli.takings import days_of
    from cashwrap.ports import SystemClock
    from cashwrap.sale.holds.report import report

    now_ms, settings = SystemClock().now().wall_ms, shop.settings
    first, last = days_of(args, settings, now_ms)
    with shop.look.read() as reader:
        found = report(reader, first, last, now_ms, settings.suspend.abandoned_hours)
    _show(found, args.by, settings.currency.amount, out)
    out.result(**{name: getattr(found, name) for name in found.__struct_fields__})


def _show(found: HoldReport, by: str, money: Callable[[int], str], out: Output) -> None:
    from cashwrap.cli.takings import day_text

    days = " to ".join(dict.fromkeys((day_text(found.first_day), day_text(found.last_day))))
    if not found.total.suspended:
        out.say(f"No sale was suspended on {days}.")
        return
    groups: Mapping[str, HoldSums] = {
        "reason": found.by_reason,
        "hour": {f"{hour:02d}:00": sums for hour, sums in found.by_hour.items()},
        "staff": found.by_staff,
    }[by]
    out.say(f"Suspended sales of {days}")
    heads = (by.capitalize(), "Suspended", "Resumed", "Finished", "Cancelled", "Waiting",
             "Abandoned", "Recovered", "Lost")  # fmt: skip
    rows = [_row(name or _NONE, sums, money) for name, sums in groups.items()]
    out.table(heads, [*rows, _row("Total", found.total, money)], right=tuple(range(1, 9)))


def _row(name: str, sums: HoldSums, money: Callable[[int], str]) -> tuple[str, ...]:
    return (
        name,
        str(sums.suspended),
        f"{sums.resumed} ({sums.resumed_ppm // 10_000} %)",
        str(sums.finished),
        str(sums.cancelled),
        str(sums.waiting),
        f"{sums.abandoned} ({sums.abandoned_ppm // 10_000} %)",
        money(sums.recovered_minor),
        money(sums.lost_minor),
    )


def _slip(args: argparse.Namespace, shop: LookedAt, out: Output) -> None:
    from cashwrap.cli.shop import people
    from cashwrap.receipt.hold_slip import render_slip
    from cashwrap.sale.holds.errors import NoSuchHold
    from cashwrap.sale.holds.finding import find
    from cashwrap.sale.holds.projection import kept_of
    from cashwrap.sale.holds.slip import slip_of
    from cashwrap.sale.receipt import style_of
    from cashwrap.training.folder import is_marked

    with shop.look.read() as reader:
        hold: Hold = find(reader, args.hold)
        kept = kept_of(reader, hold.sale)
    if kept is None or hold.state != "waiting":
        raise NoSuchHold(args.hold)
    training = is_marked(folder_of(args))
    slip = slip_of(hold, kept.quoted, shop.settings, people(shop), training=training)
    text = render_slip(slip, style_of(shop.settings))
    out.say(text.rstrip("\n"))
    out.result(slip=slip, text=text)


_ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "list": _list_arguments,
    "report": _report_arguments,
    "slip": _slip_arguments,
}
_RUN: dict[str, Callable[[argparse.Namespace, LookedAt, Output], None]] = {
    "list": _list,
    "report": _report,
    "slip": _slip,
}
