"""The replay of real baskets, on a small made-up file with the same columns."""

import csv
import random
import subprocess
import sys
from pathlib import Path

import pytest

REPLAY = Path(__file__).parents[2] / "benches" / "replay_tafeng.py"
COLUMNS = ("dt", "customer", "PRODUCT_ID", "AMOUNT", "ASSET", "SALES_PRICE")


def ean(number: int) -> str:
    body = f"471{number:09d}"
    total = sum(map(int, body[::2])) + 3 * sum(map(int, body[1::2]))
    return f"{body}{-total % 10}"


def rows(baskets: int) -> list[tuple[object, ...]]:
    """Baskets of up to 12 lines: prices that change, that do not divide, and goods given free."""
    dice = random.Random(7)
    made: list[tuple[object, ...]] = []
    for basket in range(baskets):
        day = f"2000-11-{1 + basket * 3 // baskets:02d}"
        for number in dice.sample(range(60), dice.randint(1, 12)):
            units = dice.choice((1, 1, 1, 2, 3, 7))
            cost = dice.choice((0, 10 * units, 10 * units + 1))
            made.append((day, basket, ean(number), units, cost, dice.randint(10, 40) * units + 1))
    return made


def replay(data: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPLAY), str(data), "--sales", "300"]
    folders = ["--folder", str(tmp_path), "--memory-folder", str(tmp_path)]
    return subprocess.run([*command, *folders], capture_output=True, text=True, check=False)


def test_three_hundred_sales_come_out_as_the_data_says_to_the_cent_and_unit(
    tmp_path: Path,
) -> None:
    """Takings, cost, margin and stock of the shop equal the sums of the file."""
    made = rows(300)
    data = tmp_path / "baskets.csv"
    with data.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *made])
    done = replay(data, tmp_path)
    assert done.returncode == 0, done.stderr
    units, cost, price = (sum(int(str(row[at])) for row in made) for at in (3, 4, 5))
    assert f"300 sales, {len(made)} lines, {units} units, 3 days" in done.stdout
    said = " ".join(done.stdout.split())
    assert f"price NT$ {price:,}.00 as in the data, each day" in said
    assert f"cost NT$ {cost:,}.00 as in the data, each day and SKU" in said
    assert f"margin NT$ {price - cost:,}.00" in said


def test_parquet_is_read_as_well(tmp_path: Path) -> None:
    """The published file is parquet with dates, not text."""
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns = {
        name: list(values) for name, values in zip(COLUMNS, zip(*rows(8), strict=True), strict=True)
    }
    parquet.write_table(pa.table(columns), tmp_path / "baskets.parquet")
    done = replay(tmp_path / "baskets.parquet", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "8 sales" in done.stdout
