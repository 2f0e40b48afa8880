"""What the fault harnesses run when they run a whole till: a shop, a clock, a terminal, a day.

`TillWorkload` plugs into the harnesses of this folder; its terminal keeps a ledger of its own in a
file beside the till's folder, and that ledger is what the customers' banks would say.
"""

import contextlib
import os
import random
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec

from cashwrap.ports import SystemRandomness, Timestamp
from cashwrap.pricing.model import Priced
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.projection import NUMBERS, ended, series_totals
from cashwrap.sale.recovery import left_open
from cashwrap.sale.sale import Sale
from cashwrap.store.store import Store
from cashwrap.store.tables import Projection, Reader
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
from cashwrap.tender.projection import open_payments
from cashwrap.testing.shop import ITEMS, SETTINGS
from cashwrap.till import Till, kernel_projections

COLA = "6901234567892"
RULES = """
[[rules]]
id = "three-for-ten"
layer = "item"
range = { skus = ["COLA"] }
benefit = { kind = "set_price", count = 3, off = { price_minor = 1000 } }

[[rules]]
id = "tea-and-pearls"
layer = "item"
range = { families = ["TEA"] }
benefit = { kind = "group", every = 2, off = { percent_ppm = 500_000 } }

[[rules]]
id = "spend-30"
layer = "order"
[rules.benefit]
kind = "spend"
every = true
steps = [{ at_minor = 3000, off = { amount_minor = 300 } }]

[[rules]]
id = "C5"
layer = "coupon"
coupon = { face_minor = 500 }
benefit = { kind = "spend", steps = [{ at_minor = 2000, off = { amount_minor = 500 } }] }

[[rules]]
id = "points"
layer = "points"
scope = { who = { only = "members" } }
benefit = { kind = "pay_points", points = 100, minor = 100 }
"""
OPEN_SALES_MAX = 3
Tell = Callable[[str], object]


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
        self.net: dict[str, int] = {}
        self.asked: Callable[[], object] = lambda: None
        for line in os.pread(self._file, os.fstat(self._file).st_size, 0).splitlines():
            intent, amount = line.split()
            self._count(intent.decode(), int(amount))

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
        return Declined(intent=intent_id, reason="no refunds here")

    def settlement(self, day: date) -> Iterator[SettlementLine]:
        return iter(())

    def close(self) -> None:
        os.close(self._file)

    def _approved(self, intent_id: str) -> Approved:
        return Approved(intent=intent_id, amount_minor=self.net[intent_id], currency="CNY")

    def _move(self, intent_id: str, amount_minor: int) -> None:
        os.write(self._file, b"%s %d\n" % (intent_id.encode(), amount_minor))
        self._count(intent_id, amount_minor)

    def _count(self, intent_id: str, amount_minor: int) -> None:
        self.net[intent_id] = self.net.get(intent_id, 0) + amount_minor


