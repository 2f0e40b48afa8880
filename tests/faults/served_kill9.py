"""Kill a served till with SIGKILL, again and again, while clerks press keys at its local API.

    python tests/faults/served_kill9.py --kills 300

Every command has an Idempotency-Key. What was not answered is asked again, with the same key, of
the till that comes after; now and then so is what was answered. In the end each command must have
been done exactly once, whatever was answered must be there, and the journal must verify.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from apart import memory_root, no_probe
from till_ports import LedgerTerminal

from cashwrap.api.device import device_key
from cashwrap.api.places import Where
from cashwrap.api.server import serve
from cashwrap.events import Event
from cashwrap.sale.events import DrawerOpened, SaleCompleted, SaleSuspended
from cashwrap.shift.events import PaidIn
from cashwrap.tender.payments import UNDECIDED
from cashwrap.till import Till

REGISTERS = ("R1", "R2", "R3")
GTIN, PRICE_MINOR = "6901234567892", 350
DONE_BEFORE = {"api.sale_ended", "api.already_done", "hold.already_resumed"}
AGAIN = 0.15  # of what was answered is asked again
OPENING_SECONDS_MAX = 60
KILLS_PER_SHOP = 50
READ = {one.kind for one in (SaleCompleted, SaleSuspended, PaidIn, DrawerOpened)}
GONE = ConnectionError, EOFError, asyncio.IncompleteReadError, OSError
Answer = dict[str, Any]


@dataclass
class Command:
    """One act of a clerk; the same key until it is answered, over any number of tills."""

    method: str
    path: str
    body: Answer
    key: str
    asked: int = 0


@dataclass
class Tally:
    """What happened, and what is wrong."""

    kills: int = 0
    answered: int = 0
    asked_again: int = 0
    receipts: int = 0
    killed_while_opening: int = 0
    open_ms: list[int] = field(default_factory=list)
    during: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def __str__(self) -> str:
        opened = sorted(self.open_ms) or [0]
        during = ", ".join(f"{name} {count}" for name, count in self.during.most_common())
        return (
            f"{self.kills} kills ({self.killed_while_opening} while opening): {self.answered} "
            f"commands answered, {self.asked_again} of them asked again after a kill; "
            f"{self.receipts} receipts; faults {len(self.faults)} {self.faults[:5]}; opened "
            f"in {opened[len(opened) // 2]} ms, at most {opened[-1]} ms; unanswered: {during}"
        )


class Clerk:
    """One register: a customer after the other, each command until it is answered."""

    def __init__(self, register: str, key: str, port: int, tally: Tally, *, keyed: bool) -> None:
        self.register = register
        self.sold: dict[str, int] = {}  # by sale: units that were rung up
        self.numbers: dict[str, int] = {}  # by sale: the receipt
        self.acts: Counter[str] = Counter()
        self.pending: Command | None = None
        self.closing = False  # no more customers
        self._last: tuple[Command, Answer] | None = None
        self._key, self._port, self._tally, self._keyed = key, port, tally, keyed
        self._dice = random.Random(register)
        self._count = self._tries = 0
        self._cookie = ""
        self._customer = self._customers()

    async def work(self) -> None:
        """Press keys until the till is gone, or the shop closes and the customer is served."""
        try:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
            await self._sign_in()
            if self._last is not None:
                await self._once_more(*self._last)
            while not self.closing or self.pending is not None:
                await self._step()
        except GONE:
            pass
        finally:
            with suppress(AttributeError):
                self._writer.close()

    async def _step(self) -> None:
        if self.pending is None:
            self.pending = next(self._customer)
        command = self.pending
        if command.method == "GET":
            await asyncio.sleep(0.01)
        command.asked += 1
        status, answer = await self._ask(command)
        repeated = command.asked > 1
        looks = command.method == "GET"  # a sale may have ended by a card that was asked about
        if status >= 400 and not ((repeated or looks) and answer["code"] in DONE_BEFORE):
            self._tally.faults.append(f"{command}: {status} {answer}")
            raise ConnectionError
        self._tally.answered += 1
        self._tally.asked_again += repeated
        done = status < 400 and command.method == "POST"
        if done and self._dice.random() < AGAIN:
            await self._once_more(command, answer)
        self._last = (command, answer) if done else None
        self.pending = None
        with suppress(StopIteration):
            self.pending = self._customer.send(answer)

    async def _once_more(self, command: Command, first: Answer) -> None:
        """Ask for what was answered: the same sale comes back, or that it was done."""
        status, answer = await self._ask(command)
        same = answer.get("id") == first.get("id") or "sale" in first
        if not same if status < 400 else answer["code"] not in DONE_BEFORE:
            self._tally.faults.append(f"again {command}: {status} {answer}, first {first}")

    async def _sign_in(self) -> None:
        command = Command("POST", "/session", {"register": self.register, "staff": "lin"}, "")
        status, answer = await self._ask(command)
        assert status == 200, answer

    async def _ask(self, command: Command) -> tuple[int, Answer]:
        raw = b"" if command.method == "GET" else json.dumps(command.body).encode()
        self._tries += 1
        key = command.key if self._keyed else f"{command.key}/{self._tries}"
        head = (
            f"{command.method} /api/v1{command.path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"X-Cashwrap-Device: {self._key}\r\nCookie: {self._cookie}\r\n"
            f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(raw)}\r\n\r\n"
        )
        self._writer.write(head.encode() + raw)
        answered = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        headers = dict(line.split(": ", 1) for line in answered.split("\r\n")[1:-2])
        text = await self._reader.readexactly(int(headers.get("content-length", "0")))
        if "set-cookie" in headers:
            self._cookie = headers["set-cookie"].split(";")[0]
        return int(answered.split(" ", 2)[1]), json.loads(text) if text else {}

    # What a clerk does

    def _command(self, path: str, body: Answer, method: str = "POST") -> Command:
        self._count += 1
        return Command(method, path, body, f"{self.register}-{self._count}")

    def _customers(self) -> Iterator[Any]:
        while not self.closing:
            yield from self._beside() if self._dice.random() < 0.2 else self._sale()

    def _beside(self) -> Iterator[Any]:
        """Cash into the drawer, or the drawer opened: acts without a sale."""
        if self._dice.random() < 0.5:
            reason = f"change {self.register}/{self._count}"
            yield self._command("/shift/paid-in", {"amount_minor": 100, "reason": reason})
            self.acts["paid in"] += 1
        else:
            yield self._command("/shift/no-sale", {"reason": "change"})
            self.acts["no sale"] += 1

    def _sale(self) -> Iterator[Any]:
        sale = (yield self._command("/sales", {}))["id"]
        self.sold[sale] = 0
        at = f"/sales/{sale}"
        for _ in range(self._dice.randint(1, 5)):
            yield self._command(f"{at}/scan", {"code": GTIN})
            self.sold[sale] += 1
        if self._dice.random() < 0.2:
            yield from self._parked(sale)
        seen = yield from self._paid(at, self.sold[sale] * PRICE_MINOR)
        self.numbers[sale] = seen["number"]
        if self._dice.random() < 0.2:
            yield from self._returned(seen["number"])

    def _parked(self, sale: str) -> Iterator[Any]:
        """Suspend the sale, find its hold, and bring it back."""
        yield self._command(f"/sales/{sale}/suspend", {"reason": "phone"})
        self.acts["suspended"] += 1
        holds = yield self._command("/holds", {}, "GET")
        code = next(one["code"] for one in holds if one["sale"] == sale)
        yield self._command(f"/holds/{code}/resume", {})

    def _paid(self, at: str, minor: int) -> Iterator[Any]:
        """Pay by card, and what that did not pay in cash."""
        if self._dice.random() < 0.3:
            yield self._command(f"{at}/pay/card", {})
            for poll in range(1_000):
                seen = yield self._command(at, {}, "GET")
                if "code" in seen or seen["state"] == "completed":
                    return seen
                if all(one["state"] not in UNDECIDED for one in seen["payments"]):
                    break
                if poll == 20:
                    yield self._command(f"{at}/give-up", {})
        seen = yield self._command(f"{at}/pay/cash", {"tendered_minor": minor})
        return seen

    def _returned(self, number: int) -> Iterator[Any]:
        sale = (yield self._command("/sales", {}))["id"]
        self.sold[sale] = 0
        lines = [{"line": 1, "quantity": 1}]
        yield self._command(f"/sales/{sale}/returns", {"receipt": number, "lines": lines})
        self.sold[sale] = -1
        done = yield self._command(f"/sales/{sale}/refund", {"to": "cash"})
        self.numbers[sale] = done["sale"]["number"] if "sale" in done else done["number"]


def open_till(folder: Path) -> Till:
    """Open the till of the harness, with its terminal."""
    terminal = LedgerTerminal(folder.parent / "card.ledger")
    return Till.open(folder, drivers={"card": terminal}, plugins=False, witness=[])


def make(folder: Path) -> None:
    """Make the shop, with a shift open at each register."""
    names = ", ".join(f'"{each}"' for each in REGISTERS)
    Till.create(folder, f"registers = [{names}]", witness=[])
    with open_till(folder) as till:
        goods = folder.parent / "items.csv"
        goods.write_text(f"sku,name,gtins,price\nCOLA,可乐,{GTIN},3.50\n")
        till.import_catalog(goods)
        for register in REGISTERS:
            till.shifts.open(10_000, register=register, staff="lin")


def fork_served(folder: Path, port: int) -> tuple[int, int]:
    """Serve the till in a process of its own; return it, and a pipe that tells when it is open."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    os.close(reading)
    try:
        with no_probe():
            where = Where(port=port)
            serve(lambda: open_till(folder), folder, where, lambda _: os.write(writing, b"open"))
    except BaseException as error:
        os.write(writing, f"died {type(error).__name__}: {error}".encode())
    finally:
        os._exit(0)


