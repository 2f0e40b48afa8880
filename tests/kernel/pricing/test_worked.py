"""The worked numbers of docs/pricing.md, run as they stand there."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from cashwrap.pricing.check import recheck
from cashwrap.pricing.engine import Engine
from cashwrap.pricing.entries import RuleCells
from cashwrap.pricing.model import Adjustment, Fee, MealPart, PricePolicy, TaxCode, TaxComponent

PAGE = Path(__file__).parents[3] / "docs" / "pricing.md"
BLOCKS = re.findall(r"```toml\n# (.*?)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize(("title", "block"), BLOCKS, ids=[title for title, _ in BLOCKS])
def test_worked_number(title, block):
    """What the page says is what the engine does."""
    example = tomllib.loads(block)
    taxes = [
        TaxCode(code, code, {"": tuple(TaxComponent(*values) for values in components)})
        for code, components in example.get("taxes", {}).items()
    ]
    cart = Engine(msgspec.convert(example.get("policy", {}), PricePolicy), taxes).cart()
    for line, unit, quantity, *rest in example.get("lines", []):
        cart.put(line, unit, quantity, *rest[:2], minimum_minor=(rest[2:] or [0])[0])
    if meal := example.get("meal"):
        parts = msgspec.convert(meal["parts"], list[MealPart])
        cart.put_meal(meal["line"], meal["price"], meal["quantity"], parts)
    cart.promote(msgspec.convert(example.get("promoted", []), tuple[RuleCells, ...]))
    cart.adjust(msgspec.convert(example.get("discounts", []), tuple[Adjustment, ...]))
    cart.charge(msgspec.convert(example.get("fees", []), tuple[Fee, ...]))
    priced = cart.priced()
    for name, minor in example.get("expect", {}).items():
        assert getattr(priced.totals, f"{name}_minor") == minor, name
    if "cells" in example:
        assert [[c.line, c.rule, c.minor] for c in priced.allocations] == example["cells"]
    if "gross" in example:
        assert [[line.line, line.gross_minor] for line in priced.lines] == example["gross"]
    assert recheck(priced) == []


def test_the_page_has_its_examples():
    """The pattern finds every block."""
    assert len(BLOCKS) == PAGE.read_text("utf-8").count("```toml") > 20
