"""The quick tier of faults F1 and F2 over the whole till; `python -m tests.faults` runs more."""

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import crash_states
import faulty_disk
import till_kill9
import torn_switch

from cashwrap.counter import Counter
from cashwrap.sale.edits import SaleOpened
from cashwrap.sale.events import SaleCompleted
from cashwrap.store.store import Store

TILL = "till_workload:TillWorkload"
needs_strace = pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not installed: apt-get install strace"
)
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.mark.req("R1")
@pytest.mark.req("R176")
def test_killed_tills_keep_every_sale_line_and_payment():
    """After 100 kills every edit, receipt and payment that was acknowledged is there, once."""
    tally = till_kill9.run(100, seed=5)
    assert tally.kills == 100
    assert tally.edits > 0
    assert tally.receipts > 0
    assert tally.faults == []


def forgets_lines(monkeypatch):
    kept = Counter.write_draft

    def write(self, sale, edit, *engine):
        if isinstance(edit, SaleOpened):
            kept(self, sale, edit, *engine)

    monkeypatch.setattr(Counter, "write_draft", write)


def forgets_sales(monkeypatch):
    kept = Store.commit

    def commit(self, events, **named):
        if self.head.seq % 4 or not isinstance(events[-1], SaleCompleted):
            return kept(self, events, **named)
        return None

    monkeypatch.setattr(Store, "commit", commit)


@pytest.mark.parametrize("mutant", [forgets_lines, forgets_sales])
def test_a_till_that_forgets_is_caught(mutant, monkeypatch):
    """A till that drops lines of open sales, or a completed sale now and then, does not pass."""
    mutant(monkeypatch)
    assert till_kill9.run(30, seed=5).faults


@needs_strace
def test_power_cuts_lose_no_customer():
    """Every state that a power cut could leave opens, verifies, and holds what was acknowledged."""
    found = crash_states.run(10, workload=TILL)
    assert found.commits > 10
    assert found.states > 500
    assert (found.bad, found.examples) == (0, [])


@needs_strace
@pytest.mark.parametrize("mutant", ["metasync", "sync"])
def test_weaker_settings_lose_customers(mutant):
    """With weaker database settings the same customers are lost, and the harness says so."""
    assert crash_states.run(6, mutant, workload=TILL).bad > 0


@pytest.mark.skipif(not faulty_disk.compiler(), reason="no C compiler")
def test_a_till_killed_while_catalogs_switch_has_one_version_of_each_price():
    """Killed at writes all over an import, a till sells by the old catalog or the new one."""
    command = [sys.executable, torn_switch.__file__, "--json", "--kills", "9"]
    done = subprocess.run(
        command, env=faulty_disk.environment(), capture_output=True, text=True, check=False
    )
    assert not done.stderr
    found = msgspec.json.decode(done.stdout, type=torn_switch.Outcome)
    assert found.bad == []
    assert found.old + found.new == found.kills == 9
    assert found.new > 0
