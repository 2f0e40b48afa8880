"""The words in which a proof is told."""

from pathlib import Path

import pytest

from cashwrap.cli.main import main

RULES = """
[[rules]]
id = "half"
layer = "item"
benefit = { kind = "group", every = 2, off = { percent_ppm = 500000 } }
"""


@pytest.mark.parametrize(
    ("language", "words"), [("en", "half: short by 1 unit\n"), ("zh-CN", "half: 还差 1 件\n")]
)
def test_one_unit_that_is_missing_is_one_unit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    """Words agree with their number."""
    rules, cart = tmp_path / "rules.toml", tmp_path / "cart.toml"
    rules.write_text(RULES, encoding="utf-8")
    cart.write_text('lines = [{ sku = "TEA", price_minor = 200 }]', encoding="utf-8")
    assert main(["rules", "explain", str(rules), str(cart), "--language", language]) == 0
    assert words in capsys.readouterr().out
