"""The ports that the fault harnesses give a whole till: a clock that is hurried, and a bank."""

import os
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from cashwrap.ports import Timestamp
from cashwrap.tender.driver import (
    Approved,
    Cancelled,
    Capabilities,
    Declined,
    Intent,
    NotFound,
    Outcome,
    Pending,
    SettlementLine,
)


class HurriedClock:
    """The machine's clock, which a till may push forward instead of waiting for a terminal."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now(self) -> Timestamp:
        wall_ms = time.time_ns() // 1_000_000 + self.ahead_ms
        return Timestamp(wall_ms, time.monotonic_ns() // 1_000_000 + self.ahead_ms)


class LedgerTerminal:
    """A card terminal whose ledger is a file: it outlives the till, as a bank does.

    How it behaves toward a payment follows from the payment's id, so that it is the same after a
    restart: mostly it approves; some answers get lost, some requests, some payments are slow,
    some are declined.
    """

    capabilities = Capabilities(kind="card", timeout_ms=30_000)

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.net: dict[str, int] = {}  # by payment: what was taken, less what was given back
        self.refunds: dict[str, int] = {}
        self.asked: Callable[[], object] = lambda: None
        self._lost: set[str] = set()
        for line in os.pread(self._file, os.fstat(self._file).st_size, 0).decode().splitlines():
            intent, amount, refund = line.split(" ")
            self._count(intent, int(amount), refund)

    def begin(self, intent: Intent) -> Outcome:
        self.asked()
        chance = zlib.crc32(intent.id.encode()) % 20
        if chance == 0:
            raise TimeoutError  # the request got lost
        if chance == 1:
            return Declined(intent=intent.id, reason="insufficient funds")
        if chance in (2, 3):
            return Pending(intent=intent.id, next_poll_ms=500)
        self._move(intent.id, intent.amount_minor)
        if chance in (4, 5):
            raise TimeoutError  # the answer got lost
        return self._approved(intent.id)

    def query(self, intent_id: str) -> Outcome:
        if self.net.get(intent_id):
            return self._approved(intent_id)
        chance = zlib.crc32(intent_id.encode()) % 20
        if chance == 1:
            return Declined(intent=intent_id, reason="insufficient funds")
        if chance in (2, 3) and intent_id not in self.net:
            return Pending(intent=intent_id, next_poll_ms=5_000)  # nobody ever holds the card to it
        return NotFound(intent=intent_id)

    def cancel(self, intent_id: str) -> Outcome:
        self._move(intent_id, -self.net.get(intent_id, 0))
        return Cancelled(intent=intent_id)

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        """Give back once per refund id; now and then the request or the answer gets lost."""
        self.asked()
        chance = zlib.crc32(refund_id.encode()) % 20
        if chance == 1:
            return Declined(intent=intent_id, reason="no refunds today")
        lost = chance in (0, 2, 3) and refund_id not in self._lost
        self._lost.add(refund_id)
        if lost and chance == 0:
            raise TimeoutError  # the request got lost
        if refund_id not in self.refunds:
            self._move(intent_id, -amount_minor, refund_id)
        if lost:
            raise TimeoutError  # the answer got lost
        return Approved(intent=intent_id, amount_minor=self.refunds[refund_id], currency="CNY")

    def settlement(self, day: date) -> Iterator[SettlementLine]:
        return iter(())

    def close(self) -> None:
        os.close(self._file)

    def _approved(self, intent_id: str) -> Approved:
        return Approved(intent=intent_id, amount_minor=self.net[intent_id], currency="CNY")

    def _move(self, intent_id: str, amount_minor: int, refund_id: str = "") -> None:
        os.write(self._file, f"{intent_id} {amount_minor} {refund_id}\n".encode())
        self._count(intent_id, amount_minor, refund_id)

    def _count(self, intent_id: str, amount_minor: int, refund_id: str = "") -> None:
        self.net[intent_id] = self.net.get(intent_id, 0) + amount_minor
        if refund_id:
            self.refunds[refund_id] = -amount_minor
