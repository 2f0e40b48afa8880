"""Kill a till at each write of a catalog that is staged and put in force.

    python tests/faults/torn_switch.py --kills 200

The shop's prices are those of one season; another season's are imported (whole, as an update, or
for a moment later) while a sale is open, and the process dies at the n-th write or sync. The next
till must have one season's prices on every line that it sells, modifiers, weights and meals
included, never some of each; the other season's from the moment that the switch was in the
journal. The open sale comes back with the prices it had. A last import brings the other season.
"""

import argparse
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import faulty_disk
import msgspec
from apart import Tell, in_child, memory_root, no_probe
from kept_shop import KeptShop
from till_clerk import Selling, checksum
from till_day import SEASONS, catalog, catalog_of
from till_workload import TillWorkload

from cashwrap.catalog.events import CatalogActivated
from cashwrap.sale.sale import Sale
from cashwrap.store.layout import DATA_FILE

FILLERS = 2_500  # so that the rows go in several transactions
LATER_MS = 60_000
WAYS = ("whole", "update", "later")


class Outcome(msgspec.Struct):
    """How many kills there were, what the till sold by afterwards, and what was wrong."""

    kills: int = 0
    writes: dict[str, int] = {}
    old: int = 0
    new: int = 0
    bad: list[str] = []


def season_file(folder: Path, season: int) -> Path:
    """Return the file of a season, the shop's goods and many others in it."""
    return catalog_of(folder, season).with_suffix(".full.jsonl")


