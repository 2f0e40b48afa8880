"""``cashwrap trim``: remove old records."""

import argparse
from pathlib import Path

from cashwrap.cli import exits
from cashwrap.cli.arguments import UsageError, folder, folder_of
from cashwrap.cli.output import Output
from cashwrap.cli.shop import Shop, local, parse_moment

ABOUT = """\
Remove old journal records that are safe elsewhere. What goes is verified first and replaced
by a signed base, so the rest stays provable and rebuilds to the same tables. There is no way
back but a backup: name it with --backup, it is verified before anything is removed."""

NEXT = """\
example:
  cashwrap backup 2025.mdb -f corner-shop
  cashwrap trim -f corner-shop --before 2026-01-01 --backup 2025.mdb

next: `cashwrap compact` gives the space back."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument("--before", metavar="DAY", help="remove the records before this moment")
    parser.add_argument("--until", type=int, metavar="SEQ", help="remove up to and with this one")
    parser.add_argument(
        "--backup", required=True, metavar="FILE", help="the backup that has these records"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Trim."""
    from cashwrap.cli.shop import opened
    from cashwrap.errors import InvalidInput
    from cashwrap.store.backup import inspect_backup

    if (args.before is None) == (args.until is None):
        raise UsageError("give one of --before and --until")
    with opened(folder_of(args)) as shop:
        store = shop.store
        until = args.until or _last_before(shop, args.before)
        kept = inspect_backup(Path(args.backup))
        here = store.journal.get(kept.seq)
        if here is None or here.hash.hex() != kept.hash or kept.seq < until:
            raise InvalidInput(
                f"{args.backup} does not hold this store's records up to {until}: "
                "make a new backup first"
            )
        store.trim(until, at=store.clock.now())
        base = store.identity.base
    out.say(f"Records up to {base.seq} are gone from here; {args.backup} has them.")
    out.result(until_seq=base.seq, base_hash=base.hash)
    return exits.OK


def _last_before(shop: Shop, text: str) -> int:
    """Return the last record before a moment."""
    before_ms = parse_moment(text, shop.zone)
    first = shop.store.identity.base.seq
    last = first
    for record in shop.store.records(first):
        if record.envelope.wall_ms >= before_ms:
            break
        last = record.seq
    if last == first:
        raise UsageError(f"no record is older than {local(before_ms, shop.zone)}")
    return last