def round_once(folder: Path, port: int, clerks: list[Clerk], dice: random.Random, t: Tally) -> None:
    """Serve until a random moment under load, then kill."""
    began = time.perf_counter()
    process, pipe = fork_served(folder, port)
    try:
        if dice.random() < 0.05:  # also while it opens
            time.sleep(dice.random() * 0.1)
            t.killed_while_opening += 1
        else:
            wait_open(pipe, t)
            t.open_ms.append(int((time.perf_counter() - began) * 1000))
            asyncio.run(press(clerks, process, 0.1 + dice.random() * 0.5))
    finally:
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        os.close(pipe)
    t.kills += 1
    t.during.update(kind(one.pending) for one in clerks if one.pending is not None)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        t.faults.append("the till ended by itself")


def wait_open(pipe: int, tally: Tally) -> None:
    """Wait until a till says that it is open."""
    ready = select.select([pipe], [], [], OPENING_SECONDS_MAX)[0]
    told = os.read(pipe, 4_096).decode() if ready else "nothing"
    if told != "open":
        tally.faults.append(f"the till did not open: {told}")


async def press(clerks: list[Clerk], process: int, seconds: float) -> None:
    """Let all clerks work at once, and kill the till in the middle of it."""
    work = [asyncio.create_task(clerk.work()) for clerk in clerks]
    await asyncio.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    await asyncio.gather(*work)


