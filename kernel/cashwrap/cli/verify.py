"""``cashwrap verify``: prove that nobody changed the journal."""

import argparse
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.store.verify import VerifyReport

ABOUT = """\
Prove a shop's journal: every record follows the one before by its SHA-256 hash, none is
missing, the seals are signed by the till's key, and every table equals its rebuild from the
journal. FOLDER may also be a backup file. Changes nothing. Exit code 1 when a check fails."""

NEXT = """\
example:
  cashwrap verify corner-shop
  cashwrap verify corner-shop-monday.mdb

next, when a check fails: keep the folder as it is, and restore the newest backup that
verifies into a new folder (`cashwrap restore`), or copy what can be proved
(`cashwrap salvage`)."""

WHAT_NOW = """\
Keep the folder as it is. Then restore the newest backup that verifies into a new
folder (cashwrap restore), or copy what can be proved (cashwrap salvage)."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="check the last signature by each key alone, which covers all records before it",
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Verify a store or a backup."""
    from cashwrap.cli.shop import opened
    from cashwrap.store.errors import StoreDamaged

    path = folder_of(args)
    try:
        if path.is_file():
            return _backup(path, out)
        with opened(path) as shop, out.progress("verifying") as tell:
            began = perf_counter_ns()
            report = shop.store.verify(tell, all_seals=not args.quick)
            took_us = (perf_counter_ns() - began) // 1000
    except StoreDamaged as damage:
        return _failed(f"{damage.reason}.", out, {"what": damage.reason})
    if report.fault is not None:
        return _failed(f"{report.fault}.", out, report.fault, report)
    if report.projections:
        return _tables_differ(report, out)
    out.say(
        f"OK: {report.records} records ({report.bytes // 1000} KB) hold together in "
        f"{took_us // 1000} ms."
    )
    some = "; each without --quick" if args.quick else ""
    out.say(
        f"The chain has no gap, {report.seals} seals fit ({report.signatures} signatures checked"
        f"{some}),\nand every table equals its rebuild from the journal.\n"
        f"Head: record {report.head_seq}, {report.head_hash}"
    )
    out.result(ok=True, report=report, took_us=took_us)
    return exits.OK


def _backup(path: Path, out: Output) -> int:
    from cashwrap.store.backup import inspect_backup

    with out.progress("verifying") as tell:
        report = inspect_backup(path, tell)
    out.say(
        f"OK: the backup of till {report.till} of store {report.store} holds {report.records}\n"
        f"records, the last is {report.seq} of epoch {report.epoch}.\nHead: {report.hash}"
    )
    out.result(ok=True, report=report)
    return exits.OK


def _failed(text: str, out: Output, fault: object, report: object = None) -> int:
    out.say(f"NOT OK: {text}")
    if text.startswith("record"):
        out.say("Everything before it holds together; it and what follows cannot be trusted.")
    out.say(WHAT_NOW)
    out.result(ok=False, fault=fault, report=report)
    return exits.REFUSED


def _tables_differ(report: "VerifyReport", out: Output) -> int:
    names = ", ".join(report.projections)
    out.say(
        f"NOT OK: the journal is sound, but these tables differ from what it says: {names}.\n"
        "Nothing is lost: `cashwrap rebuild` folds them from the journal anew."
    )
    out.result(ok=False, report=report)
    return exits.REFUSED
