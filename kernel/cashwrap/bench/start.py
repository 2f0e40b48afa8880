"""A cold start: from a new process to the first priced line. Run as a module, it is that process.

python -m cashwrap.bench.start FOLDER WITNESS CODE
"""

import os
import sys
from pathlib import Path


def start_times(folder: Path, witness: Path, code: str, times: int) -> tuple[list[int], int]:
    """Start new processes one after another; return the times, ns, and the peak memory, KiB.

    The clock runs from before the process is made until its word of the priced line is read. One
    start that does not count compiles every module, as an installer does, into a folder beside
    the shop's: the figure is the same in a checkout, and where Python may write no bytecode.
    """
    command = [sys.executable, "-m", "cashwrap.bench.start", str(folder), str(witness), code]
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder.parent / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    starts = [_start(command, environment) for _ in range(1 + times)][1:]
    return [took for took, _ in starts], max(peak_kib for _, peak_kib in starts)


def _start(command: list[str], environment: dict[str, str]) -> tuple[int, int]:
    """Return how long one start took, ns, and its peak memory, KiB."""
    import subprocess
    from time import perf_counter_ns

    began = perf_counter_ns()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        priced, _, memory = process.stdout.readline().partition(" ")
        took = perf_counter_ns() - began
    if process.returncode or not int(priced):
        raise SystemExit(f"the new process ended with {process.returncode}")
    return took, int(memory)


def _first_line(folder: Path, witness: Path, code: str) -> None:
    from cashwrap import Till

    with Till.open(folder, witness=[witness]) as till:
        sale = till.new_sale()
        sale.scan(code)
        print(sale.totals.payable_minor, _peak_kib(), flush=True)
        sale.cancel()


def _peak_kib() -> int:
    """Return the most memory that this process has had resident."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0])  # rusage counts the parent's as well
    except OSError:
        return _peak_kib_of_rusage()


def _peak_kib_of_rusage() -> int:
    try:
        import resource
    except ImportError:  # not on Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


if __name__ == "__main__":
    _first_line(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
