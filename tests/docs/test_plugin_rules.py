"""A rule of an author's own kind, as docs/plugins.md has it, in a till and against brute force."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from builders.carts import goods, priced
from msgspec import json

from cashwrap.money import Currency
from cashwrap.promotions.candidates import CandidateSource
from cashwrap.promotions.model import BasketLine, Occasion
from cashwrap.promotions.rules import Rule, RuleSet
from cashwrap.settings import SettingsRefused, parse_settings
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
ITEMS = [
    {"type": "category", "code": "socks", "name": "袜子"},
    *(
        {"type": "item", "sku": colour.upper(), "name": colour, "price": price,
         "category": "socks", "tags": [f"colour:{colour}"]}
        for colour, price in (("red", "10.00"), ("blue", "9.00"), ("green", "8.00"))
    ),
]  # fmt: skip
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def module_with(name: str) -> ModuleType:
    """Return the page's example that defines ``name``, as a module."""
    source = next(code for code in PYTHON if f" {name}" in code)
    made = ModuleType(name)
    exec(compile(source, "docs/plugins.md", "exec"), made.__dict__)
    return made


def rules_of_the_page() -> RuleSet:
    """Return the rules file of the page."""
    found = re.search(r"```toml\n(\[\[rules\]\].*?)```", PAGE, re.DOTALL)
    assert found is not None
    return msgspec.convert(tomllib.loads(found[1]), RuleSet)


def socks(colour: str, unit_minor: int, units: int = 1) -> object:
    return goods(
        f"SOCK-{colour}", unit_minor, units, categories=("socks",), tags=(f"colour:{colour}",)
    )


@pytest.mark.parametrize(
    ("cart", "saved"),
    [
        ([("red", 1_000, 1), ("blue", 900, 1), ("green", 800, 1)], 400),
        ([("red", 1_000, 1), ("red2", 900, 1), ("green", 800, 0)], 0),
        ([("red", 1_000, 2), ("blue", 900, 2), ("green", 800, 2)], 800),
        ([("red", 1_000, 1), ("blue", 900, 1), ("green", 800, 1), ("grey", 100, 1)], 400),
        # two sets of three out of six colours: 8 and 5, not 8 and 7
        ([(f"c{n}", n * 100, 1) for n in (10, 9, 8, 7, 6, 5)], 650),
    ],
)
def test_three_colours(cart: list[tuple[str, int, int]], saved: int) -> None:
    """The cheapest of each three colours is half price, grouped as is best for the customer."""
    sources = {"three-colours": module_with("ThreeColours").ThreeColours()}
    lines = [socks(*each) for each in cart if each[2]]
    answer = priced(rules_of_the_page(), lines, sources)  # type: ignore[arg-type]
    assert sum(answer.saved.values()) == saved
    assert answer.proof.certificate.proved


def test_a_till_sells_by_the_rule_and_tells_of_a_slow_plugin(tmp_path: Path) -> None:
    """Given to the till, it prices sales; a call that takes long is told once."""
    shop = Shop(tmp_path / "shop", items=ITEMS)
    source, till = module_with("ThreeColours").ThreeColours(), shop.till
    till.close()
    slow = Slow(source, shop)
    with Till.open(
        shop.folder, candidate_sources={"three-colours": slow}, plugins=False,
        clock=shop.clock, randomness=shop.randomness, witness=[],
    ) as till:  # fmt: skip
        till.publish_rules(rules_of_the_page())
        sale = till.new_sale()
        for sku in ("RED", "BLUE", "GREEN"):
            sale.add(sku)
        assert sale.totals.payable_minor == 1_000 + 900 + 400
        assert [text for text in till.store.warnings if "colours" in text] == [
            "promotion rule 'colours': its plugin took 502 ms to answer"
        ]


class Slow:
    """A source that lets time pass."""

    def __init__(self, source: CandidateSource, shop: Shop) -> None:
        self.source, self.shop = source, shop

    def candidates(self, rule: Rule, lines: Sequence[BasketLine], occasion: Occasion) -> object:
        self.shop.clock.pass_ms(501)
        return self.source.candidates(rule, lines, occasion)


def test_the_settings_of_the_page_are_read_and_checked(tmp_path: Path) -> None:
    """A plugin's table is read as its struct; a misspelt field is refused by name."""
    source = next(code for code in PYTHON if "class StampSettings" in code)
    shop = Shop(tmp_path / "shop", settings="[plugins.stamps]\nspend_minor = 500\n", items=())
    made: dict[str, object] = {}
    exec(compile(source, "docs/plugins.md", "exec"), made)
    kind = made["StampSettings"]
    assert shop.till.settings.of_plugin("stamps", kind) == kind(500)  # type: ignore[arg-type, operator]
    assert json.schema(kind)["$defs"]["StampSettings"]["properties"]["key"]["x-secret"] is True
    wrong = parse_settings("[plugins.stamps]\nspent = 500\n")
    with pytest.raises(SettingsRefused, match=r"plugins.stamps: .*`spent`"):
        wrong.of_plugin("stamps", made["StampSettings"])  # type: ignore[arg-type]
    shop.till.close()


def test_the_preset_of_the_page_makes_a_rule() -> None:
    """What a preset gives is a rule like any other."""
    (preset,) = module_with("sock_week").cashwrap_rule_presets()
    (rule,) = preset.make(preset.example, Currency())
    answer = priced([rule], [socks("red", 1_000, 2)])  # type: ignore[list-item]
    assert answer.saved == {"sock-week": 400}
