"""The quick tier of the kills of a served till; `served_kill9.py` also runs alone, with more."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import served_kill9

forks = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@forks
@pytest.mark.req("R1")
def test_a_served_till_that_is_killed_does_each_command_once():
    """Whatever was answered is there, and what is asked again with its key is done once."""
    tally = served_kill9.run(4, seed=5)
    assert tally.faults == []
    assert tally.kills == 4
    assert tally.answered > 0
    assert tally.receipts > 0


@forks
def test_clerks_without_keys_are_caught():
    """The harness finds what is done twice where each try has a key of its own."""
    assert served_kill9.run(1, seed=5, keyed=False).faults
