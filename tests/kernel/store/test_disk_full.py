"""A disk that is really full: the file size limit of the process stands in for it."""

import os
import subprocess
import sys

import pytest

TILL = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import workload as workloads
from cashwrap.store.errors import DiskFull

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
chosen, folder = workloads.StoreWorkload(), Path(sys.argv[1])
chosen.make(folder)
limit = (folder / "data.mdb").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
with chosen.open(folder) as till:
    sold = 0
    try:
        while True:
            till.commit([workloads.FaultSold("sku", 1, ("x" * 20_000,))], at=till.clock.now())
            sold += 1
    except DiskFull:
        print("full")
    till.commit([workloads.FaultSold("close", 1)], at=till.clock.now(), emergency=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    till.commit([workloads.FaultSold("sku", 1)], at=till.clock.now())
    with till.read() as reader:
        assert int.from_bytes(reader.get("fault.sold", b"sku"), "big") == sold + 1
    assert till.verify().ok
print("ok", sold > 10)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_file_that_cannot_grow_loses_nothing(tmp_path):
    """Sales stop in words before the reserve, the shift closes, and room makes them go on."""
    faults = os.path.join(os.path.dirname(__file__), "..", "..", "faults")
    done = subprocess.run(
        [sys.executable, "-c", TILL, tmp_path / "till", faults],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["full", "ok", "True"], done.stderr
