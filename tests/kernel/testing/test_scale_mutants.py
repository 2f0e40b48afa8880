"""The suite for scales finds each of these faults, and none in a sound driver."""

import os
import re
import time
from pathlib import Path

import pytest

from cashwrap.host.scales import Reading
from cashwrap.testing import devices
from cashwrap.testing.devices import ScaleConformance, ScaleRig
from cashwrap.testing.ports import FakePort

FRAME = re.compile(rb"(ST|US|OL),GS,([+-]) *(\d+)\.(\d{3})kg")
STALE_S = 0.3


def frame(milli, state=b"ST"):
    return state + b",GS,+%3d.%03dkg\r\n" % divmod(milli, 1000)


class Sound:
    """A small driver without a thread: it reads what has come when it is asked."""

    stale_s = STALE_S
    unit = "kg"

    def __init__(self, path):
        self.path = path
        self.port = -1
        self.rest = b""
        self.shown = None
        self.at_s = 0.0

    def read(self):
        try:
            self._hear()
        except OSError:
            self._lost()
            raise
        if self.shown is None or time.monotonic() - self.at_s > self.stale_s:
            raise OSError("it sends nothing")
        return self.shown

    def _hear(self):
        if self.port < 0:
            self.port = os.open(self.path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            data = os.read(self.port, 4096)
        except BlockingIOError:
            return
        if not data:
            raise OSError("it was pulled out")
        *lines, self.rest = (self.rest + data).split(b"\r\n")
        for line in lines:
            self.shown, self.at_s = self._told(line), time.monotonic()

    def _lost(self):
        self.shown = None
        if self.port >= 0:
            os.close(self.port)
        self.port = -1

    def _told(self, line):
        found = self._found(line)
        if found is None or found[1] == b"OL":
            return None
        return Reading(self._milli(found), self.unit, found[1] == b"ST")

    def _found(self, line):
        return FRAME.fullmatch(line)

    def _milli(self, found):
        return int(found[3] + found[4])

    def close(self):
        self._lost()


class GivesFloats(Sound):
    def _milli(self, found):
        return float(found[3] + found[4])


class GivesGrams(Sound):
    unit = "g"


class LosesThousandths(Sound):
    def _milli(self, found):
        return int(found[3] + found[4]) // 5 * 5


class NeverForgets(Sound):
    stale_s = 1e9


class WeighsWhatMoves(Sound):
    def _told(self, line):
        told = super()._told(line)
        return told and Reading(told.quantity_milli, told.unit)


class KeepsTheWeightUnderAnOverload(Sound):
    def _told(self, line):
        return self.shown if line.startswith(b"OL") else super()._told(line)


class KeepsTheWeightBesideABrokenFrame(Sound):
    def _told(self, line):
        return self.shown if self._found(line) is None else super()._told(line)


class TakesHalfAFrame(Sound):
    def _found(self, line):
        return re.search(rb"(ST|US|OL)?.*?([+-]) *(\d+)\.(\d{3})kg", line)

    def _told(self, line):
        found = self._found(line)
        return found and Reading(self._milli(found), self.unit, found[1] not in (b"US", b"OL"))


class NeverComesBack(Sound):
    def _lost(self):
        self.shown = None


class DiesOfNoise(Sound):
    def _told(self, line):
        if b"\x00" in line:
            self._found = lambda line: None
        return super()._told(line)


class RemembersThroughTheCable(Sound):
    stale_s = 1e9

    def read(self):
        try:
            return super().read()
        except OSError:
            if self.last is None:
                raise
            return self.last

    last = None

    def _told(self, line):
        self.last = super()._told(line) or self.last
        return self.last


FAULTS = {
    GivesFloats: "whole_thousandths",
    GivesGrams: "whole_thousandths",
    LosesThousandths: "whole_thousandths",
    NeverForgets: "silence",
    WeighsWhatMoves: "moves",
    KeepsTheWeightUnderAnOverload: "overload",
    KeepsTheWeightBesideABrokenFrame: "broken_frame",
    TakesHalfAFrame: "broken_frame",
    NeverComesBack: "pulled_out",
    DiesOfNoise: "noise",
    RemembersThroughTheCable: "pulled_out",
}
TESTS = [name for name in vars(ScaleConformance) if name.startswith("test_")]


def suite(kind):
    class Suite(ScaleConformance):
        def rig(self, folder: Path) -> ScaleRig:
            port = FakePort(folder)
            scale = kind(port.path)
            return ScaleRig(
                scale=scale, port=port, rests=frame, close=scale.close,
                over=b"OL,GS,+ 99.999kg\r\n",
                moves=lambda milli: frame(milli, b"US"), broken=lambda milli: frame(milli)[3:],
            )  # fmt: skip

    return Suite()


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """A fault is waited for no longer than it takes to see it."""
    monkeypatch.setattr(devices, "WAIT_S", 1.5)


@pytest.mark.parametrize("test", TESTS)
def test_a_sound_driver_passes(test, tmp_path, monkeypatch):
    """Whatever is tried."""
    monkeypatch.setattr(devices, "WAIT_S", 10.0)
    getattr(suite(Sound), test)(tmp_path)


@pytest.mark.parametrize(
    ("kind", "where"), FAULTS.items(), ids=lambda each: getattr(each, "__name__", each)
)
def test_each_fault_is_found(kind, where, tmp_path):
    """By the test that is about it."""
    (test,) = [name for name in TESTS if where in name]
    with pytest.raises(AssertionError):
        getattr(suite(kind), test)(tmp_path)