def kind(command: Command) -> str:
    """Return what a command was, without names in it."""
    return command.path.rsplit("/", 1)[-1] if command.method == "POST" else "look"


def finish(folder: Path, port: int, clerks: list[Clerk], tally: Tally) -> None:
    """Serve once more until each customer has left, and end in order."""
    process, pipe = fork_served(folder, port)
    wait_open(pipe, tally)

    async def rest() -> None:
        await asyncio.wait_for(asyncio.gather(*(clerk.work() for clerk in clerks)), 60)

    for clerk in clerks:
        clerk.closing = True

    try:
        asyncio.run(rest())
    except TimeoutError:
        tally.faults.append(f"customers wait for ever: {[one.pending for one in clerks]}")
    finally:
        os.kill(process, signal.SIGTERM if tally.ok else signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(pipe)


def judge(folder: Path, clerks: list[Clerk], tally: Tally) -> None:
    """Hold the journal against what was asked: each once, and nothing else."""
    sold = {sale: units for clerk in clerks for sale, units in clerk.sold.items()}
    numbers = {sale: number for clerk in clerks for sale, number in clerk.numbers.items()}
    acts = sum((clerk.acts for clerk in clerks), Counter[str]())
    with no_probe(), open_till(folder) as till:
        records = [one.body() for one in till.store.records() if one.envelope.kind in READ]
        done = {one.sale: one for one in records if isinstance(one, SaleCompleted)}
        expect(tally, "open sales", len(till.open_sales()), 0)
        expect(tally, "sales", set(done), set(sold))
        expect(tally, "numbers", {sale: one.number for sale, one in done.items()}, numbers)
        expect(tally, "run of numbers", sorted(numbers.values()), [*range(1, len(sold) + 1)])
        expect(tally, "units", {sale: units(one) for sale, one in done.items()}, sold)
        expect(tally, "money", [one.sale for one in done.values() if not is_paid(one)], [])
        expect(tally, "paid in", count(records, PaidIn), acts["paid in"])
        expect(tally, "no sale", count(records, DrawerOpened), acts["no sale"])
        expect(tally, "suspended", count(records, SaleSuspended), acts["suspended"])
        ledger = LedgerTerminal(folder.parent / "card.ledger")
        cards = sum(card_minor(one) for one in done.values())
        expect(tally, "the terminal's ledger", sum(ledger.net.values()), cards)
        expect(tally, "verify", till.store.verify().ok, True)
    tally.receipts += len(done)


def expect(tally: Tally, what: str, found: object, wanted: object) -> None:
    """Note what is not as it should be."""
    if found != wanted:
        tally.faults.append(f"{what}: {found!r:.300}, not {wanted!r:.300}")


def count(records: list[Event], wanted: type[Event]) -> int:
    """Return how many of a kind there are."""
    return sum(isinstance(one, wanted) for one in records)


def units(sale: SaleCompleted) -> int:
    """Return how many units were sold, less what came back on it."""
    back = sum(one.quantity_milli for each in sale.returns for one in each.goods)
    return (sum(one.quantity_milli for one in sale.lines) - back) // 1000


def is_paid(sale: SaleCompleted) -> bool:
    """Whether its money is that of its goods, taken once."""
    return sale.payable_minor == units(sale) * PRICE_MINOR == taken_minor(sale)


def taken_minor(sale: SaleCompleted) -> int:
    """Return what its tenders took, net."""
    return sum(one.amount_minor for one in sale.takings)


def card_minor(sale: SaleCompleted) -> int:
    """Return what the terminal took for it."""
    return sum(one.amount_minor for one in sale.takings if one.kind == "card")


def run(kills: int, seed: int = 1, root: str = "", *, keyed: bool = True) -> Tally:
    """Kill so many served tills, a fresh shop after every 50.

    Not ``keyed``: each try has a key of its own, as a careless program would have it; that the
    harness must catch.
    """
    dice, tally = random.Random(seed), Tally()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    gc.freeze()  # what is forked off copies less
    try:
        for start in range(0, kills, KILLS_PER_SHOP):
            folder = Path(tempfile.mkdtemp(dir=root or memory_root())) / "shop"
            make(folder)
            key = device_key(folder)
            clerks = [Clerk(each, key, port, tally, keyed=keyed) for each in REGISTERS]
            for _ in range(min(KILLS_PER_SHOP, kills - start)):
                round_once(folder, port, clerks, dice, tally)
                if tally.faults:
                    return tally
            finish(folder, port, clerks, tally)
            if tally.ok:
                judge(folder, clerks, tally)
            shutil.rmtree(folder.parent)
    finally:
        gc.unfreeze()
    return tally


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--root", default="", help="folder to work in; memory by default")
    chosen = parser.parse_args()
    began = time.perf_counter()
    tally = run(chosen.kills, chosen.seed, chosen.root)
    print(f"{tally} in {time.perf_counter() - began:.0f} s: {'ok' if tally.ok else 'FAILED'}")
    return not tally.ok


if __name__ == "__main__":
    sys.exit(main())
