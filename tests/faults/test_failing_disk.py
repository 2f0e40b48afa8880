"""A disk that fails under the journal, and one that is full."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import failing_calls
import faulty_disk
import msgspec
import workload as workloads
from small_disk import fill, small_disk

from cashwrap.store.errors import BackupFailed, DiskFull

FREE = 8 << 20


@pytest.mark.req("R1")
@pytest.mark.skipif(not faulty_disk.compiler(), reason="no C compiler")
def test_a_failing_call_never_acknowledges_what_is_lost():
    """Whatever write or sync fails, the till refuses in words, latches, and recovers by a start."""
    command = [sys.executable, failing_calls.__file__, "--json", "--calls", "40", "--every", "13"]
    done = subprocess.run(
        command, env=faulty_disk.environment(), capture_output=True, text=True, check=False
    )
    assert not done.stderr
    found = msgspec.json.decode(done.stdout, type=failing_calls.Outcome)
    assert found.bad == []
    assert found.failed == found.runs == 30
    assert found.printed > 0
    assert found.latched > 0
    assert set(found.refused) >= {"store.journal_fault", "store.disk_full", "draft.unavailable"}


@pytest.mark.parametrize("kind", ["ext4", "tmpfs"])
def test_on_a_full_disk_the_shift_closes_and_nothing_is_lost(tmp_path, kind):
    """Sales stop in plain words before the reserve, the shift closes, and room makes them go on."""
    chosen = workloads.StoreWorkload()
    with small_disk(tmp_path / "disk", kind) as disk:
        chosen.make(disk / "till")
        with chosen.open(disk / "till") as store:
            fill(disk / "logs")
            order = workloads.FaultSold("sku", 1, ("x" * 20_000,))
            with pytest.raises(DiskFull, match="Nothing was lost; free some space") as refusal:  # noqa: PT012
                for sold in itertools.count():  # noqa: B007
                    store.commit([order], at=store.clock.now())
            assert "shift can still be closed" in str(refusal.value)
            assert sold > 10
            with pytest.raises(BackupFailed, match="No space left"):
                store.backup(disk / "copy")
            with pytest.raises(BackupFailed, match="No space left"):
                store.compact()
            closing = workloads.FaultSold("close", 1)
            store.commit([closing], at=store.clock.now(), emergency=True)
            assert not store.engine.fault
        with chosen.open(disk / "till") as store:  # a restart on the full disk
            with pytest.raises(DiskFull):
                store.commit([order], at=store.clock.now())
            (disk / "logs").unlink()
            store.commit([order], at=store.clock.now())
            with store.read() as reader:
                assert int.from_bytes(reader.get("fault.sold", b"sku") or b"", "big") == sold + 1
            assert store.verify(all_seals=True).ok
            assert sorted(one.name for one in disk.iterdir() if one.name != "lost+found") == [
                "till", "till.state",
            ]  # fmt: skip
