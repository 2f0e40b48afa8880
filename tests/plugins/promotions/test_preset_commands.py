"""``cashwrap rules presets`` and ``cashwrap rules preset``, as a shopkeeper uses them."""

import json
import tomllib
from pathlib import Path

import pytest

from cashwrap.cli.main import main
from cashwrap.entry_points import EntryPoint
from cashwrap.money import Currency
from cashwrap.plugins import load_plugins, presets_of, projections_of
from cashwrap.promotions.engine import PromotionEngine
from cashwrap.promotions.files.checks import warnings
from cashwrap.promotions.files.read import read_rules
from cashwrap.promotions.presets import Preset
from cashwrap.promotions.rules import RuleSet
from cashwrap_plugins.promotions.presets import PRESETS

RULES = [preset for preset in PRESETS if preset.make]


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(["rules", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(["rules", *words]) != 0
    return capsys.readouterr().err


@pytest.mark.usefixtures("installed")
def test_presets_are_listed_by_the_names_that_shops_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All of them with what they need; as JSON with every setting explained."""
    text = printed(capsys, "presets")
    assert "满减" in text
    assert "(no rule)" in text
    listed = json.loads(printed(capsys, "presets", "--json"))["presets"]
    assert [each["code"] for each in listed] == [preset.code for preset in PRESETS]


@pytest.mark.usefixtures("installed")
def test_a_preset_is_explained_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """By its code or its name in either language; each setting with how it is written."""
    text = printed(capsys, "presets", "第二件半价")
    assert text.startswith("second-half-price")
    assert "goods=SKU,category:X" in text
    assert "cashwrap rules preset second-half-price goods=category:tea" in text
    assert printed(capsys, "presets", "Second at half price") == text


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("preset", RULES, ids=lambda preset: preset.code)
def test_what_a_preset_prints_is_a_rules_file(
    preset: Preset, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """TOML and JSON hold the same rules, which the engine takes and no check finds odd."""
    settings = [f"{name}={value}" for name, value in preset.example.items()]
    toml, json_ = tmp_path / "rules.toml", tmp_path / "rules.json"
    toml.write_text(printed(capsys, "preset", preset.code, *settings), encoding="utf-8")
    json_.write_text(printed(capsys, "preset", preset.code, *settings, "--json"), encoding="utf-8")
    rules = read_rules(toml)
    assert preset.make is not None
    assert rules == read_rules(json_) == RuleSet(rules=preset.make(preset.example, Currency()))
    assert warnings(rules, "rules.toml") == []
    assert PromotionEngine(rules).rules == rules


@pytest.mark.usefixtures("installed")
def test_presets_may_be_appended_to_one_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Two commands with >> make a set of two."""
    path = tmp_path / "rules.toml"
    one = printed(capsys, "preset", "spend-off", "steps=100:10")
    two = printed(capsys, "preset", "percent-off", "off=8折", "id=eighty", "name=八折")
    path.write_text(one + two, encoding="utf-8")
    rules = read_rules(path).rules
    assert [rule.id for rule in rules] == ["spend-off", "eighty"]
    assert rules[1].name["zh-CN"] == "八折"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["preset", "spend-of"], "did you mean 'spend-off'"),
        (["preset", "spend-off"], "is needed: write steps="),
        (["preset", "spend-off", "steps"], "write each setting once, as name=value"),
        (["preset", "spend-off", "steps=1:1", "steps=2:1"], "write each setting once"),
        (["preset", "price-protection"], "After the sale"),
        (["presets", "nothing-like-it"], "see `cashwrap rules presets`"),
        (["preset", "second-half-price", "since=yesterday"], "write 2026-11-11"),
        (["preset", "spend-off", "steps=200:10,100:25"], "thresholds go up"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(
    words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A preset that is not there, a setting that lacks, a type that is no rule."""
    assert why in refused(capsys, *words)


@pytest.mark.usefixtures("installed")
def test_money_is_the_shops_own(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """In a shop whose currency has no digits, 100 is 100."""
    text = '[currency]\ncode = "JPY"\ndigits = 0\nsymbol = "¥"\n'
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    made = printed(capsys, "preset", "amount-off", "off=100", "-f", str(tmp_path))
    assert "amount_minor = 100 }" in made


def test_without_a_plugin_there_are_no_presets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list is empty and says why."""
    monkeypatch.setattr("cashwrap.plugins.installed_plugins", list)
    assert "No plugin that brings presets" in printed(capsys, "presets")


def test_the_plugin_is_declared_where_installers_look() -> None:
    """Its entry point stands in the project's file, and leads to its hooks."""
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    points = project["project"]["entry-points"]["cashwrap.plugins"]
    manager = load_plugins([EntryPoint("promotions", points["promotions"])])
    assert [preset.code for preset in presets_of(manager)] == [preset.code for preset in PRESETS]
    names = [projection.name for projection in projections_of(manager)]
    assert names == ["promotions", "promotions.markdowns"]
