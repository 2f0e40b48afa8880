"""Rebuild every state that a power cut could leave on the disk, and open each one.

    python tests/faults/crash_states.py --commits 40
    python tests/faults/crash_states.py --commits 10 --mutant metasync   (must fail)

The commits run under strace, which records each write and sync of the data file with its bytes and
each acknowledgement. A cut may come at any of them: what was synced is there, and of what was not,
any subset may be (all subsets of up to five writes, a sample beyond), each whole or torn at a
sector. Every state must open, verify, fold to its own tables and hold all that was acknowledged.
"""

import argparse
import contextlib
import faulthandler
import hashlib
import itertools
import marshal
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import lmdb
import msgspec
import workload as workloads
from apart import beside

from cashwrap.store import disk
from cashwrap.store.damage import newest_meta
from cashwrap.store.engine import Engine
from cashwrap.store.journal import Journal, load_identity
from cashwrap.store.layout import CORE_TABLES, DATA_FILE
from cashwrap.store.rebuild import replay
from cashwrap.store.verify import check_chain
from cashwrap.store.views import TxnReader

SECTOR = 512
SUBSET_WRITES_MAX = 5
SAMPLED_SUBSETS = 32
CALLS = "openat,close,pwrite64,pwritev,writev,lseek,fdatasync,fsync,write"
MUTANTS: Mapping[str, Mapping[str, bool]] = {
    "": {},
    "metasync": {"metasync": False},
    "sync": {"sync": False},
}


class Step(msgspec.Struct, frozen=True):
    """One recorded call: ``write`` at an offset, ``durable`` when O_DSYNC; ``sync``; or ``ack``."""

    what: str
    offset: int = 0
    data: bytes = b""
    durable: bool = False
    seq: int = 0


class Outcome(msgspec.Struct):
    """How many states were opened, and what was wrong with the bad ones."""

    commits: int = 0
    states: int = 0
    bad: int = 0
    examples: list[str] = []
    done: dict[str, int] = {}  # how often what was done while it was recorded

    def add(self, other: "Outcome") -> None:
        """Count another recording in."""
        self.commits += other.commits
        self.states += other.states
        self.bad += other.bad
        self.examples += other.examples
        for what, count in other.done.items():
            self.done[what] = self.done.get(what, 0) + count


# Recording


def be_the_till(folder: Path, commits: int, mutant: str, workload: str, seed: int) -> None:
    """Commit under strace; each acknowledgement is a write to standard output."""
    flags = MUTANTS[mutant]
    if flags:
        plain = lmdb.open
        disk.check_flags = lambda found: None  # type: ignore[assignment]
        disk.lmdb.open = lambda *given, **named: plain(*given, **{**named, **flags})  # type: ignore[attr-defined]
    chosen = workloads.load(workload)
    with chosen.open(folder) as till:
        for number in range(seed * commits, seed * commits + commits):
            os.write(1, b"ack %d\n" % chosen.step(till, number))
        os.write(1, b"end\n")


