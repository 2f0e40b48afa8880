"""Rule files: what is read, and how everything that is wrong is said at once."""

import json

import msgspec
import pytest

from cashwrap.errors import BulkRefused
from cashwrap.promotions.digest import packed, plain, rules_hash
from cashwrap.promotions.files.fields import field_words
from cashwrap.promotions.files.read import checked_rules, parse_rules, read_rules
from cashwrap.promotions.files.schema import rules_schema
from cashwrap.promotions.rules import Each, Off, Rule, RuleSet

TOML = """\
name = "夏天"
[[rules]]
id = "half"
layer = "item"
range.skus = ["COLA"]
benefit = { kind = "group", every = 2, off = { percent_ppm = 500_000 } }
windows = [{ from = 2026-06-01, until = 2026-09-01T22:00:00, hours = [["22:00", "02:00"]] }]
"""


def refused(text, name="r.toml"):
    """Return {place: message} of a text that is refused."""
    with pytest.raises(BulkRefused) as caught:
        parse_rules(text, name)
    return {issue.source.removeprefix(f"{name}:"): issue.message for issue in caught.value.issues}


def rule(**fields):
    """Return a file with one rule, JSON."""
    each = {"kind": "each", "off": {"percent_ppm": 200_000}}
    return json.dumps({"rules": [{"id": "r", "layer": "item", "benefit": each, **fields}]})


def test_json_and_toml_say_the_same(tmp_path):
    """A file means the same in both notations, TOML's own dates included."""
    from_toml = read_rules(TOML)
    file = tmp_path / "summer.json"
    file.write_text(json.dumps(plain(from_toml), ensure_ascii=False), encoding="utf-8")
    assert read_rules(file) == read_rules(str(file)) == from_toml
    window = from_toml.rules[0].windows[0]
    assert (window.from_, window.until) == ("2026-06-01", "2026-09-01T22:00")


