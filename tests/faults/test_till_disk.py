"""The disk of a whole till fills up and fails: what was said stands, and selling goes on after."""

import contextlib
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_disk import fill, small_disk

from cashwrap.errors import CashwrapError
from cashwrap.sale.sale import Sale
from cashwrap.store.errors import DiskFull, ViewEnded
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal

LIMIT_BYTES = 17 << 20  # a little more than a fresh data file


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file of this process may grow beyond the limit, as on a disk without space."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def give_space() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def long_sale(shop: Shop) -> Sale:
    """A sale whose record takes much room."""
    sale = shop.till.new_sale()
    sale.add("COLA")
    for _ in range(100):
        sale.note("字" * 400, 1)
    return sale


def test_a_full_disk_refuses_in_words_and_loses_nothing(tmp_path: Path, full_disk: None) -> None:
    """The sale that did not fit stays open; with space again the same payment goes through."""
    shop = Shop(tmp_path / "shop")
    done = 0
    with pytest.raises(DiskFull, match="free some space") as refused:  # noqa: PT012
        for _ in range(1_000):
            sale = long_sale(shop)
            sale.pay_cash(350)
            done += 1
    assert isinstance(refused.value, CashwrapError)
    assert done > 10
    assert (sale.state, sale.due_minor) == ("open", 350)
    assert shop.till.takings().sales == done
    again = shop.crash().sale(sale.id)  # it also opens on the full disk, and shows what it has
    assert again.history == sale.history
    assert shop.till.takings().sales == done
    give_space()
    again.pay_cash(350)
    assert shop.till.takings().sales == done + 1
    assert shop.till.store.verify().ok
    shop.till.close()


def test_a_card_is_not_asked_when_its_intent_does_not_fit(tmp_path: Path, full_disk: None) -> None:
    """Money moves only after the intent is on the disk; a full disk stops the request."""
    terminal = FakeTerminal()
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    paid = 0
    with pytest.raises(DiskFull):  # noqa: PT012
        for _ in range(1_000):
            sale = long_sale(shop)
            sale.payments.ask("card")
            paid += 1
    give_space()
    net_minor = sum(charge.net_minor for charge in terminal.charges.values())
    asked_and_unsaid = net_minor - 350 * paid
    assert asked_and_unsaid in (0, 350)  # the intent fitted and the answer did not: never twice
    for _ in range(20):
        shop.clock.pass_ms(1_000)
        shop.till.step()
    again = shop.crash()
    for each in again.open_sales():
        if each.state == "open":
            each.payments.ask("card")
    for _ in range(20):
        shop.clock.pass_ms(1_000)
        shop.till.step()
    assert again.open_sales() == ()
    assert again.takings().sales == paid + 1
    assert sum(charge.net_minor for charge in terminal.charges.values()) == 350 * (paid + 1)
    shop.till.close()


@pytest.mark.req("R179")
@pytest.mark.parametrize("kind", ["ext4", "tmpfs"])
def test_a_full_disk_stops_sales_and_never_the_close_of_the_shift(
    tmp_path: Path, kind: str
) -> None:
    """Journal, draft and logs share a full disk: each refusal is in words, the Z is made, and
    with space again the same sale goes on, also after a restart on the full disk."""
    with small_disk(tmp_path / "disk", kind) as disk:
        shop = Shop(disk / "shop")
        shop.till.shifts.open(10_000, staff="amy")
        fill(disk / "logs")
        sale, done, refused = None, 0, None
        while refused is None:
            try:
                sale = long_sale(shop)
                sale.pay_cash(350)
                done += 1
            except CashwrapError as error:
                refused = error
        assert sale is not None
        assert done > 10
        assert "free some space" in str(refused)
        assert shop.till.receipt_text(shop.till.sale_of_number(done))  # what was sold can be shown
        history = sale.history
        shifts = shop.crash().shifts  # it opens on the full disk, and the shift goes on
        assert shop.till.sale(sale.id).history == history
        shifts.blind_close(staff="amy")
        shifts.declare(1, cash={100: 100}, staff="amy")
        z = shifts.close(1, staff="amy")
        assert (z.z, z.sums.sales, z.sums.sales_minor) == (1, done, 350 * done)
        assert shifts.text(z)
        (disk / "logs").unlink()
        shop.till.sale(sale.id).pay_cash(350)
        assert shop.till.takings().sales == done + 1
        assert shop.till.store.verify(all_seals=True).ok
        shop.till.close()


@pytest.mark.parametrize("reading", [False, True])
def test_a_file_that_grows_refuses_no_sale(shop_on_disk: Shop, reading: bool) -> None:
    """It grows when 70 % is used; a report that reads on is ended before a sale is refused."""
    shop, sold, used = shop_on_disk, 0, 0
    store = shop.till.store
    with store.read() if reading else contextlib.nullcontext() as report:
        while not store.stats().growths:
            before = store.stats()
            used = before.used_bytes * 100 // store.engine.map_size
            long_sale(shop).pay_cash(350)
            sold += 1
        if report is not None:
            with pytest.raises(ViewEnded):
                report.get("sale.ended", b"")
    assert shop.till.takings().sales == sold
    assert 68 <= used <= (100 if reading else 72)
