"""Presets: every type of promotion by the name that shops know it by."""

import msgspec
import pytest

from cashwrap.errors import BulkRefused
from cashwrap.money import Currency
from cashwrap.promotions.presets import Preset
from cashwrap.promotions.rules import Off, Range, Rule, RuleSet, Slot, Spend, Step, Window
from cashwrap_plugins.promotions.presets import PRESETS

BY_CODE = {preset.code: preset for preset in PRESETS}
RULES = [preset for preset in PRESETS if preset.make]


def made(code: str, **settings: str) -> tuple[Rule, ...]:
    make = BY_CODE[code].make
    assert make is not None
    return make(settings, Currency())


def refused(code: str, **settings: str) -> dict[str, str]:
    with pytest.raises(BulkRefused) as caught:
        made(code, **settings)
    return {issue.source: issue.message for issue in caught.value.issues}


def test_every_type_has_a_preset_or_says_where_it_is_done() -> None:
    """All 35 types are there; those that are no price rule explain themselves."""
    assert {row for preset in PRESETS for row in preset.types} == set(range(1, 36))
    for preset in PRESETS:
        assert preset.name.keys() == preset.explain.keys() == {"zh-CN", "en"}
        assert all({*preset.explain.values(), *preset.name.values()})


@pytest.mark.parametrize("preset", RULES, ids=lambda preset: preset.code)
def test_an_example_makes_rules_that_a_file_can_hold(preset: Preset) -> None:
    """What a preset makes passes every check of a field, and is named in both languages."""
    rules = made(preset.code, **preset.example)
    again = msgspec.json.decode(msgspec.json.encode(RuleSet(rules=rules)), type=RuleSet)
    assert again.rules == rules
    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        assert rule.name.keys() == {"zh-CN", "en"}
        assert "{" not in "".join(rule.name.values())


@pytest.mark.parametrize("preset", RULES, ids=lambda preset: preset.code)
def test_every_setting_is_explained(preset: Preset) -> None:
    """Each setting says in both languages what it means, and how it is written."""
    for setting in preset.settings:
        assert setting.form
        assert all(setting.help[language] for language in ("zh-CN", "en"))


def test_a_preset_is_a_rule_with_names() -> None:
    """满减 with three steps, money as people write it."""
    (rule,) = made("spend-off", steps="100:10,200:25,300:5%")
    assert rule.benefit == Spend(
        steps=(
            Step(at_minor=10_000, off=Off(amount_minor=1_000)),
            Step(at_minor=20_000, off=Off(amount_minor=2_500)),
            Step(at_minor=30_000, off=Off(percent_ppm=50_000)),
        )
    )
    assert rule.name["zh-CN"] == "满减 100:10,200:25,300:5%"


def test_goods_are_named_in_one_text() -> None:
    """SKUs, categories, tags and families; what stands after ! is left out."""
    (rule,) = made("percent-off", off="12%", goods="COLA,category:tea,!GREEN,!tag:new,family:F")
    assert rule.range == Range(
        skus=("COLA",), categories=("tea",), families=("F",), not_skus=("GREEN",), not_tags=("new",)
    )


@pytest.mark.parametrize(
    ("text", "off_ppm"),
    [("12%", 120_000), ("8.8折", 120_000), ("88折", 120_000), ("5折", 500_000), ("0.5%", 5_000)],
)
def test_a_percentage_is_what_comes_off(text: str, off_ppm: int) -> None:
    """12 % off and 8.8折 are one thing."""
    (rule,) = made("percent-off", off=text)
    assert rule.benefit.off.percent_ppm == off_ppm  # type: ignore[union-attr]


def test_every_preset_takes_dates_hours_and_stores() -> None:
    """The settings that all have narrow the rule's own windows."""
    (rule, points) = made(
        "member-day", days="8,18", since="2026-01-01", hours="18:00-02:00", stores="S1,S2"
    )
    assert rule.windows == points.windows
    assert rule.windows == (
        Window(month_days=(8, 18), from_="2026-01-01", hours=(("18:00", "02:00"),)),
    )
    assert rule.scope.stores == ("S1", "S2")
    assert rule.scope.who.only == "members"


def test_a_set_names_its_places() -> None:
    """Places stand between semicolons, with how many of each."""
    (rule,) = made("bundle", parts="BURGER; category:side ;COLA*2", price="35")
    assert rule.benefit.slots == (  # type: ignore[union-attr]
        Slot(range=Range(skus=("BURGER",))),
        Slot(range=Range(categories=("side",))),
        Slot(range=Range(skus=("COLA",)), count=2),
    )


def test_all_that_is_wrong_is_said_at_once() -> None:
    """A setting misspelt, one missing, one that is no amount: three issues that name them."""
    issues = refused("every-off", spent="100", off="ten")
    assert set(issues) == {"every-off:spent", "every-off:spend", "every-off:off"}
    assert "did you mean 'spend'" in issues["every-off:spent"]
    assert "write spend=9.90" in issues["every-off:spend"]
    assert "'ten'" in issues["every-off:off"]


@pytest.mark.parametrize(
    ("code", "settings"),
    [
        ("percent-off", {"off": "120%"}),
        ("percent-off", {"off": "0%"}),
        ("percent-off", {"off": "100折"}),
        ("percent-off", {"off": "0.00001%"}),
        ("percent-off", {"off": "nan%"}),
        ("amount-off", {"off": "-1"}),
        ("amount-off", {"off": "1.001"}),
        ("nth-off", {"nth": "²", "off": "10%"}),
        ("percent-off", {"off": "10%", "goods": "colour:red"}),
        ("bundle", {"parts": " ; ", "price": "1"}),
        ("spend-off", {"steps": "100"}),
        ("spend-off", {"steps": ""}),
        ("timed-discount", {"off": "10%", "hours": "5pm"}),
        ("member-day", {"days": "0"}),
        ("platform-voucher", {"face": "1", "settled": "true"}),
    ],
)
def test_what_makes_no_sense_is_refused(code: str, settings: dict[str, str]) -> None:
    """A setting that cannot be read says how it is written, and nothing is made."""
    assert len(refused(code, **settings)) == 1
