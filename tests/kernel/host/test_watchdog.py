"""What breaking off leaves behind in the thread of a call: nothing."""

import gc
import subprocess
import sys
from time import monotonic, sleep

import pytest

from cashwrap.host.watchdog import Watchdog

AFTER = """
import sys, time
from cashwrap.host.watchdog import POLL_SECONDS, HookHung, Watchdog

dog = Watchdog(2 * POLL_SECONDS * 1000)
def slow():
    time.sleep({polls} * POLL_SECONDS)
    return 1
try:
    dog.guard(slow)
except HookHung:
    pass
sys.settrace(lambda frame, event, _: None)
def traced():
    return 7
print(traced())
"""


@pytest.mark.parametrize("polls", [1.5, 3.5], ids=["looked at", "broken off"])
def test_a_slow_call_leaves_nothing_in_its_thread(polls):
    """A function that a debugger or coverage traces begins as ever after it."""
    ran = subprocess.run(
        [sys.executable, "-c", AFTER.format(polls=polls)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ran.stdout.strip(), ran.stderr) == ("7", "")


def test_the_watch_over_a_till_that_is_gone_ends():
    """A till that was never closed leaves no thread that looks for ever."""
    before = len(sys._current_frames())
    watchdog = Watchdog(1_000)
    assert watchdog.guard(lambda: 1) == 1
    del watchdog
    gc.collect()
    end = monotonic() + 30
    while len(sys._current_frames()) > before and monotonic() < end:
        sleep(0.05)
    assert len(sys._current_frames()) <= before
