"""A card number typed into every field that takes words never reaches the disk."""

import contextlib
from pathlib import Path

import pytest

from cashwrap.errors import CashwrapError
from cashwrap.pricing.model import Fee
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal

PAN = "4111111111111111"
WRITTEN = (PAN, "4111 1111 1111 1111", "4111-1111-1111-1111", f"card {PAN}.")


@pytest.mark.parametrize("pan", WRITTEN)
def test_no_card_number_is_anywhere_in_the_folder(tmp_path: Path, pan: str) -> None:
    """Words are masked or refused before they are written: journal, tables, draft, everything."""
    terminal = FakeTerminal()
    shop = Shop(tmp_path / "shop", drivers={"card": terminal})
    till = shop.till
    sale = till.new_sale(customer=pan, staff=pan)
    attempts = [
        lambda: sale.scan(pan, staff=pan),
        lambda: sale.add(pan, staff=pan),
        lambda: sale.add("COLA", staff=pan, lot=pan),
        lambda: sale.add("BUN", staff=pan, command=pan),
        lambda: sale.add("BUN", unit=pan),
        lambda: sale.add("TEA-L", modifiers=[pan]),
        lambda: sale.note(pan, staff=pan),
        lambda: sale.note(pan, 1),
        lambda: sale.credit(pan),
        lambda: sale.credit(pan, 1),
        lambda: sale.override_price(1, 300, pan, approver=pan, staff=pan),
        lambda: sale.discount(percent_ppm=1_000, reason=pan, approver=pan, staff=pan),
        lambda: sale.remove_discount(pan),
        lambda: sale.charge(Fee(pan, pan, "fixed", 100)),
        lambda: sale.set_customer(pan),
        lambda: sale.set_order_type(pan),
        lambda: sale.void_line(2, pan, staff=pan),
        lambda: sale.payments.record("voucher", pan, 10, pan, staff=pan, command=pan),
        lambda: sale.payments.give_back(pan, staff=pan),
        lambda: sale.payments.ask("card", 10, auth_code=pan, staff=pan, command=pan + "x"),
        lambda: sale.payments.scan(pan),
        lambda: sale.payments.ask(pan, staff=pan),
        lambda: till.new_sale(customer=pan, staff=pan, command=pan).cancel(pan, staff=pan),
        lambda: till.no_sale(pan, staff=pan),
        lambda: sale.pay_cash(100_000, staff=pan, command=pan + "y"),
        lambda: till.reprint(sale.id, staff=pan),
        lambda: till.import_catalog(tmp_path / "none.csv", staff=pan),
    ]
    done = 0
    for attempt in attempts:
        with contextlib.suppress(CashwrapError):
            attempt()
            done += 1
    assert done > 12
    till.close()
    for path in shop.folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert pan.encode() not in data, path.name
        assert PAN.encode() not in data, path.name
