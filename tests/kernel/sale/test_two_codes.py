"""A pack with two barcodes is one pack, and either of them may stop it."""

import pytest

from cashwrap.scan.errors import ExpiredItem

EAN = "6901234567892"


def test_second_code_of_a_pack_adds_nothing(shop):
    """EAN-13 and DataMatrix of the same pack, read by one trigger, are one line of one piece."""
    sale = shop.till.new_sale()
    first = sale.scan(EAN)
    assert sale.scan(f"]d2010{EAN}17301231") == first
    assert [line.quantity_milli for line in sale.lines] == [1000]


def test_second_code_stops_an_expired_pack(shop):
    """The date stands in the DataMatrix only: the pack is stopped though its EAN-13 went first."""
    sale = shop.till.new_sale()
    sale.scan(EAN)
    with pytest.raises(ExpiredItem):
        sale.scan(f"]d2010{EAN}17200101")
