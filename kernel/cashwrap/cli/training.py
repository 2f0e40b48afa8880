"""``cashwrap training``: what people practised, and how the simulated terminal behaves."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.cli.shop import LookedAt

ABOUT = """\
Training (培训模式) happens on a till beside the shop's, in training/ of its folder; the program
that sells opens it with `till.training()`. This command shows who trained and for how long, lets
the simulated terminal decline, be slow or be silent at its next payments, and throws away what was
practised. Nothing here touches the shop's journal."""

NEXT = """\
example:
  cashwrap training -f corner-shop                      who trained, how long, how many sales
  cashwrap training next card decline silent            the next two card payments go like this
  cashwrap training wipe -f corner-shop                 begin anew next time

next: `cashwrap takings -f corner-shop/training` and every other command work there too."""

_BEHAVIOURS = """\
approve, decline, slow (the third question is answered), silent (charged, but no answer for a
while), lost (the request never arrived), partial (half of it), no_refund"""


class Session(NamedTuple):
    """One stretch of training, as the shop's journal has it."""

    session: str
    began_ms: int
    staff: str
    register: str
    seconds: int | None = None
    sales: int | None = None

    @property
    def ended(self) -> tuple[str, str]:
        """Return minutes and sales in words, a dash each while it is not known to have ended."""
        if self.seconds is None:
            return "-", "-"
        return str(-(-self.seconds // 60)), str(self.sales)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "act", nargs="?", choices=("show", "next", "wipe"), default="show", help="default: show"
    )
    parser.add_argument("kind", nargs="?", metavar="KIND", help="next: card, wechat, ...")
    parser.add_argument("behaviours", nargs="*", metavar="BEHAVIOUR", help=_BEHAVIOURS)
    folder(parser, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """Do it."""
    path = folder_of(args)
    if args.act == "next":
        return _next(args, path, out)
    if args.kind:
        raise UsageError(
            f"`training {args.act}` takes nothing more; see `cashwrap training --help`"
        )
    return _wipe(path, out) if args.act == "wipe" else _show(path, out)


def _next(args: argparse.Namespace, path: Path, out: Output) -> int:
    from cashwrap.training.folder import NotTraining, is_marked, training_folder
    from cashwrap.training.terminal import ask_next

    place = training_folder(path)
    if not (args.kind and args.behaviours):
        raise UsageError("say which terminal, and what its next payments do: next card decline")
    if not is_marked(place):
        raise NotTraining(str(place))
    ask_next(place, args.kind, args.behaviours)
    out.say(f"The next payments by {args.kind}: {', '.join(args.behaviours)}; then all is well.")
    out.result(kind=args.kind, next=args.behaviours)
    return exits.OK


def _wipe(path: Path, out: Output) -> int:
    from cashwrap.training.folder import training_folder, wipe

    gone = wipe(training_folder(path))
    out.say("What was practised is gone; the shop is as it was." if gone else "Nobody trained yet.")
    out.result(wiped=gone)
    return exits.OK


def _show(path: Path, out: Output) -> int:
    from zoneinfo import ZoneInfo

    from cashwrap.cli.shop import local, looked_into

    with looked_into(path) as shop:
        sessions = _sessions(shop)
        zone = ZoneInfo(shop.settings.timezone)
    rows = [
        (local(one.began_ms, zone), one.staff or "-", one.register or "-", *one.ended)
        for one in sessions
    ]
    if rows:
        out.table(("began", "staff", "register", "minutes", "sales"), rows, right=(3, 4))
    else:
        out.say("Nobody trained yet.")
    out.result(sessions=[one._asdict() for one in sessions])
    return exits.OK


def _sessions(shop: "LookedAt") -> list[Session]:
    """Return who trained, oldest first; one whose program died has no end."""
    from cashwrap.audit import TrainingBegan, TrainingEnded

    found: dict[str, Session] = {}
    for record in shop.look.records(shop.look.identity.base.seq):
        envelope = record.envelope
        if envelope.kind == TrainingBegan.kind:
            began = record.body()
            assert isinstance(began, TrainingBegan)
            found[began.session] = Session(
                began.session, envelope.wall_ms, envelope.staff, began.register
            )
        elif envelope.kind == TrainingEnded.kind:
            ended = record.body()
            assert isinstance(ended, TrainingEnded)
            if ended.session in found:
                one = found[ended.session]
                found[ended.session] = one._replace(seconds=ended.seconds, sales=ended.sales)
    return list(found.values())
