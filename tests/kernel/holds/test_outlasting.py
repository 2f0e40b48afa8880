"""A suspended sale is in the journal, a resumed one in the draft or the journal: never both, never
neither, whatever dies when."""

from pathlib import Path

import pytest

from cashwrap.errors import CashwrapError
from cashwrap.sale.holds.errors import AlreadyResumed
from cashwrap.sale.sale import Sale
from cashwrap.store.draft import DraftUnavailable
from cashwrap.store.errors import DiskFull
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal
from cashwrap.till import Till


class PulledPlug(Exception):
    """The process is gone at this point."""


def basket(shop: Shop, register: str = "R1") -> Sale:
    sale = shop.till.new_sale(register=register)
    sale.add("COLA", 2)
    sale.add("BUN")
    return sale


def dies(*_: object, **__: object) -> None:
    raise PulledPlug


def lose_draft(shop: Shop) -> None:
    """What a power cut may do to a file that was not flushed."""
    shop.till.abandon()
    path = Path(shop.folder) / "draft"
    path.write_bytes(bytes(path.stat().st_size))
    shop.till = shop._opened()


def everywhere(shop: Shop) -> list[str]:
    """The sales that are open, and those that wait."""
    till = shop.till
    return sorted([sale.id for sale in till.open_sales()] + [h.sale for h in till.holds.waiting()])


@pytest.mark.req("R23")
def test_a_suspended_sale_outlives_a_restart_and_a_crash(shop: Shop) -> None:
    """It waits in the journal, and in no draft."""
    parked = basket(shop).suspend()
    other = basket(shop)
    for again in (shop.crash, shop.reopen, shop.crash):
        again()
        assert shop.till.holds.waiting() == (parked,)
        assert [sale.id for sale in shop.till.open_sales()] == [other.id]
    lose_draft(shop)
    assert shop.till.holds.waiting() == (parked,)
    assert shop.till.holds.resume(parked).sale.totals.payable_minor == parked.total_minor


