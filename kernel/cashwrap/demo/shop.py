"""Make the demo shop: settings, catalog, and the goods that suppliers delivered this morning."""

import csv
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from cashwrap.demo.ports import DemoClock, DemoRandomness
from cashwrap.errors import CashwrapError
from cashwrap.events import Event
from cashwrap.money import Currency, parse_quantity
from cashwrap.stock.documents import Received, receive
from cashwrap.stock.view import Stock
from cashwrap.store.owner import Owner
from cashwrap.tender.driver import Capabilities, TenderDriver
from cashwrap.testing.terminal import Behaviour, FakeTerminal
from cashwrap.till import Till

DATA = Path(__file__).parent / "data"
MARK = "demo-shop"  # stands in every folder that this module made
_OURS = (
    "data.mdb", "lock.mdb", "till.key", "staff.pepper", "settings.toml", "draft", "journal.fault",
    "owner.lock",
)  # fmt: skip


class NotADemoShop(CashwrapError):
    """The folder holds something that is not a demo shop; it is left alone."""

    code = "demo.folder"

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"{self.folder} is not empty and no demo shop: name another folder"


def clear(folder: Path) -> bool:
    """Remove an earlier demo shop from a folder; return whether there was one.

    Other files in it stay. Raises NotADemoShop, and StoreInUse while a till runs on it.
    """
    if not folder.exists():
        return False
    if not folder.is_dir() or (any(folder.iterdir()) and not (folder / MARK).exists()):
        raise NotADemoShop(str(folder))
    if not (folder / MARK).exists():
        return False
    Owner(folder).release(clean=True)
    for name in _OURS:
        (folder / name).unlink(missing_ok=True)
    return True


def create(folder: Path, clock: DemoClock, randomness: DemoRandomness) -> None:
    """Make the shop in an empty folder; no witness is left outside of it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("A demo shop; `cashwrap demo` may make it anew.\n", "utf-8")
    text = (DATA / "settings.toml").read_text("utf-8")
    Till.create(folder, text, clock=clock, randomness=randomness, witness=[])


def open_till(
    folder: Path,
    clock: DemoClock,
    randomness: DemoRandomness,
    drivers: Mapping[str, TenderDriver] | None = None,
) -> Till:
    """Open the shop's till with its make-believe payment providers."""
    return Till.open(
        folder,
        drivers=terminals() if drivers is None else drivers,
        rules=DATA / "rules.toml",
        clock=clock,
        randomness=randomness,
        witness=[],
    )


def terminals() -> dict[str, TenderDriver]:
    """Return providers that mostly say yes: one answer gets lost, one code is declined."""
    wallet = Capabilities(kind="wallet", needs_scan=True, settlement=True)
    wechat: list[Behaviour] = ["approve"] * 100
    wechat[23], wechat[61] = "lost_answer", "slow"
    alipay: list[Behaviour] = ["approve"] * 100
    alipay[17] = "decline"
    return {
        "wechat": FakeTerminal(wechat, capabilities=wallet, account=""),
        "alipay": FakeTerminal(alipay, capabilities=wallet, account=""),
        "card": FakeTerminal(account="622848******1234"),
    }


def stock_up(till: Till) -> int:
    """Take in what the suppliers delivered; return how many lines that is."""
    documents: dict[tuple[str, str], list[Received]] = {}
    currency: Currency = till.settings.currency
    with (DATA / "stock.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = Received(
                row["sku"],
                parse_quantity(row["quantity"]),
                currency.parse(row["cost"]),
                row["lot"],
                int(row["expires"] or 0),
            )
            documents.setdefault((row["document"], row["supplier"]), []).append(line)
    place = till.settings.own_location
    for (document, supplier), lines in documents.items():
        till.move_stock(partial(_received, document, supplier, place, lines))
    return sum(map(len, documents.values()))


def _received(
    document: str, supplier: str, place: str, lines: list[Received], stock: Stock
) -> Event:
    return receive(stock, document, lines, supplier, place)
