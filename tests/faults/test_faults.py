"""The quick tier of the fault harnesses; each also runs alone with larger numbers."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import crash_states
import kill9

needs_strace = pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not installed: apt-get install strace"
)


@pytest.mark.req("R1")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_killed_tills_lose_nothing(tmp_path):
    """After 200 kills at random moments no acknowledged sale is lost and everything verifies."""
    tally = kill9.run(200, seed=7, root=str(tmp_path))
    assert tally.kills == 200
    assert tally.acked > 0
    assert (tally.lost, tally.broken, tally.slow) == (0, 0, 0)


@needs_strace
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_power_cuts_lose_nothing():
    """Every state that a power cut could leave opens, verifies and holds what was acknowledged."""
    found = crash_states.run(10)
    assert found.commits == 10
    assert found.states > 100
    assert (found.bad, found.examples) == (0, [])


@needs_strace
@pytest.mark.parametrize("mutant", ["metasync", "sync"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_weaker_settings_are_caught(mutant):
    """The harness finds the losses that weaker database settings bring."""
    assert crash_states.run(6, mutant).bad > 0


@needs_strace
@pytest.mark.parametrize("workload", ["workload:GroupWorkload", "grouped:GroupTill"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_power_cuts_lose_nothing_of_commits_that_share_a_flush(workload):
    """What is acknowledged after the one flush is there in every state that a cut could leave."""
    found = crash_states.run(5, workload=workload)
    assert found.states > 100
    assert (found.bad, found.examples) == (0, [])


@needs_strace
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_an_answer_before_the_shared_flush_is_caught():
    """The harness finds a commit that is acknowledged before its group is on the disk."""
    assert crash_states.run(6, workload="workload:GroupAckedEarly").bad > 0
