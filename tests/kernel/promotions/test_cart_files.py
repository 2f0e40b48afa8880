"""Cart files that rules are tried on."""

from pathlib import Path

import pytest

from cashwrap.errors import BulkRefused
from cashwrap.promotions.files.carts import read_cart
from cashwrap.promotions.model import Occasion


@pytest.mark.parametrize(
    ("occasion", "place", "text"),
    [
        ('at = "gestern"', "occasion.at", "write 2026-11-11T09:00"),
        ('at = "9999-99-99"', "occasion.at", "write 2026-11-11T09:00"),
        ('timezone = "Mars/City"', "occasion.timezone", "write Asia/Shanghai"),
        ('timezone = "/etc"', "occasion.timezone", "write Asia/Shanghai"),
        ('cupons = ["x"]', "occasion.cupons", "did you mean 'coupons'?"),
        ("points = -3", "occasion.points", "expected a whole number from 0"),
        ('fees = { delivery = "6" }', "occasion.fees.delivery", "expected a whole number"),
    ],
)
def test_everything_wrong_with_a_cart_is_said_by_field(
    tmp_path: Path, occasion: str, place: str, text: str
) -> None:
    """Each fault names the field, what was expected and what was got, all of them at once."""
    file = tmp_path / "cart.toml"
    line = '{ sku = "TEA", units = 0, price_minor = "x", colour = 1 }'
    file.write_text(f"lines = [{line}, 7]\n[occasion]\n{occasion}\n", encoding="utf-8")
    with pytest.raises(BulkRefused) as refused:
        read_cart(file, Occasion(0, 0), lambda sku: None)
    said = {one.source.removeprefix("cart.toml: "): one.message for one in refused.value.issues}
    assert list(said) == [
        "lines[0].colour", "lines[0].units", "lines[0].price_minor", "lines[1]", place,
    ]  # fmt: skip
    assert said["lines[0].units"] == "expected a whole number from 1 to 1000000, got 0"
    assert text in said[place]


def test_a_time_may_be_written_without_quotes(tmp_path: Path) -> None:
    """A cart is read as a rule file is: TOML's own times are texts."""
    file = tmp_path / "cart.toml"
    lines = '\ufefflines = [{ sku = "TEA", price_minor = 500 }]'
    file.write_text(f"{lines}\n[occasion]\nat = 2026-11-11T09:00:00\n", encoding="utf-8")
    occasion = read_cart(file, Occasion(0, 0), lambda sku: None).occasion
    assert occasion.now_ms == 1_794_358_800_000
