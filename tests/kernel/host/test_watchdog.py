"""What breaking off leaves behind in the thread of a call: nothing."""

import subprocess
import sys

import pytest

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