def test_killed_before_a_suspend_is_journaled_the_sale_is_open(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if nobody had asked."""
    sale = basket(shop)
    with monkeypatch.context() as patch:
        patch.setattr(shop.till.store, "commit", dies)
        with pytest.raises(PulledPlug):
            sale.suspend()
    shop.crash()
    assert everywhere(shop) == [sale.id]
    assert shop.till.holds.waiting() == ()
    assert shop.till.sale(sale.id).totals.payable_minor == 1600


@pytest.mark.parametrize("others", [0, 1])
def test_killed_after_a_suspend_is_journaled_the_sale_waits(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, others: int
) -> None:
    """Its edits still stand in the draft; they do not bring it back."""
    more = [basket(shop).id for _ in range(others)]
    sale = basket(shop)
    with monkeypatch.context() as patch:
        patch.setattr(Till, "ended", dies)
        with pytest.raises(PulledPlug):
            sale.suspend()
    shop.crash()
    assert [hold.sale for hold in shop.till.holds.waiting()] == [sale.id]
    assert [each.id for each in shop.till.open_sales()] == more


def test_killed_before_a_resume_is_journaled_the_sale_waits(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although the draft has it already."""
    parked = basket(shop).suspend()
    with monkeypatch.context() as patch:
        patch.setattr(shop.till.store, "commit", dies)
        with pytest.raises(PulledPlug):
            shop.till.holds.resume(parked)
    shop.crash()
    assert shop.till.holds.waiting() == (parked,)
    assert shop.till.open_sales() == ()
    assert shop.till.holds.resume(parked).sale.totals.payable_minor == 1600


@pytest.mark.parametrize("power_cut", [False, True])
def test_killed_after_a_resume_is_journaled_the_sale_is_open(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, power_cut: bool
) -> None:
    """From the draft, or from the journal where the draft is lost; at the register it came to."""
    parked = basket(shop).suspend()
    with monkeypatch.context() as patch:
        patch.setattr(Till, "began", dies)
        with pytest.raises(PulledPlug):
            shop.till.holds.resume(parked, register="R2")
    if power_cut:
        lose_draft(shop)
    else:
        shop.crash()
    (sale,) = shop.till.open_sales()
    assert (sale.id, sale.register) == (parked.sale, "R2")
    assert sale.totals.payable_minor == 1600
    assert shop.till.holds.waiting() == ()
    with pytest.raises(AlreadyResumed, match="R2"):
        shop.till.holds.resume(parked)


def test_what_was_added_after_a_resume_is_in_the_draft(shop: Shop) -> None:
    """The draft knows more than the journal then; an old draft of the same sale does not."""
    other = basket(shop)  # so that the draft goes on and still has the sale from before
    parked = basket(shop).suspend()
    sale = shop.till.holds.resume(parked).sale
    sale.add("CAKE")
    shop.crash()
    assert shop.till.sale(parked.sale).totals.payable_minor == 1600 + 2200
    lose_draft(shop)
    assert shop.till.sale(parked.sale).totals.payable_minor == 1600
    assert [each.id for each in shop.till.open_sales()] != [other.id]
    shop.crash()
    assert shop.till.sale(parked.sale).totals.payable_minor == 1600


def test_a_repriced_sale_comes_back_from_the_journal_at_the_new_prices(shop: Shop) -> None:
    """What the customer was told holds after a power cut."""
    parked = basket(shop).suspend()
    shop.clock.pass_ms(24 * 3_600_000)
    shop.till.import_catalog(shop.folder / "items.jsonl")
    text = (shop.folder / "items.jsonl").read_text(encoding="utf-8").replace('"3.50"', '"5.00"')
    (shop.folder / "items.jsonl").write_text(text, encoding="utf-8")
    shop.till.import_catalog(shop.folder / "items.jsonl")
    told = shop.till.holds.resume(parked)
    assert told.changes.after_minor == 1900
    lose_draft(shop)
    sale = shop.till.sale(parked.sale)
    assert (sale.lines, sale.priced()) == (told.sale.lines, told.sale.priced())


def test_a_full_disk_refuses_the_resume_and_the_sale_waits(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the draft's refusal nor the journal's loses or doubles it."""
    parked = basket(shop).suspend()

    def full(*_: object, **__: object) -> None:
        raise DiskFull(1024, 2048)

    def no_draft(*_: object, **__: object) -> None:
        raise DraftUnavailable("no space")

    for owner, name, refuse in (
        (shop.till.store, "commit", full),
        (shop.till._draft, "append", no_draft),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, refuse)
            with pytest.raises(CashwrapError, match=r"no space|disk is full"):
                shop.till.holds.resume(parked)
        assert everywhere(shop) == [parked.sale]
        assert shop.till.open_sales() == ()
    sale = shop.till.holds.resume(parked).sale
    sale.pay_cash(2000)
    assert everywhere(shop) == []
    assert shop.till.store.verify().ok


def test_a_sale_that_ended_leaves_nothing_behind(shop: Shop) -> None:
    """Paid or cancelled, resumed or not: no cart is kept, nothing comes back."""
    done, gone, never = (basket(shop).suspend(key="138") for _ in range(3))
    shop.till.holds.resume(done).sale.pay_cash(10_000)
    shop.till.holds.resume(gone).sale.cancel()
    shop.till.holds.cancel(never)
    lose_draft(shop)
    assert everywhere(shop) == []
    with shop.till.store.read() as reader:
        assert list(reader.items("holds.carts")) == []
        left = [bytes(key)[:1] for key, _ in reader.items("holds.index")]
    assert set(left) == {b"s", b"d", b"n"}


def test_holds_survive_a_trimmed_journal(shop: Shop) -> None:
    """Old records may go; what waits can still be resumed."""
    parked = basket(shop).suspend()
    basket(shop).cancel()
    shop.till.store.trim(shop.till.store.head.seq - 1, at=shop.till.now())
    assert shop.till.holds.resume(parked).sale.totals.payable_minor == 1600
    assert shop.till.store.verify().ok


def test_the_tables_are_what_the_journal_folds_to(shop: Shop) -> None:
    """After every kind of end, and for a sale that was suspended twice."""
    first, second, third = (basket(shop).suspend("接电话", key=k) for k in ("a", "b", ""))
    shop.till.holds.resume(first).sale.pay_cash(10_000)
    shop.till.holds.resume(second).sale.suspend("取钱包", key="c")
    shop.till.holds.cancel(third)
    assert shop.till.store.verify().projections == ()
    shop.till.store.rebuild()
    assert [hold.key for hold in shop.till.holds.waiting()] == ["c"]
    assert shop.till.store.verify().projections == ()


@pytest.mark.parametrize("lost", [False, True])
def test_a_payment_asked_for_before_the_hold_brings_no_older_cart_back(
    tmp_path: Path, lost: bool
) -> None:
    """The journal kept the cart of that payment too; what was resumed later knows more."""
    terminal = FakeTerminal(("decline",))
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    sale = basket(shop, "")
    sale.payments.ask("card")
    assert sale.state == "open"
    sale.add("CAKE")
    parked = sale.suspend()
    shop.crash()
    assert shop.till.open_sales() == ()
    shop.till.holds.resume(parked)
    if lost:
        lose_draft(shop)
    else:
        shop.crash()
    assert shop.till.sale(sale.id).totals.payable_minor == 3800
    shop.till.close()


@pytest.mark.req("R19")
def test_suspended_sales_outlive_the_shift(shop: Shop) -> None:
    """A shift closes while sales wait; they are resumed and paid in another one, offline."""
    till = shop.till
    first = till.shifts.open(0, register="R1", staff="ana")
    parked = [basket(shop).suspend("接电话", staff="ana") for _ in range(2)]
    till.shifts.declare(first.number, cash={}, staff="ana")
    till.shifts.close(first.number, staff="boss")
    shop.reopen()
    till = shop.till
    till.shifts.open(0, register="R2", staff="ben")
    assert till.holds.waiting() == tuple(parked)
    for hold in parked:
        till.holds.resume(hold, register="R2", staff="ben").sale.pay_cash(1600, staff="ben")
    assert till.takings().sales == 2
    assert till.store.verify().ok
