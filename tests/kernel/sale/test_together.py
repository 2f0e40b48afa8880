"""Sales whose commits share a flush: what is outside of the journal comes after it."""

from pathlib import Path

from cashwrap.tender.driver import Intent, Outcome
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal


def rung_up(shop: Shop) -> str:
    sale = shop.till.new_sale()
    sale.add("COLA", 2)
    return sale.id


def test_a_sale_paid_before_a_lost_flush_is_open_again(tmp_path: Path):
    """Until its end is on the disk the draft keeps a sale, also when it was the last one open."""
    shop = Shop(tmp_path)
    sale = rung_up(shop)
    with shop.till.store.grouped():
        shop.till.sale(sale).pay_cash(700)
        later = shop.till.new_sale()
        lost, _ = shop.till.store.engine._group.taken()  # type: ignore[union-attr]
        assert lost is not None
        lost.abort()  # as LMDB does with what a dead process had begun
    with shop.crash() as till:
        assert till.sale(sale).due_minor == 700
        assert till.sale(later.id).lines == ()


def test_the_draft_is_given_up_once_the_end_is_on_the_disk(tmp_path: Path):
    """After the flush nothing of an ended sale comes back, and what began meanwhile does."""
    shop = Shop(tmp_path)
    sale = rung_up(shop)
    with shop.till.store.grouped():
        shop.till.sale(sale).pay_cash(700)
        later = rung_up(shop)
    with shop.crash() as till:
        assert [one.id for one in till.open_sales()] == [later]
        assert till.takings().sales == 1


class LooksFirst(FakeTerminal):
    """A terminal that sees what is on the disk when it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[bool] = []
        self.shop: Shop | None = None

    def begin(self, intent: Intent) -> Outcome:
        assert self.shop is not None
        group = self.shop.till.store.engine._group
        self.seen.append(group is not None and group.txn is None)
        return super().begin(intent)


def test_no_driver_is_asked_before_the_intent_is_on_the_disk(tmp_path: Path):
    """Within a group an intent is flushed, with all before it, before the request goes out."""
    terminal = LooksFirst()
    shop = Shop(tmp_path, drivers={"card": terminal})
    terminal.shop = shop
    first, second = rung_up(shop), rung_up(shop)
    with shop.till.store.grouped():
        shop.till.sale(first).pay_cash(700)
        payment = shop.till.sale(second).payments.ask("card")
    shop.till.close()
    assert terminal.seen == [True]
    assert payment.state == "approved"


def test_an_override_is_in_the_journal_before_it_is_in_the_draft(tmp_path: Path):
    """A price by hand that comes back after a crash is one that the journal has."""
    shop = Shop(tmp_path)
    sale = rung_up(shop)
    with shop.till.store.grouped():
        shop.till.sale(sale).override_price(1, 300, "dented")
        group = shop.till.store.engine._group
        assert group is not None
        assert group.txn is None
    with shop.crash() as till:
        assert till.sale(sale).due_minor == 600