class Selling:
    """A till that is open, and what its clerk does on it."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self.clock = HurriedClock()
        self.terminal = LedgerTerminal(folder.with_name("ledger"))
        self.tell = tell
        self.till = Till.open(
            folder,
            drivers={"card": self.terminal},
            plugins=False,
            clock=self.clock,
            randomness=SystemRandomness(),
            witness=[folder.with_name(folder.name + ".state")],
        )

    def close(self) -> None:
        self.till.close()
        self.terminal.close()

    def settle(self) -> int:
        """Ask on until no payment is in doubt; return how many calls that took."""
        calls = 0
        while self.till.runner.in_doubt():
            due_ms = self.till.next_step_ms
            assert due_ms is not None, "a payment is in doubt and nobody will ask about it"
            self.clock.ahead_ms += max(0, due_ms - self.clock.now().steady_ms)
            self.till.step()
            calls += 1
            assert calls < 1_000, "a payment stays in doubt"
        return calls

    def serve(self, dice: random.Random) -> None:
        """Do one customer's worth: begin or go on with a sale, and mostly bring it to its end."""
        waiting = self.till.open_sales()
        if waiting and (len(waiting) >= OPEN_SALES_MAX or dice.random() < 0.3):
            sale = waiting[0]
        else:
            sale = self.till.new_sale(dice.choice(("", "dine_in", "takeaway")), staff="amy")
            self.told(sale)
        if sale.state == "open":
            self.ring_up(sale, dice)
        if dice.random() < 0.1 and len(self.till.open_sales()) < OPEN_SALES_MAX:
            return  # the customer forgot something; the next one is served meanwhile
        if dice.random() < 0.05 and sale.state == "open":
            sale.cancel("customer left")
            self.tell(f"cancelled {sale.id} 0")
            return
        self.take_payment(sale, dice)

    def ring_up(self, sale: Sale, dice: random.Random) -> None:
        for _ in range(dice.randrange(1, 6)):
            self.edit(sale, dice)
            self.told(sale)
        if not sale.lines:
            sale.scan(COLA)
            self.told(sale)

    def edit(self, sale: Sale, dice: random.Random) -> None:
        lines = [line.number for line in sale.lines if not line.parent]
        match dice.randrange(10):
            case 0:
                sale.add("APPLE", f"0.{dice.randrange(100, 999)}")
            case 1:
                sale.add("TEA-L", modifiers=["PEARLS"])
            case 2:
                sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
            case 3 if lines:
                sale.void_line(dice.choice(lines), "错单")
            case 4 if lines:
                sale.note("少冰", dice.choice(lines))
            case 5 if lines:
                sale.discount(percent_ppm=50_000, reason="会员")
            case 6 if lines:
                sale.undo()
            case 7 if not sale.cart.header.coupons:
                sale.add_coupon("C5")
            case 8:
                sale.set_customer(member="M1", points=dice.randrange(900))
                sale.use_points()
            case _:
                sale.scan(COLA)

    def take_payment(self, sale: Sale, dice: random.Random) -> None:
        """Cash, card, or some of each; a card that failed is followed by cash."""
        way = dice.random()
        if way < 0.3 and sale.due_minor > 100:
            sale.pay_cash(sale.due_minor // 2)
        if sale.due_minor == 0:  # points may pay all of it
            sale.payments.finish()
        elif way < 0.7:
            sale.payments.ask("card")
            self.settle()
        if sale.state != "completed":
            due_minor, _ = sale.payments.cash_due()
            sale.pay_cash(due_minor + dice.choice((0, 150, 2_000)))
        assert self.till.receipt_text(sale.id)
        self.tell(f"print {sale.id} {self.number(sale)}")

    def number(self, sale: Sale) -> int:
        """Return the receipt number of a sale that is complete."""
        with self.till.store.read() as reader:
            place = ended(reader, sale.id)
        assert place is not None
        return place.number

    def told(self, sale: Sale) -> None:
        """Acknowledge the sale as it stands: this many edits, with this checksum."""
        proof = checksum(sale.priced())
        self.tell(f"edits {sale.id} {len(sale.history)} {checksum(sale.history)} {proof}")


def checksum(kept: Sequence[AnyEdit] | Priced) -> int:
    """Return what tells one history, or one price with its proof, from another."""
    return zlib.crc32(msgspec.msgpack.encode(kept))


class TillWorkload:
    """The whole till as a workload of the crash-state harness: a step is one customer served.

    A request that goes out to the terminal acknowledges too: its intent must be on the disk.
    """

    def projections(self) -> list[Projection]:
        return kernel_projections()

    def make(self, folder: Path) -> None:
        named = {"clock": HurriedClock(), "witness": [folder.with_name(folder.name + ".state")]}
        Till.create(folder, SETTINGS, **named)  # type: ignore[arg-type]
        with (
            tempfile.NamedTemporaryFile(suffix=".jsonl") as items,
            Till.open(folder, plugins=False, **named) as till,  # type: ignore[arg-type]
        ):
            items.write(b"\n".join(msgspec.json.encode(item) for item in ITEMS))
            items.flush()
            till.import_catalog(items.name)
            till.publish_rules(RULES)

    @contextlib.contextmanager
    def open(self, folder: Path) -> Iterator[Selling]:
        selling = Selling(folder, lambda text: None)
        store = selling.till.store
        selling.terminal.asked = lambda: os.write(1, b"ack %d\n" % store.head.seq)
        try:
            yield selling
        finally:
            selling.close()

    def store(self, selling: Selling) -> Store:
        return selling.till.store

    def settle(self, selling: Selling) -> None:
        selling.settle()

    def step(self, selling: Selling, number: int) -> int:
        selling.serve(random.Random(number))
        return selling.till.store.head.seq

    def examine(self, reader: Reader) -> str:
        """Receipt numbers have no gaps, and every sale that asked for money can be brought back."""
        numbers = [int.from_bytes(key, "big") for key, _ in reader.items(NUMBERS)]
        if numbers != list(range(1, series_totals(reader).last_number + 1)):
            return f"receipt numbers have gaps: {numbers}"
        histories = left_open([], reader)  # the cut took the whole draft
        asked = {payment.sale for payment in open_payments(reader) if payment.state != "cancelled"}
        lost = asked - histories.keys()
        return f"sale {lost.pop()} asked for money and cannot be brought back" if lost else ""
