"""Flip single bits of a shop's data file, and see that none is taken for truth.

    python tests/faults/flipped_bits.py --flips 1000 --jobs 2

A day's shop is closed in order; then one bit of the pages in use changes, as a disk may do. Either
no row of any table differs (the bit was in unused bytes), or somebody notices: the till does not
open, `verify` or the doctor says so, or the record cannot be read. What nobody notices is silent.
"""

import argparse
import collections
import random
import shutil
import sys
import tempfile
import time
import traceback
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import msgspec
from apart import Tell, beside, in_child, memory_root
from crash_states import rows_hash
from kept_shop import KeptShop
from till_clerk import Selling
from till_workload import TillWorkload

from cashwrap.catalog.keys import STAGED_TABLES
from cashwrap.doctor import examine
from cashwrap.errors import CashwrapError
from cashwrap.opening import kernel_projections
from cashwrap.promotions.kept import COMPILED as KEPT_RULES
from cashwrap.store.damage import newest_meta
from cashwrap.store.engine import Engine
from cashwrap.store.layout import DATA_FILE, META

ACTS = 150
FOLDED = frozenset(table for one in kernel_projections() for table in one.tables)


class Outcome(msgspec.Struct):
    """How many bits were flipped, how each was noticed, and what was silent."""

    flips: int = 0
    seen_by: dict[str, int] = {}
    bad: list[str] = []

    def __str__(self) -> str:
        ranked = collections.Counter(self.seen_by).most_common()
        seen = ", ".join(f"{what} {count}" for what, count in ranked)
        return f"{self.flips} bits: {seen}; silent {len(self.bad)} {self.bad[:5]}"

    def add(self, other: "Outcome") -> None:
        """Count another share in."""
        self.flips += other.flips
        for what, count in other.seen_by.items():
            self.seen_by[what] = self.seen_by.get(what, 0) + count
        self.bad += other.bad


class Sound(msgspec.Struct):
    """The shop before any damage: all its rows, what the doctor finds anyway, and its folds."""

    rows: list[str]
    known: list[str]
    folds: str


def read_all(path: Path, tell: Tell) -> None:
    """Tell the hash over all rows, table after table, as far as they can be read."""
    with Engine.reading(path) as engine:
        names = engine.table_names()
        for name in names:
            engine.open_existing([name])
            tell(f"{name} {rows_hash(engine).hex()}")
            engine.dbs.clear()


def who_notices(folder: Path, known: list[str], tell: Tell) -> None:
    """Open the till as in the morning; tell who noticed the damage first.

    What the doctor finds at the shop as it was is ``known``.
    """
    try:
        selling = Selling(folder, lambda text: None)
    except CashwrapError as refusal:
        tell(f"seen opening, {refusal.code}")
        return
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        tell(f"seen opening, in a bare {type(error).__name__} at {where}: {error}")
        return
    till = selling.till
    try:
        if not till.store.verify(all_seals=True).ok:
            tell("seen verify")
            return
        findings = examine(till, deep=True)
    except CashwrapError as refusal:
        tell(f"seen verify, {refusal.code}")
        return
    bad = [finding.check for finding in findings if finding.level == "bad"]
    news = [check for check in bad if check not in known]
    tell(f"seen doctor, {news[0]}" if news else "silent")
    with till.store.engine.view() as txn:
        folds = txn.get(b"projections", db=till.store.engine.dbs[META]) or b""
    tell(f"folds {folds.hex()}")
    tell(" ".join(["bad", *bad]))


def try_one(folder: Path, at: int, bit: int, sound: Sound, outcome: Outcome) -> bool:
    """Flip one bit; return whether a till was opened on it."""
    path = folder / DATA_FILE
    with path.open("r+b", buffering=0) as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << bit)]))
    outcome.flips += 1
    rows = in_child(partial(read_all, path))
    if rows == sound.rows:
        count(outcome, "unused bytes")
        with path.open("r+b", buffering=0) as file:
            file.seek(at)
            file.write(bytes([byte]))
        return False
    told = in_child(partial(who_notices, folder, sound.known))
    seen = next((line for line in told if line.startswith(("seen ", "silent"))), "")
    if not seen:
        seen = f"seen {told[-1][:80]}"
    where = differs(rows, sound.rows)
    if seen == "silent":
        seen = why_harmless(where, f"folds {sound.folds}" in told)
    if seen == "silent":
        outcome.bad.append(f"{where}, byte {at}, bit {bit}: nobody noticed")
    count(outcome, seen.removeprefix("seen "))
    return True


def why_harmless(table: str, folds_known: bool) -> str:
    """Return why nothing false was taken for true although a table is not what it was."""
    if table == KEPT_RULES:
        return "compiled rules, which are never the truth: found by their own hash"
    if table in FOLDED or (table == META and folds_known):
        return "made anew when it opened"  # and verify found it to be the fold of the journal
    if table in STAGED_TABLES:
        return "a catalog that is not in force"  # those that are were held to their hash
    return "silent"


def differs(rows: list[str], sound: list[str]) -> str:
    """Return the first table that is not as it was."""
    return next(was for one, was in zip(rows, sound, strict=False) if one != was).split()[0]


def count(outcome: Outcome, what: str) -> None:
    outcome.seen_by[what] = outcome.seen_by.get(what, 0) + 1


def run(flips: int, seed: int) -> Outcome:
    """Flip so many bits, each on the same sound shop."""
    place = Path(tempfile.mkdtemp(dir=memory_root()))
    folder, outcome, dice = place / "till", Outcome(), random.Random(seed)
    try:
        TillWorkload().make(folder, staffed=True)
        selling = Selling(folder, lambda text: None)
        for number in range(ACTS):
            selling.work_in_turn(number)
        selling.close()
        kept = KeptShop(folder)
        meta = newest_meta(folder / DATA_FILE)
        assert not isinstance(meta, str)
        used = (meta.last_page + 1) * meta.page_size
        rows = in_child(partial(read_all, folder / DATA_FILE))
        said = in_child(partial(who_notices, folder, []))
        sound = Sound(rows, said[-1].split()[1:], said[-2].split()[1])
        kept.put_back()
        for _ in range(flips):
            if try_one(folder, dice.randrange(used), dice.randrange(8), sound, outcome):
                kept.put_back()
    finally:
        shutil.rmtree(place)
    return outcome


def run_beside(flips: int, jobs: int, seed: int = 1) -> Outcome:
    """Flip so many bits, in several processes at once."""
    total, share = Outcome(), -(-flips // jobs)
    for part in beside(run, [(share, seed + job) for job in range(jobs)]):
        total.add(part)
    return total


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--flips", type=int, default=50)
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    began = time.perf_counter()
    found = run_beside(chosen.flips, chosen.jobs, chosen.seed)
    took = time.perf_counter() - began
    print(f"{found} in {took:.0f} s: {'FAILED' if found.bad else 'ok'}")
    return bool(found.bad)


if __name__ == "__main__":
    sys.exit(main())