def record(folder: Path, commits: int, mutant: str, workload: str, seed: int) -> list[Step]:
    """Run the till under strace and return its steps."""
    log = folder.with_name("trace")
    subprocess.run(
        ["strace", "-y", "-xx", "-s", "4000000", "-e", f"trace={CALLS}", "-o", str(log),
         sys.executable, __file__, "--be-till", str(folder), "--commits", str(commits),
         "--mutant", mutant, "--workload", workload, "--seed", str(seed)],
        check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    return list(parse(log, str(folder / DATA_FILE)))


def unhex(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def parse(log: Path, data_file: str) -> Iterator[Step]:
    """Yield the steps on the data file, and the acknowledgements, in order."""
    name = "".join(f"\\x{byte:02x}" for byte in data_file.encode())
    durable: set[str] = set()
    place: dict[str, int] = {}
    with log.open() as lines:
        for line in lines:
            call = line.split("(", 1)[0]
            if call == "openat" and name in line and "O_DSYNC" in line:
                durable.add(line.rsplit("= ", 1)[1].split("<")[0].strip())
            elif call == "write" and line.startswith("write(1<"):
                text = unhex(line.split('"')[1])
                if text.startswith(b"ack "):
                    yield Step("ack", seq=int(text[4:]))
                elif text.startswith(b"doing "):
                    yield Step(text[6:].decode().strip())
                elif text.startswith(b"end"):
                    return
            elif call not in ("openat", "close") and (data_file in line or name in line):
                yield from parse_call(call, line, durable, place)


def parse_call(call: str, line: str, durable: set[str], place: dict[str, int]) -> Iterator[Step]:
    """Yield the step of one call on the data file."""
    number = re.match(r"\w+\((\d+)<", line)
    assert number, line[:80]
    descriptor = number[1]
    if call in ("fdatasync", "fsync"):
        yield Step("sync")
    elif call == "lseek":
        place[descriptor] = int(line.rsplit("= ", 1)[1].split()[0])
    elif call in ("pwrite64", "pwritev", "writev", "write"):
        data = b"".join(map(unhex, re.findall(r'"([^"]*)"', line)))
        if call in ("pwrite64", "pwritev"):
            offset = int(line.rsplit(") = ", 1)[0].rsplit(", ", 1)[1])
        else:
            offset = place[descriptor]
            place[descriptor] = offset + len(data)
        assert len(data) == int(line.rsplit("= ", 1)[1].split()[0]), "strace cut a write short"
        yield Step("write", offset, data, descriptor in durable)


# Enumerating


def subsets(count: int, dice: random.Random) -> Iterator[tuple[int, ...]]:
    """Yield which pending writes reached the disk."""
    if count <= SUBSET_WRITES_MAX:
        for size in range(count + 1):
            yield from itertools.combinations(range(count), size)
        return
    yield ()
    yield tuple(range(count))
    for _ in range(SAMPLED_SUBSETS - 2):
        yield tuple(one for one in range(count) if dice.random() < 0.5)


def pieces(write: Step) -> list[Step]:
    """Return a large write as pages, which reach the disk each on its own."""
    return [
        Step("write", write.offset + at, write.data[at : at + 4096])
        for at in range(0, len(write.data), 4096)
    ]


class Disk:
    """The durable bytes, and a file in which states are tried out."""

    def __init__(self, image: bytes, path: Path) -> None:
        self.image = bytearray(image)
        self.path = path
        path.write_bytes(image)
        self.file = path.open("r+b", buffering=0)

    def settle(self, write: Step) -> None:
        """Make a write durable."""
        self.image[write.offset : write.offset + len(write.data)] = write.data
        os.pwrite(self.file.fileno(), write.data, write.offset)

    @contextlib.contextmanager
    def state(self, writes: list[Step]) -> Iterator[Path]:
        """Show the disk with these writes on it, then take them back."""
        for write in writes:
            os.pwrite(self.file.fileno(), write.data, write.offset)
        try:
            yield self.path
        finally:
            for write in writes:
                end = write.offset + len(write.data)
                os.pwrite(self.file.fileno(), self.image[write.offset : end], write.offset)


def states(pending: list[Step], dice: random.Random) -> Iterator[list[Step]]:
    """Yield what of the pending writes is on the disk: subsets, then one torn write each."""
    parts = [piece for write in pending for piece in pieces(write)]
    for chosen in subsets(len(parts), dice):
        yield [parts[one] for one in chosen]
    for number in {dice.randrange(len(parts)) for _ in range(3)} if parts else ():
        torn = parts[number]
        cut = SECTOR * dice.randrange(1, max(2, len(torn.data) // SECTOR))
        others = [one for at, one in enumerate(parts) if at != number]
        yield [*others, Step("write", torn.offset, torn.data[:cut])]
        yield [Step("write", torn.offset + cut, torn.data[cut:])]


class Examiner:
    """Opens states and says what is wrong with them.

    Most cuts leave the one or the other side of a commit: rows that were judged before are known by
    their hash. Each state is opened and all its rows are read, whatever is known.
    """

    def __init__(self, chosen: workloads.StoreWorkload) -> None:
        self.chosen = chosen
        self.judged: dict[bytes, tuple[int, str]] = {}  # newest record, what is wrong

    def examine(self, path: Path, acked: int) -> str:
        """Open one state and return what is wrong with it, empty for nothing."""
        meta = newest_meta(path)
        if isinstance(meta, str):
            return meta
        try:
            with Engine.reading(path) as engine:
                return self.examine_open(engine, acked)
        except Exception as error:  # whatever a bad state does to a reader, it is a bad state
            return f"{type(error).__name__}: {error}"

    def examine_open(self, engine: Engine, acked: int) -> str:
        tables = [table for one in self.chosen.projections() for table in one.tables]
        if missing := engine.open_existing([*CORE_TABLES, *tables, *self.chosen.staged()]):
            return f"no table {missing[0]}"
        content = rows_hash(engine)
        if content not in self.judged:
            self.judged[content] = judge(engine, self.chosen)
        newest, wrong = self.judged[content]
        if newest < acked:
            return f"acknowledged record {acked} is lost, the journal ends at {newest}"
        return wrong


def rows_hash(engine: Engine) -> bytes:
    """Return what tells all rows of one state from those of another."""
    digest = hashlib.sha256()
    with engine.view() as txn:
        for name in sorted(engine.dbs):
            digest.update(marshal.dumps((name, list(txn.cursor(db=engine.dbs[name])))))
    return digest.digest()


def judge(engine: Engine, chosen: workloads.StoreWorkload) -> tuple[int, str]:
    """Return the newest record of a state, and what is wrong with it."""
    projections = chosen.projections()
    identity = load_identity(engine)
    journal = Journal(engine, identity)
    head = journal.head()
    chain, _ = check_chain(engine, identity, head.seq)
    if chain.fault:
        return head.seq, str(chain.fault)
    folded = replay(engine, journal, projections, head.seq).tables()
    with engine.view() as txn:
        for name, rows in folded.items():
            if dict(txn.cursor(db=engine.dbs[name]).iternext()) != rows:
                return head.seq, f"table {name} is not the fold of the journal"
        return head.seq, chosen.examine(TxnReader(txn, engine.dbs))


def enumerate_states(
    image: bytes, steps: list[Step], path: Path, workload: workloads.StoreWorkload, seed: int
) -> Outcome:
    """Walk the recording and open every state that a cut could leave."""
    examiner = Examiner(workload)
    outcome = Outcome(commits=sum(step.what == "ack" for step in steps))
    dice = random.Random(seed)
    disk = Disk(image, path)
    pending: list[Step] = []
    acked = 0

    def cut_here() -> None:
        for writes in states(pending, dice):
            with disk.state(writes) as shown:
                wrong = examiner.examine(shown, acked)
            outcome.states += 1
            if wrong:
                outcome.bad += 1
                if len(outcome.examples) < 5:
                    outcome.examples.append(f"after record {acked}: {wrong}")

    for step in steps:
        if step.what == "write":
            pending.append(step)
            if step.durable:
                cut_here()  # while it is on its way
                pending.pop()
                disk.settle(step)
        elif step.what == "sync":
            cut_here()
            for write in pending:
                disk.settle(write)
            pending.clear()
        elif step.what == "ack":
            acked = step.seq
            cut_here()
        else:
            outcome.done[step.what] = outcome.done.get(step.what, 0) + 1
        if outcome.bad > 200:
            break
    disk.file.close()
    return outcome


def run(commits: int, mutant: str = "", seed: int = 1, workload: str = "") -> Outcome:
    """Record and enumerate; a state that kills the checker counts as bad."""
    chosen = workloads.load(workload)
    root = Path(tempfile.mkdtemp())
    try:
        folder = root / "till"
        chosen.make(folder)
        image = (folder / DATA_FILE).read_bytes()
        steps = record(folder, commits, mutant, workload, seed)
        reading, writing = os.pipe()
        process = os.fork()
        if not process:
            faulthandler.disable()  # a state that kills is an answer, not an accident
            try:
                found = enumerate_states(image, steps, root / "state.mdb", chosen, seed)
                os.write(writing, msgspec.json.encode(found))
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(process, 0)
        if not told:
            return Outcome(commits, 1, 1, [f"opening a state killed the process: {status}"])
        return msgspec.json.decode(told, type=Outcome)
    finally:
        shutil.rmtree(root)


def run_rounds(seeds: list[int], commits: int, workload: str) -> Outcome:
    """Record and enumerate once for each seed: other customers, other subsets and tears."""
    total = Outcome()
    for seed in seeds:
        total.add(run(commits, seed=seed, workload=workload))
    return total


def run_beside(
    rounds: int, jobs: int, commits: int = 40, workload: str = "", seed: int = 1
) -> Outcome:
    """Do so many recordings, in several processes at once."""
    seeds = list(range(seed, seed + rounds))
    shares = [(seeds[job::jobs], commits, workload) for job in range(min(jobs, rounds))]
    total = Outcome()
    for found in beside(run_rounds, shares):
        total.add(found)
    return total


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--commits", type=int, default=40, help="or customers, in one recording")
    parser.add_argument("--rounds", type=int, default=1, help="recordings")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workload", default="", help="module:Class")
    parser.add_argument("--be-till", default="", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.be_till:
        be_the_till(
            Path(chosen.be_till), chosen.commits, chosen.mutant, chosen.workload, chosen.seed
        )
        return 0
    if not shutil.which("strace"):
        print("strace is not installed: install it (apt-get install strace) to run this")
        return 2
    began = time.perf_counter()
    if chosen.mutant:
        found = run(chosen.commits, chosen.mutant, chosen.seed, chosen.workload)
    else:
        found = run_beside(chosen.rounds, chosen.jobs, chosen.commits, chosen.workload, chosen.seed)
    print(f"{found} in {time.perf_counter() - began:.0f} s: {'FAILED' if found.bad else 'ok'}")
    return bool(found.bad)


if __name__ == "__main__":
    sys.exit(main())
