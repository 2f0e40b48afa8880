"""A look into a store, beside a till that is selling on it or into a backup, writes nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from cashwrap.sale.events import DrawerOpened, SaleCompleted
from cashwrap.store.errors import StoreDamaged, StoreMissing
from cashwrap.store.look import look_into
from cashwrap.testing.shop import Shop

LOOKER = """
import sys
from pathlib import Path
from cashwrap.sale.events import SaleCompleted
from cashwrap.store.look import look_into

with look_into(Path(sys.argv[1])) as look:
    print(look.head.seq, flush=True)
    sys.stdin.readline()
    head = look.journal.head().seq
    sold = [one for one in look.records(0, head) if one.envelope.kind == SaleCompleted.kind]
    with look.read() as reader:
        print(head, len(sold), sum(1 for _ in reader.items("sale.index")))
"""


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path / "shop")
    yield made
    made.till.close()


def test_looks_beside_a_till_that_sells_on_and_makes_its_file_larger(shop):
    """Another process reads all that the till journals meanwhile, also after the file grew."""
    looker = subprocess.Popen(
        [sys.executable, "-c", LOOKER, str(shop.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert looker.stdout is not None
    before = int(looker.stdout.readline())
    assert before == shop.till.store.head.seq
    for _ in range(20):
        shop.till.commit([DrawerOpened("x" * 1_000_000)])
    sale = shop.till.new_sale()
    sale.add("COLA")
    sale.pay_cash(1_000)
    told, _ = looker.communicate("\n")
    assert shop.till.store.engine.growths
    assert told.split() == [str(shop.till.store.head.seq), "1", "1"]
    assert looker.returncode == 0


def test_a_till_opens_while_somebody_looks(tmp_path):
    """A look owns nothing, so no till is refused because of it."""
    shop = Shop(tmp_path / "shop")
    shop.till.close()
    looker = subprocess.Popen(
        [sys.executable, "-c", LOOKER, str(shop.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert looker.stdout is not None
    looker.stdout.readline()
    with shop.reopen() as till:
        assert till.store.head.seq
        looker.communicate("\n")


def test_looks_into_a_closed_folder_and_into_a_backup(shop, tmp_path):
    """Both hold the same records as the store."""
    sale = shop.till.new_sale()
    sale.add("COLA")
    sale.pay_cash(1_000)
    backup = tmp_path / "monday.mdb"
    shop.till.store.backup(backup)
    hashes = [record.hash for record in shop.till.store.records()]
    shop.till.abandon()
    for path in (shop.folder, backup):
        with look_into(path) as look:
            assert [record.hash for record in look.records()] == hashes
            assert isinstance(look.journal.get(look.head.seq).body(), SaleCompleted)
    assert not (shop.folder / "journal.fault").exists()


def test_says_what_is_no_store(tmp_path):
    """A folder without one, a path without one, and another file are named as what they are."""
    with pytest.raises(StoreMissing), look_into(tmp_path / "none.mdb"):
        pass
    with pytest.raises(StoreMissing), look_into(tmp_path):
        pass
    other = Path(tmp_path / "other.mdb")
    other.write_bytes(b"no database" * 2000)
    with pytest.raises(StoreDamaged, match="not an LMDB file"), look_into(other):
        pass


def test_a_process_does_not_look_into_what_it_has_open(shop):
    """Within the till's own process its store is there to be asked."""
    with pytest.raises(StoreDamaged, match="already open"), look_into(shop.folder):
        pass
