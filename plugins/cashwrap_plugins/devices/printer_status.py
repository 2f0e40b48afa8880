"""How a printer says it does: the real-time status bytes of ``DLE EOT``, and ``GS r``."""

import msgspec

from cashwrap.host.offers import DeviceState

from .words import state

ASK = {number: b"\x10\x04" + bytes((number,)) for number in (1, 2, 3, 4)}
ASK_DONE = b"\x1dr\x01"
"""Answered in its turn, once everything before it was printed; ``DLE EOT`` at once."""


class PrinterStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What a printer says. All of it False for one that has nothing to say.

    ``pin3_high`` is the level at the drawer's sensor.
    """

    offline: bool = False
    cover: bool = False
    paper_out: bool = False
    paper_low: bool = False
    cutter: bool = False
    failed: bool = False
    pin3_high: bool = False

    @property
    def why_not(self) -> str:
        """Return why it cannot print, as a key of `words`, "" when it can."""
        if self.cover:
            return "cover"
        if self.paper_out:
            return "paper"
        if self.cutter or self.failed:
            return "error"
        return "offline" if self.offline else ""

    @property
    def said(self) -> DeviceState:
        """Return it for people."""
        if self.why_not:
            return state("lost", self.why_not, why="cutter" if self.cutter else "printer")
        return state("warn", "paper_low") if self.paper_low else state("ok")


def is_status(byte: int) -> bool:
    """Whether a byte is an answer to ``DLE EOT``: some of its bits never change."""
    return byte & 0b1001_0011 == 0b0001_0010


def is_done(byte: int) -> bool:
    """Whether a byte is an answer to ``GS r 1``."""
    return byte & 0b1001_0000 == 0


def status_of(answers: dict[int, int]) -> PrinterStatus:
    """Return the status in answers to ``DLE EOT`` 1 to 4; one that is missing says nothing."""
    printer, offline = answers.get(1, 0), answers.get(2, 0)
    error, paper = answers.get(3, 0), answers.get(4, 0)
    return PrinterStatus(
        offline=bool(printer & 0x08),
        cover=bool(offline & 0x04),
        paper_out=bool(paper & 0x60 or offline & 0x20),
        paper_low=bool(paper & 0x0C),
        cutter=bool(error & 0x08),
        failed=bool(error & 0x20),
        pin3_high=bool(printer & 0x04),
    )
