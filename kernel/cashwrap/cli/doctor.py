"""``cashwrap doctor``: how a store is."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

ABOUT = """\
Sizes, counts and warnings of a store. Opening it already checks its file, its newest thousand
records, its last seal, its key, and that it is the folder that this device last wrote."""

NEXT = """\
example:
  cashwrap doctor corner-shop

next: `cashwrap verify` checks the whole journal."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Show figures."""
    from cashwrap.cli.shop import local, opened, size_text

    with opened(folder_of(args)) as shop:
        stats, head = shop.store.stats(), shop.store.head
        identity = shop.store.identity
        written = local(head.wall_ms, shop.zone)
    out.table(
        ("", ""),
        [
            ("store, till", f"{identity.store} {identity.till}, epoch {stats.epoch}"),
            ("records", f"{stats.records}, the last is {stats.last_seq} of {written}"),
            ("trimmed", f"up to {identity.base.seq}" if identity.base.seq else "never"),
            ("sealed", f"up to {stats.last_seal_seq}"),
            ("file", f"{size_text(stats.file_bytes)}, {size_text(stats.used_bytes)} used"),
            ("witness", "kept outside of the folder" if stats.witnesses else "none"),
            ("fault", stats.fault or "none"),
            *(("warning", warning) for warning in stats.warnings),
        ],
    )
    out.result(store=identity.store, till=identity.till, stats=stats)
    return exits.OK
