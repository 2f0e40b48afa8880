"""Disk, clock and dice come in through ports, so that a whole shop can be simulated."""

import ast
from pathlib import Path

import cashwrap

ROOT = Path(cashwrap.__file__).parent
# What stands on the till and is not in it. The doctor measures the disk, and decides nothing.
OUTSIDE = ("api", "bench", "cli", "demo", "doctor", "testing")
SOURCES = [
    path for path in sorted(ROOT.rglob("*.py")) if path.relative_to(ROOT).parts[0] not in OUTSIDE
]
# Threads of their own wait by the machine's clock; what they say comes in as answers do.
BESIDE = {"host/device_watch.py", "host/work.py", "tender/patience.py"}
CLOCKS = {"time", "random", "secrets", "uuid"}
PURE = {"time.gmtime", "urllib.parse.quote", "urllib.parse.unquote"}  # these ask nobody


def imports(path: Path) -> set[str]:
    """Return what a file imports, also inside functions and for types, without what is pure."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return {name.partition(".")[0] for name in found - PURE}


def calls(path: Path) -> set[str]:
    """Return what is called by a dotted name."""
    tree = ast.parse(path.read_text("utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_only_the_disk_port_knows_lmdb():
    """LMDB is named in one module, and in the script of the child that reads doubtful files."""
    knowing = {str(path.relative_to(ROOT)) for path in SOURCES if "lmdb" in imports(path)}
    assert knowing == {"store/disk.py", "store/probe.py"}


def test_only_ports_read_the_clock_and_throw_dice():
    """Time, ids and keys are arguments everywhere else."""
    asking = {str(path.relative_to(ROOT)) for path in SOURCES if CLOCKS & imports(path)}
    assert asking == {"ports.py"} | BESIDE
    now = {"os.urandom", "datetime.now", "datetime.utcnow", "date.today", "datetime.datetime.now"}
    assert {str(path.relative_to(ROOT)) for path in SOURCES if now & calls(path)} == {"ports.py"}


def test_no_network_in_the_kernel():
    """What leaves the till goes through a driver that is given to it."""
    network = {"socket", "ssl", "http", "urllib", "asyncio", "select", "requests"}
    assert not [path for path in SOURCES if network & imports(path)]
