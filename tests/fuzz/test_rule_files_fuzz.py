"""Whatever stands in a rule file, it is read or refused in words."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cashwrap.errors import BulkRefused
from cashwrap.promotions.digest import packed, rules_hash
from cashwrap.promotions.files.checks import warnings
from cashwrap.promotions.files.fields import field_words
from cashwrap.promotions.files.read import parse_rules
from cashwrap.promotions.rules import RuleSet

WORDS = field_words()
NAMES = st.sampled_from([*sorted({name for _, name in WORDS}), "kind", "", "x"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([words.example for words in WORDS.values()])
    | st.sampled_from(["each", "group", "spend", "bundle", "item", "order", "09:00", "2026-01-01"])
)
DATA = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
GOOD = {
    "id": "r",
    "layer": "item",
    "benefit": {"kind": "group", "every": 2, "off": {"percent_ppm": 1}},
    "windows": [{"hours": [["09:00", "10:00"]]}],
    "needs": [{"count": 1}],
}
RULES = st.dictionaries(NAMES, DATA, max_size=3).map(lambda more: {**GOOD, **more})
FILES = st.fixed_dictionaries(
    {"rules": st.lists(RULES | DATA, max_size=3)},
    optional={"policy": DATA, "groups": DATA, "format": DATA, "x": DATA},
)


def read(text: str, name: str) -> RuleSet | None:
    """Return the set, or None for one that is refused in words."""
    try:
        return parse_rules(text, name)
    except BulkRefused as refused:
        issues = refused.issues
    assert issues
    assert all(issue.source.startswith(name) and issue.message for issue in issues)
    return None


@given(FILES | DATA)
def test_any_json_is_read_or_refused(data: object) -> None:
    """What is read has a hash, and comes back from its bytes as it was."""
    rules = read(json.dumps(data), "r.json")
    if rules is not None:
        warnings(rules)
        assert msgspec.msgpack.decode(packed(rules), type=RuleSet) == rules
        assert len(rules_hash(rules)) == 16


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """In either notation."""
    read(text, "r.json")
    read(text, "r.toml")