def basket(selling: Selling) -> Sale:
    """Return a new sale with goods whose price comes from everywhere in a catalog."""
    sale = selling.till.new_sale(register=selling.registers[0])
    sale.add("COLA")
    sale.add("APPLE", "0.750")
    sale.add("TEA-L", modifiers=["PEARLS", "COCO"])
    sale.add("SET", choices={"点心": ["CAKE"], "饮品": ["TEA-M"]})
    for number in range(0, FILLERS, FILLERS // 20):
        sale.add(f"F{number}")
    return sale


def prices(sale: Sale) -> list[int]:
    """Return the line amounts before promotions."""
    return [line.gross_minor for line in sale.priced().lines]


def activations(selling: Selling) -> int:
    """Return how often a catalog was put in force, by the journal."""
    kinds = (record.envelope.kind for record in selling.till.store.records())
    return sum(kind == CatalogActivated.kind for kind in kinds)


def bring(selling: Selling, season: int, way: str) -> None:
    """Import a season's catalog and put it in force."""
    at_ms = selling.clock.now().wall_ms + LATER_MS if way == "later" else 0
    source = season_file(selling.folder, season)
    selling.till.import_catalog(source, update=way == "update", effective_at_ms=at_ms)


def die_while_switching(folder: Path, way: str, at: int, tell: Tell) -> None:
    """Begin a sale, then import, and die at the n-th write; tell how many there were in all."""
    selling = Selling(folder, tell)
    sale = basket(selling)
    tell(f"open {sale.id} {checksum(sale.history)} {activations(selling)}")
    faulty_disk.plan(folder / DATA_FILE, at=at)
    bring(selling, SEASONS[1], way)
    # dies at the first write after the switch, too
    selling.till.no_sale("换零钱", register=selling.registers[0])
    tell(f"writes {faulty_disk.seen()}")
    faulty_disk.plan(folder / DATA_FILE)
    selling.abandon()


def look_after(
    folder: Path, way: str, known: dict[int, list[int]], told: list[str], tell: Tell
) -> None:
    """Open again; tell ``sells SEASON``, and what is wrong."""
    selling = Selling(folder, lambda text: None)
    till = selling.till
    _, sale, history, switches = told[0].split()
    switched = activations(selling) > int(switches)
    if checksum(till.sale(sale).history) != int(history):
        tell("the open sale is not what it was")
    till.sale(sale).add("COLA")
    check_season(selling, SEASONS[0] if way == "later" or not switched else SEASONS[1], known, tell)
    if way == "later" and switched:
        selling.clock.ahead_ms += LATER_MS
        check_season(selling, SEASONS[1], known, tell)
    if not till.store.verify().ok:
        tell("it does not verify")
    bring(selling, SEASONS[2], "whole")
    check_season(selling, SEASONS[2], known, tell)
    tell(f"sells {'new' if switched else 'old'}")
    selling.abandon()


def check_season(selling: Selling, season: int, known: dict[int, list[int]], tell: Tell) -> None:
    """Sell the basket; tell where a price is not that of the season."""
    sale = basket(selling)
    if (found := prices(sale)) != known[season]:
        tell(f"the prices are not those of season {season}: {found}")
    sale.cancel("only looked")


def try_one(folder: Path, way: str, at: int, known: dict[int, list[int]], outcome: Outcome) -> bool:
    """Kill at one write; return whether there was one."""
    told = in_child(partial(die_while_switching, folder, way, at))
    if "died of signal 9" not in told:
        outcome.bad += [line for line in told if line.startswith("died")]
        return False
    outcome.kills += 1
    after = in_child(partial(look_after, folder, way, known, told))
    outcome.old += "sells old" in after
    outcome.new += "sells new" in after
    outcome.bad += [f"{way}, write {at}: {line}" for line in after if not line.startswith("sells ")]
    return True


def make(folder: Path) -> tuple[KeptShop, dict[int, list[int]]]:
    """Make the shop; return it as it stands, and the basket's prices by season."""
    TillWorkload().make(folder)
    for season in SEASONS:
        fillers = (
            msgspec.json.encode(
                {"type": "item", "sku": f"F{number}", "name": f"货品{number}", "tax": "vat13",
                 "price": f"{(number + 1) * season // 100}.00"}
            )
            for number in range(FILLERS)
        )  # fmt: skip
        season_file(folder, season).write_bytes(b"\n".join((catalog(season), *fillers)))
    selling = Selling(folder, lambda text: None)
    known = {}
    for season in (*SEASONS[1:], SEASONS[0]):
        bring(selling, season, "whole")
        sale = basket(selling)
        known[season] = prices(sale)
        sale.cancel("only looked")
    selling.close()
    return KeptShop(folder), known


def kill_all_over(
    folder: Path,
    way: str,
    kills: int,
    kept: KeptShop,
    known: dict[int, list[int]],
    outcome: Outcome,
) -> None:
    """Kill so often in one way to import, at its first write, its last, and evenly between."""
    kept.put_back()
    told = in_child(partial(die_while_switching, folder, way, 0))
    writes = outcome.writes[way] = int(told[-1].split()[1])
    for number in range(kills):
        kept.put_back()
        at = 1 + number * (writes - 1) // max(1, kills - 1)
        if not try_one(folder, way, at, known, outcome):
            outcome.bad.append(f"{way}: there is no write {at}")


def run(kills: int) -> Outcome:
    """Kill at writes spread evenly over an import, each way in turn."""
    place = Path(tempfile.mkdtemp(dir=memory_root()))
    outcome = Outcome()
    try:
        folder = place / "till"
        kept, known = make(folder)
        with no_probe():
            for way in WAYS:
                kill_all_over(folder, way, -(-kills // len(WAYS)), kept, known, outcome)
    finally:
        shutil.rmtree(place)
    return outcome


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--json", action="store_true", help="say it for a program")
    chosen = parser.parse_args()
    if not faulty_disk.compiler():
        faulty_disk.refuse()
    faulty_disk.start()
    began = time.perf_counter()
    found = run(chosen.kills)
    if chosen.json:
        sys.stdout.write(msgspec.json.encode(found).decode())
    else:
        took = time.perf_counter() - began
        print(f"{found} in {took:.0f} s: {'FAILED' if found.bad else 'ok'}")
    return bool(found.bad)


if __name__ == "__main__":
    sys.exit(main())
