"""``cashwrap bench``: the figures that cashwrap means to hold, on this device."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cashwrap.cli import exits

if TYPE_CHECKING:
    from cashwrap.cli.output import Output

ABOUT = """\
Measure this device: how long a scan, a sale and a start take, how fast the journal
is replayed and verified, and whether that is what cashwrap means to hold. It makes
shops of up to a million SKUs in a temporary folder, on the disk that you name, and
takes under a minute. Nothing else should run meanwhile.
"""
NEXT = """\
examples:
  cashwrap bench
  cashwrap bench --folder /media/usb --json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--folder", metavar="FOLDER", default=".",
        help="measure the disk that this folder is on (default: the current folder)",
    )  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the work: a try, not a measurement"
    )


def run(args: argparse.Namespace, out: Output) -> int:
    """Measure and print."""
    from cashwrap.bench.figures import verdicts
    from cashwrap.bench.run import run

    with (
        tempfile.TemporaryDirectory(prefix="cashwrap-bench-", dir=args.folder) as folder,
        out.progress("measuring") as tell,
    ):
        figures = run(Path(folder), tell, scale=10 if args.quick else 1)
    words = {True: "held", False: "missed", None: ""}
    rows = [(row.what, row.goal, row.measured, words[row.held]) for row in verdicts(figures)]
    out.say(f"{figures.machine}\n")
    out.table(("what", "goal", "measured", "verdict"), rows)
    out.say("\nbenches/README.md says how each is measured.")
    out.result(**{name: getattr(figures, name) for name in figures.__struct_fields__})
    return exits.OK
