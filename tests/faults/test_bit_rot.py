"""Single bits that change on the disk: none is taken for truth."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import flipped_bits

from cashwrap.catalog.keys import CURRENT, CURRENT_KEY, ITEMS
from cashwrap.doctor import examine
from cashwrap.errors import CashwrapError
from cashwrap.store.errors import StoreDamaged
from cashwrap.testing.shop import Shop

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.mark.req("R176")
def test_no_flipped_bit_is_taken_for_truth():
    """Each changed bit is in unused bytes, or somebody notices, in words."""
    found = flipped_bits.run(40, seed=3)
    assert found.bad == []
    assert not [seen for seen in found.seen_by if "bare" in seen or "died" in seen]
    assert found.seen_by["unused bytes"] < 40


def test_a_damaged_catalog_is_found_by_the_doctor(shop_on_disk: Shop):
    """Catalogs stand beside the journal: the doctor holds each to its hash."""
    till = shop_on_disk.till
    with till.store.stage() as writer:
        key, value = next(iter(writer.items(ITEMS)))
        writer.put(ITEMS, key, value[:-1] + bytes([value[-1] ^ 1]))
    bad = [one for one in examine(till, deep=True) if one.check == "catalog.whole"]
    assert [one.level for one in bad] == ["bad"]
    assert "catalog 1" in str(bad[0].found)


def test_a_table_that_lost_its_name_is_said(shop_on_disk: Shop):
    """A store without one of its own tables does not open as if it never had a command."""
    shop_on_disk.till.close()
    data = shop_on_disk.folder / "data.mdb"
    data.write_bytes(data.read_bytes().replace(b"store.commands", b"store.commandz"))
    with pytest.raises(StoreDamaged, match=r"store\.commands is missing"):
        shop_on_disk._opened()


def test_a_row_that_cannot_be_read_is_said(shop_on_disk: Shop):
    """A table's damaged row is no traceback: verify and rebuild are named."""
    till = shop_on_disk.till
    plan = till.store.engine.dbs[CURRENT]
    till.store.engine.write(lambda txn: txn.put(CURRENT_KEY, b"\xc1", db=plan) or None)
    till.close()
    with pytest.raises(CashwrapError, match="cashwrap rebuild"):
        shop_on_disk._opened()
