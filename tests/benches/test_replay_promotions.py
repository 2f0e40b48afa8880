"""The replay under promotions, on a few made-up baskets in the data's form."""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

BENCHES = Path(__file__).parents[2] / "benches"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three products of two categories in 12 baskets, and lines that are none."""
    products = {
        "product_id": [1, 2, 3],
        "department": ["GROCERY", "GROCERY", "DRUG GM"],
        "product_category": ["SOFT DRINKS", "SOFT DRINKS", None],
        "brand": ["National", "Private", "Private"],
    }
    lines = [
        (basket, product, quantity, paid, off)
        for basket in range(12)
        for product, quantity, paid, off in (
            (1, 1 + basket % 3, 250 * (1 + basket % 3), 0),
            (2, 2, 300, 100),
            (3, 1, 999, 0),
            (3, 21_000, 4000, 0),  # fuel
            (2, 0, 0, 0),  # given away
        )
    ]
    names = ("basket_id", "product_id", "quantity", "sales_value_c", "retail_disc_c")
    columns = dict(zip(names, map(list, zip(*lines, strict=True)), strict=True))
    parquet.write_table(pa.table(columns), tmp_path / "cj_tx_w1_30.parquet")
    parquet.write_table(pa.table(products), tmp_path / "cj_products.parquet")
    return tmp_path


def test_the_replay_prices_sells_and_checks(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Engine, reference and till agree on every basket, or the run ends with what differs."""
    monkeypatch.setattr(sys, "path", [str(BENCHES), *sys.path])
    import replay_promotions

    assert replay_promotions.main([str(data), "--folder", str(data)]) == 0
    said = capsys.readouterr().out
    assert "12 baskets, 36 lines" in said
    assert "12 of them sold and paid at a till" in said


def test_prices_are_those_before_the_shops_own_promotions(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was paid and what came off, for one piece."""
    monkeypatch.setattr(sys, "path", [str(BENCHES), *sys.path])
    from journey import read_journey

    journey = read_journey(data)
    assert {line.goods.sku: line.unit_minor for line in journey.baskets[0]} == {
        "1": 250, "2": 200, "3": 999,
    }  # fmt: skip
    assert journey.baskets[0][2].goods.categories == ("DRUG_GM/None", "DRUG_GM")
