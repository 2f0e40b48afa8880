"""Hostile catalog files: whatever the bytes, the answer is a catalog or a typed refusal."""

from pathlib import Path

import pytest
from catalog_shop import Shop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cashwrap.catalog.errors import CatalogError
from cashwrap.catalog.keys import STAGED_TABLES
from cashwrap.errors import BulkRefused

pieces = st.sampled_from(
    [
        "sku", "name", "price", "gtins", ",", ",", "\n", "\r", "\r\n", '"', "'", "=1+1", "\0", "-5",
        "6901234567892", "9" * 40, "1e9", "٣", "NaN", "可口可乐", "|", "\\", "\t", "\x1a", "\ufeff",
        "🥤", "size=a/b", '{"sku":', '"A"', "}", "[", "]", ":", "null", "1.50", "2026-01-01",
    ]
)  # fmt: skip
texts = st.lists(pieces, max_size=40).map("".join)
raws = st.one_of(
    st.binary(max_size=200),
    texts.map(lambda text: text.encode("utf-8")),
    texts.map(lambda text: text.encode("gb18030")),
    texts.map(lambda text: b"sku,name,gtins,price,spec\n" + text.encode("utf-8")),
)
names = st.sampled_from(["items.csv", "prices.csv", "slots.csv", "taxes.csv", "a.jsonl", "b.txt"])


@settings(max_examples=250, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.dictionaries(names, raws, min_size=1, max_size=3), st.booleans())
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], single: bool
) -> None:
    """Only BulkRefused or a CatalogError comes out, and then nothing has been staged."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    for name, raw in files.items():
        (folder / name).write_bytes(raw)
    shop = Shop()
    try:
        shop.load(folder / next(iter(files)) if single else folder)
    except (BulkRefused, CatalogError):
        assert not any(shop.dump(STAGED_TABLES).values())