def test_every_fault_is_found_at_once():
    """One bad rule hides neither its own other faults nor those of other rules."""
    found = refused("""\
nam = "x"
[policy]
percent_per = "unitt"
[[rules]]
id = "a b"
layer = "orders"
prioritty = 3
benefit = { kind = "spend", steps = [{ at_minor = 12.5, off = { percent_ppm = 2_000_000 } }] }
[[rules]]
id = "b"
layer = "item"
benefit = { kind = "group", every = 2, get = 3, off = { percent_ppm = 20.5 }, wich = "cheapest" }
range = { from_minor = 5, to_minor = 4, sku = ["A"] }
needs = [{ count = "2" }]
[[rules]]
id = "c"
layer = "price"
benefit = { kind = "group", every = 2, get = 3, off = {} }
""")
    assert list(found) == [
        "nam",
        "policy.percent_per",
        "rules[0].prioritty",
        "rules[0].id",
        "rules[0].layer",
        "rules[0].benefit.steps[0].at_minor",
        "rules[0].benefit.steps[0].off.percent_ppm",
        "rules[1].benefit.wich",
        "rules[1].benefit.off.percent_ppm",
        "rules[1].range.sku",
        "rules[1].needs[0].count",
        "rules[1].benefit.get",
        "rules[1].range.to_minor",
        "rules[2].layer",
        "rules[2].benefit.off",
        "rules[2].benefit.get",
    ]
    assert "did you mean 'name'?" in found["nam"]
    assert "did you mean 'unit'?" in found["policy.percent_per"]
    assert "did you mean 'priority'?" in found["rules[0].prioritty"]
    assert (
        "12.50 is 1250; for example at_minor = 10000" in found["rules[0].benefit.steps[0].at_minor"]
    )
    assert found["rules[2].layer"].endswith("(rule 'c')")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('{"rules": [}', "1:12", "no JSON"),
        ('{"rules": [{"id": "a",\n "id": "b"}]}', "", "has 'id' twice: 'a' and 'b'"),
        ('{"rules": 5}', "rules", "expected a list"),
        ('{"format": 2}', "format", "install a newer one"),
        ("[]", "", "a table of fields"),
        ("[" * 100_000, "", "nest too deeply"),
        ('{"x": ' + "9" * 5000 + "}", "", "thousands of digits"),
        ('{"rules": [7]}', "rules[0]", "expected a table of fields, got 7"),
        (rule(benefit={"kind": "eech"}), "rules[0].benefit.kind", "did you mean 'each'?"),
        (rule(benefit={"kind": "each"}), "rules[0].benefit.off", "it is missing; for example"),
        (rule(benefit=None), "rules[0].benefit", "expected"),
        (rule(coupon=3), "rules[0].coupon", 'for example "coupon": {"face_minor": 1000}'),
        (rule(layer=None), "rules[0].layer", "expected one of"),
        (rule(windows=[{"hours": [["9"]]}]), "rules[0].windows[0].hours[0]", "a list of 2"),
        (rule(name={"zh-CN": 3}), "rules[0].name.zh-CN", "expected text, got 3"),
        (rule(priority=10**30), "rules[0].priority", "a whole number from -1000000 to 1000000"),
        (rule(name={"en": "\ud800"}), "", "half a character"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_to_write(text, place, words):
    """Expected, got, where: for broken text and for broken values."""
    found = refused(text, "r.json")
    assert place in found or (not place and "r.json" in found)
    assert words in found.get(place or "r.json", "")


def test_toml_says_line_and_column():
    """What is no TOML is refused with its place."""
    assert "no TOML" in refused("rules = \n")["1:9"]
    assert "thousands of digits" in refused("x = " + "9" * 5000)["r.toml"]


def test_files_that_cannot_be_read_are_issues_too(tmp_path):
    """A missing file, and one in another encoding, are said in words."""
    with pytest.raises(BulkRefused, match="cannot be read"):
        read_rules(tmp_path / "none.json")
    old = tmp_path / "old.toml"
    old.write_bytes('name = "x"\n# 夏天\n'.encode("gb18030"))
    with pytest.raises(BulkRefused, match=r"old.toml:2: .*UTF-8"):
        read_rules(old)


def test_editors_may_name_the_schema_in_a_file():
    """``$schema`` is no field of the rules, but no fault either."""
    assert parse_rules('{"$schema": "rules.schema.json"}') == RuleSet()


def test_a_set_made_by_a_program_is_held_against_the_same_checks():
    """What Python lets through in a struct is refused all the same."""
    off = Off(percent_ppm=2_000_000)
    bad = RuleSet(rules=(Rule(id="a", layer="item", benefit=Each(off=off)),))
    with pytest.raises(BulkRefused, match=r"rules\[0\].benefit.off.percent_ppm"):
        checked_rules(bad)
    for name in (object(), "\ud800", 2**70):
        with pytest.raises(BulkRefused, match="no file can"):
            checked_rules(RuleSet(name=name))


def test_the_hash_is_of_what_a_set_says():
    """Order of rules and defaults that are written out do not count; everything else does."""
    one, two = (
        {"id": name, "layer": "item", "benefit": {"kind": "each", "off": {"percent_ppm": 1}}}
        for name in "ab"
    )
    first = parse_rules(json.dumps({"rules": [one, two]}))
    second = parse_rules(json.dumps({"rules": [two, {**one, "priority": 0, "scope": {}}]}))
    other = parse_rules(json.dumps({"rules": [two, {**one, "priority": 1}]}))
    assert rules_hash(first) == rules_hash(second) != rules_hash(other)
    assert msgspec.msgpack.decode(packed(first), type=RuleSet) == first


def test_every_field_has_words_and_an_example_that_is_valid():
    """The table of words names all fields, no others, and its examples pass the model."""
    structs = rules_schema()["$defs"]
    by_name = {
        kind.__name__: kind
        for kind in vars(__import__("cashwrap.promotions.rules", fromlist=["x"])).values()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    }
    fields = {
        (name, field.encode_name): field.type
        for name in structs
        for field in msgspec.structs.fields(by_name[name])
    }
    assert fields.keys() == field_words().keys()
    for key, words in field_words().items():
        msgspec.convert(words.example, fields[key])
        assert all((words.zh, words.en, words.zh_text, words.en_text))


def test_the_schema_has_titles_and_examples_in_both_languages():
    """What an editor shows of a field is there in Chinese and English."""
    off = rules_schema()["$defs"]["Off"]["properties"]["percent_ppm"]
    assert off["title"] == "减去百分比 · percent off"
    assert off["examples"] == [200_000]
    assert rules_schema()["$defs"]["RuleSet"]["additionalProperties"] is False


def test_ids_and_groups_are_looked_at_beside_rules_that_cannot_be_read() -> None:
    """All that is wrong is said at once: also what a broken rule has in common with another."""
    sound = 'layer = "item"\nbenefit = { kind = "each", off = { percent_ppm = 100000 } }\n'
    text = f"""
groups.known = {{}}
[[rules]]
id = "a"
{sound}group = "ghost"
[[rules]]
id = "a"
{sound}group = "known"
priority = "high"
"""
    with pytest.raises(BulkRefused) as refused:
        parse_rules(text)
    places = [issue.source for issue in refused.value.issues]
    assert places == ["rules:rules[1].priority", "rules:rules[0].group", "rules:rules[1].id"]
