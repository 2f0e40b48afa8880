"""A resume that never reached the journal leaves nothing that a later one could be mistaken for."""

import random

import msgspec
import pytest

from cashwrap.testing.disk import Died, MemoryDisk
from cashwrap.testing.shop import ITEMS, SETTINGS, ManualClock, SeededRandomness
from cashwrap.till import Till


def test_the_journal_says_how_a_sale_was_resumed_whatever_the_draft_held_before(tmp_path):
    """The second resume counts, though the power cut took its draft and left that of the first."""
    port = MemoryDisk()
    ports = {"clock": ManualClock(), "randomness": SeededRandomness(), "witness": [], "disk": port}
    folder = tmp_path / "shop"
    Till.create(folder, SETTINGS, **ports)
    till = Till.open(folder, plugins=False, **ports)
    items = tmp_path / "items.jsonl"
    items.write_bytes(b"\n".join(map(msgspec.json.encode, ITEMS)))
    till.import_catalog(items)
    other = till.new_sale()
    other.add("COLA")
    sale = till.new_sale()
    sale.add("BUN")
    hold = sale.suspend("phone", staff="ana")

    def die(moment):
        if moment == "commit":
            raise Died

    port.trouble = die
    with pytest.raises(Died):
        till.holds.resume(hold.code, staff="ben")
    till.abandon()
    port.revive()
    port.trouble = lambda moment: None
    till = Till.open(folder, plugins=False, **ports)
    back = till.holds.resume(hold.code, staff="cleo").sale
    port.contents[str(folder / "draft")].pending.clear()  # what the power cut takes
    history = back.history
    till.abandon()
    port.revive()
    port.cut_power(random.Random(1))
    with Till.open(folder, plugins=False, **ports) as again:
        assert again.sale(back.id).history == history
