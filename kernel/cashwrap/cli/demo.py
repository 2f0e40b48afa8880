"""``cashwrap demo``: a morning in a demo shop."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder
from cashwrap.cli.output import Output, Progress
from cashwrap.cli.shop import Shop
from cashwrap.cli.takings import Takings, takings_of

if TYPE_CHECKING:
    from cashwrap.demo.morning import Story
    from cashwrap.demo.ports import DemoRandomness
    from cashwrap.promotions.model import PriceProof
    from cashwrap.receipt.model import Receipt
    from cashwrap.store.records import Record
    from cashwrap.store.verify import VerifyReport
    from cashwrap.till import Till

ABOUT = """\
Make a demo shop and ring up a morning in it: 242 items (groceries, produce by weight, drinks
of size x temperature x sugar, set meals), some 220 sales through the same interface that
your program will use, on a real store where each sale is on the disk before the next begins.
Then show a receipt, the takings and what runs out, and prove the journal.
The clock in it is make-believe: Saturday, 15 March 2025. An earlier demo shop in the folder
is made anew; any other folder is left alone."""

NEXT = """\
example:
  cashwrap demo                        into ./demo-shop
  cashwrap demo my-demo

next: look around in it with the commands that it prints."""

FOLDER = "demo-shop"
LOW_ROWS = 6


class LowStock(NamedTuple):
    """An item of which less is left than the morning sold."""

    sku: str
    name: str
    unit: str
    left_milli: int
    sold_milli: int


class Shown(NamedTuple):
    """Everything that the page of the demo shows. Times are measured, and 0 when left out."""

    folder: str
    items: int
    deliveries: int
    story: "Story"
    takings: Takings
    receipt: "Receipt"
    why: "PriceProof | None"
    low: tuple[LowStock, ...]
    proof: "VerifyReport"
    shop: Shop
    rang_up_us: int = 0
    hashed_us: int = 0


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Ring it up and show it."""
    from cashwrap.demo.ports import DemoRandomness
    from cashwrap.demo.shop import clear

    path = Path(args.folder_option or args.folder or FOLDER)
    if clear(path):
        out.warn(f"The demo shop in {path} is made anew.")
    with out.progress("a morning in the demo shop") as tell:
        shown = ring_up(path, DemoRandomness(), tell)
    if not out.json:
        from cashwrap.cli.demo_page import WIDTH, page

        plain = not out.is_terminal or out.columns < WIDTH
        out.show(page(shown, program(), plain=plain), WIDTH)
    out.result(**fields(shown))
    return exits.OK if shown.proof.ok else exits.REFUSED


def ring_up(path: Path, randomness: "DemoRandomness", tell: Progress) -> Shown:
    """Make the shop, ring the morning up, and gather what there is to show."""
    from cashwrap.demo import shop as demo
    from cashwrap.demo.morning import Morning
    from cashwrap.demo.people import enroll
    from cashwrap.demo.ports import DemoClock
    from cashwrap.sale.events import SaleCompleted
    from cashwrap.store.verify import check_chain

    clock = DemoClock()
    demo.create(path, clock, randomness)
    with demo.open_till(path, clock, randomness) as till:
        items = till.import_catalog(demo.DATA / "catalog").counts.items
        deliveries = demo.stock_up(till)
        enroll(till)
        began = perf_counter_ns()
        story = Morning(till, clock).run(tell)
        rang_up = perf_counter_ns()
        check_chain(till.store.engine, till.store.identity, till.store.head.seq)
        hashed = perf_counter_ns()
        shop = Shop(till.store, till.settings)
        shown_sale = till.sale_of_number(story.showcase)
        completed = till.record_of(shown_sale).body()
        assert isinstance(completed, SaleCompleted)
        return Shown(
            str(path),
            items,
            deliveries,
            story,
            takings_of(shop),
            till.receipt(shown_sale),
            proof_of(till.record_of(shown_sale)),
            tuple(till.ask_stock(lambda stock: running_low(till, stock.skus())))[:LOW_ROWS],
            till.store.verify(),
            shop,
            (rang_up - began) // 1000,
            (hashed - rang_up) // 1000,
        )


def proof_of(record: "Record") -> "PriceProof | None":
    """Return the proof of the promotions of a sale's record."""
    from cashwrap.sale.events import SaleCompleted

    body = record.body()
    return body.priced.proof if isinstance(body, SaleCompleted) else None


def running_low(till: "Till", skus: Iterable[str]) -> list[LowStock]:
    """Return what the shop has less of than it sold, the shortest first."""
    from cashwrap.catalog.errors import UnknownItem
    from cashwrap.stock.view import Stock

    found = []
    with till.store.read() as reader:
        stock = Stock(reader)
        for sku in skus:
            left = stock.on_hand(sku)
            sold = sum(row.on_hand_milli for row in stock.rows(sku) if row.location == "customer")
            if 0 < sold and left < sold:
                try:
                    item = till.catalog.by_sku(sku)
                except UnknownItem:
                    continue
                found.append(LowStock(sku, item.name, item.unit, left, sold))
    return sorted(found, key=lambda low: (low.left_milli * 1000 // low.sold_milli, low.sku))


def program() -> str:
    """Return how this command can be called from here."""
    if shutil.which("cashwrap"):
        return "cashwrap"
    return os.path.relpath(sys.argv[0]) if sys.argv[0].endswith("cashwrap") else "cashwrap"


def fields(shown: Shown) -> dict[str, object]:
    """Return the JSON of the page."""
    return {
        "folder": shown.folder,
        "items": shown.items,
        "deliveries": shown.deliveries,
        "counts": dict(shown.story.counts),
        "notes": [note._asdict() for note in shown.story.notes],
        "receipt": shown.story.showcase,
        "takings": {
            "day": shown.takings.day,
            "totals": shown.takings.totals,
            "margin_minor": shown.takings.margin_minor,
            "taxes": [tax._asdict() for tax in shown.takings.taxes],
        },
        "low": [low._asdict() for low in shown.low],
        "ok": shown.proof.ok,
        "verified": shown.proof,
        "rang_up_us": shown.rang_up_us,
    }
