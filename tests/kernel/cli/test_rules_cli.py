"""``cashwrap rules``: publish, list, roll back, schema."""

import json

import pytest

from cashwrap import Till
from cashwrap.cli.main import main
from cashwrap.promotions.files.schema import schema_text

GOOD = """\
name = "夏天"
[[rules]]
id = "{id}"
layer = "item"
benefit = {{ kind = "each", off = {{ percent_ppm = {ppm} }} }}
"""


@pytest.fixture
def file(tmp_path):
    """Write a rule file and return its name."""

    def write(ppm, id="all", more=""):
        path = tmp_path / "summer.toml"
        path.write_text(GOOD.format(ppm=ppm, id=id) + more, encoding="utf-8")
        return str(path)

    return write


@pytest.mark.req("R88")
def test_a_file_is_published_listed_and_rolled_back(shop, file, run):
    """The whole way of a rule set on a till, by hand."""
    code, first = run("rules", "publish", file(100_000), "-f", shop, "--staff", "E01")
    assert (code, first["publication"]["number"], first["planned"]) == (0, 1, False)
    code, second = run("rules", "publish", file(200_000), "-f", shop, "--at", "2090-01-01")
    assert (code, second["planned"]) == (0, True)
    code, shown = run("rules", "list", "-f", shop)
    assert code == 0
    assert shown["in_force"] == first["publication"]
    assert shown["planned"] == [second["publication"]]
    code, back = run("rules", "rollback", "-f", shop)
    assert (code, back["in_force"], len(back["planned"])) == (0, None, 1)
    code, off = run("rules", "rollback", "--planned", "2", "-f", shop)
    assert (code, off["planned"]) == (0, [])
    code, error = run("rules", "rollback", "-f", shop)
    assert (code, error["error"]["code"]) == (1, "rules.nothing_before")
    code, again = run("rules", "rollback", "--to", "1", "-f", shop)
    assert (code, again["in_force"]["number"]) == (0, 1)


def test_a_publication_is_printed_as_a_file_that_publish_takes(shop, file, run, tmp_path):
    """What `list NUMBER` prints gives the same hash when it is published."""
    _, first = run("rules", "publish", file(100_000), "-f", shop)
    _, shown = run("rules", "list", "1", "-f", shop)
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps(shown["rules"]), encoding="utf-8")
    _, second = run("rules", "publish", str(copy), "-f", shop)
    assert second["publication"]["rules_hash"] == first["publication"]["rules_hash"]
    code, error = run("rules", "list", "9", "-f", shop)
    assert (code, error["error"]["code"]) == (1, "rules.unknown")


def test_a_bad_file_says_everything_and_changes_nothing(shop, file, run):
    """Each fault is an issue with its place; the till has no rules after it."""
    bad = file(2_000_000, id="a b", more="rang = 1\nwindows = [{ weekdays = [9] }]\n")
    code, error = run("rules", "publish", bad, "-f", shop)
    assert (code, error["error"]["code"]) == (1, "bulk.refused")
    assert [issue["source"] for issue in error["error"]["issues"]] == [
        "summer.toml:rules[0].rang",
        "summer.toml:rules[0].id",
        "summer.toml:rules[0].benefit.off.percent_ppm",
        "summer.toml:rules[0].windows[0].weekdays[0]",
    ]
    assert run("rules", "list", "-f", shop)[1]["in_force"] is None


def test_what_is_odd_is_said_and_published_all_the_same(shop, file, run):
    """A warning does not stand in the way."""
    code, done = run("rules", "publish", file(100_000, more='excludes = ["x"]\n'), "-f", shop)
    assert code == 0
    assert [issue["code"] for issue in done["warnings"]] == ["rules.unknown_tag"]


def test_for_people_it_is_a_table_and_sentences(shop, file, capsys):
    """Without --json: what is in force, from when, by whom."""
    assert main(["rules", "publish", file(100_000), "-f", shop, "--staff", "E01"]) == 0
    assert main(["rules", "list", "-f", shop]) == 0
    said = capsys.readouterr().out
    assert "Publication 1 with 1 rule (" in said
    assert "in force" in said
    assert "夏天" in said
    assert main(["rules", "rollback", "-f", shop]) == 0
    assert "No rules are in force." in capsys.readouterr().out


def test_limits_are_shown_with_what_was_used(shop, file, run, capsys):
    """Of two bottles that were sold under a rule with 5 uses, 2 are counted; one rule has none."""
    more = "limits = { total_uses = 5, store_minor = 1000 }\n"
    run("rules", "publish", file(100_000, more=more), "-f", shop)
    with Till.open(shop) as till:
        for _ in range(2):
            sale = till.new_sale()
            sale.add("WATER")
            sale.pay_cash(1_000)
    code, answer = run("rules", "usage", "-f", shop)
    assert code == 0
    [row] = answer["rules"]
    assert (row["rule"], row["uses"], row["minor"]) == ("all", 2, 40)
    assert (row["limits"]["total_uses"], row["limits"]["store_minor"]) == (5, 1000)
    assert main(["rules", "usage", "-f", shop]) == 0
    assert "2 of 5" in capsys.readouterr().out


def test_the_schema_is_printed(capsys, run):
    """As text and as an object it is that of docs/rules.schema.json."""
    assert main(["rules", "schema"]) == 0
    assert capsys.readouterr().out == schema_text()
    assert run("rules", "schema")[1] == json.loads(schema_text())


@pytest.mark.parametrize(
    "words",
    [
        ["rules"],
        ["rules", "publsh"],
        ["rules", "publish"],
        ["rules", "rollback", "--to", "1", "--planned", "2"],
        ["rules", "publish", "x.toml", "--at", "soon"],
    ],
)
def test_wrong_usage_is_exit_code_2(words, shop, file, run):
    """A missing action or argument says what is asked for."""
    named = [file(1) if word == "x.toml" else word for word in words]
    code, error = run(*named, *(["-f", shop] if len(words) > 2 else []))
    assert (code, error["error"]["code"]) == (2, "usage")
