"""What the page on returns shows runs as it is printed."""

import re
from pathlib import Path

from cashwrap.settings import parse_settings
from cashwrap.testing.shop import Shop

PAGE = (Path(__file__).parents[3] / "docs" / "returns.md").read_text(encoding="utf-8")


def test_the_first_example_runs(shop: Shop) -> None:
    """A third of a discounted sale, then an exchange of another third."""
    example = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    made: dict[str, object] = {"till": shop.till}
    exec(compile(example, "returns.md", "exec"), made)
    assert made["swap"].state == "completed"  # type: ignore[attr-defined]
    assert shop.till.takings().payable_minor == 5840 - 1947 - 1946 + 2100


def test_the_example_of_money_off_runs(shop: Shop) -> None:
    """What was given off later is not given back again."""
    examples = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    example = next(one for one in examples if ".adjust(" in one)
    exec(compile(example, "returns.md", "exec"), {"till": shop.till})
    assert shop.till.takings().payable_minor == 4_400 - 400


def test_the_settings_are_settings() -> None:
    """The block of settings is read as it stands."""
    block = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    assert parse_settings(block).returns.days == 14
