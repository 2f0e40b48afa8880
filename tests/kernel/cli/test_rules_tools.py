"""`cashwrap rules check` and `cashwrap rules diff`, in words and as JSON."""

import subprocess
import sys

import pytest

from cashwrap.cli.main import main
from cashwrap.stock.documents import Received, receive

HALF = """
[[rules]]
id = "half"
layer = "item"
range.skus = ["WATER"]
benefit = { kind = "each", off = { percent_ppm = 500_000 } }
"""
TENTH = HALF.replace("500_000", "100_000")
DEAD = HALF.replace("WATER", "WATTER")


@pytest.fixture
def file(tmp_path):
    def written(text, name="rules.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


def test_sound_rules_pass(run, file):
    """Exit code 0, no findings, and how many carts were priced."""
    code, answer = run("rules", "check", file(HALF))
    assert code == 0
    assert (answer["ok"], answer["findings"], answer["rules"]) == (True, [], 1)
    assert 0 < answer["carts"] <= answer["budget"]


def test_faults_of_the_file_come_first(run, file):
    """Nothing is searched while the file itself is wrong; every fault is named."""
    code, answer = run("rules", "check", file(HALF.replace("percent_ppm", "percent")))
    assert (code, answer["error"]["code"]) == (1, "bulk.refused")
    assert "rules[0].benefit.off" in answer["error"]["issues"][0]["source"]


def test_goods_of_a_shop(run, file, shop):
    """Names that the catalog does not have are found with --shop, and only then."""
    assert run("rules", "check", file(DEAD))[0] == 0
    code, answer = run("rules", "check", file(DEAD), "--shop", shop)
    assert code == 1
    assert {one["code"] for one in answer["findings"]} == {"dead.range", "dead.unknown"}


def test_costs_from_a_file_and_a_margin(run, file, shop, tmp_path):
    """Half of 2.00 is below a cost of 0.95 without its 13 % tax; a margin asks for more."""
    costs = tmp_path / "costs.csv"
    costs.write_text("sku,cost\nWATER,0.95\n", encoding="utf-8")
    words = ("rules", "check", file(HALF), "--shop", shop, "--costs", str(costs))
    code, answer = run(*words)
    assert code == 1
    (finding,) = [one for one in answer["findings"] if one["code"] == "cost.below"]
    assert finding["carts"][0]["lines"][0]["sku"] == "WATER"
    code, answer = run(
        "rules", "check", file(TENTH), "--shop", shop, "--costs", str(costs), "--margin", "45"
    )
    assert [one["code"] for one in answer["findings"]] == ["cost.thin"]


@pytest.mark.parametrize(
    ("costs", "why"),
    [(b"sku;cost\n", "the columns sku and cost"), (b"\xff\xfesku,cost\n", "no CSV file in UTF-8")],
)
def test_costs_that_are_none_are_refused(run, file, tmp_path, costs, why):
    """A table of another shape, or in another encoding, is said to be so."""
    table = tmp_path / "costs.csv"
    table.write_bytes(costs)
    code, answer = run("rules", "check", file(HALF), "--costs", str(table))
    assert code == 2
    assert why in str(answer["error"])


def test_strict_fails_on_notes(run, file):
    """A threshold is a note: fine, unless asked to be strict."""
    full = file("""
[[rules]]
id = "full"
layer = "order"
benefit = { kind = "spend", steps = [{ at_minor = 10000, off = { amount_minor = 500 } }] }
""")
    code, answer = run("rules", "check", full)
    assert (code, {one["severity"] for one in answer["findings"]}) == (0, {"note"})
    assert run("rules", "check", full, "--strict")[0] == 1


def test_warnings_of_goods_that_will_run_out(run, file, shop):
    """Sold in the last weeks, almost none on hand: the check with a shop says so."""
    take_in(shop, "WATER", 1_500)
    _, answer = run("rules", "check", file(HALF), "--shop", shop)
    assert "stock.short" in {one["code"] for one in answer["findings"]}


def take_in(folder, sku, quantity_milli):
    from cashwrap import Till

    with Till.open(folder) as till:
        lines, own = [Received(sku, quantity_milli, 100)], till.settings.own_location
        till.move_stock(lambda stock: receive(stock, till.new_id(), lines, "supplier:A", own))


def test_check_speaks_the_language_asked_for(file, capsys, shop):
    """Chinese by --language, and by the shop's receipts."""
    main(["rules", "check", file(DEAD), "--shop", shop])
    assert "没有商品属于它的" in capsys.readouterr().out
    main(["rules", "check", file(DEAD), "--shop", shop, "--language", "en"])
    printed = capsys.readouterr().out
    assert "no item of the catalog is in its range" in printed
    assert "(WATER?)" in printed


@pytest.mark.parametrize("margin", ["many", "100", "-1"])
def test_a_margin_is_a_percentage(run, file, margin):
    """What is none is refused as wrong usage."""
    code, answer = run("rules", "check", file(HALF), f"--margin={margin}")
    assert (code, answer["error"]["code"]) == (2, "usage")


def test_diff_names_what_changed(run, file, capsys):
    """Field by field, without a shop."""
    old, new = file(HALF, "old.toml"), file(TENTH, "new.toml")
    code, answer = run("rules", "diff", old, new)
    assert code == 0
    (change,) = answer["difference"]["changes"]
    assert change["fields"] == [
        {"path": "benefit.off.percent_ppm", "old": "500000", "new": "100000"}
    ]
    assert main(["rules", "diff", old, new]) == 0
    assert "benefit.off.percent_ppm: 500000 -> 100000" in capsys.readouterr().out


def test_diff_needs_a_journal_for_what_happened(run, file):
    """OLD - without --replay has nothing to read."""
    code, answer = run("rules", "diff", "-", file(HALF))
    assert (code, answer["error"]["code"]) == (2, "usage")


def test_diff_prices_past_sales(run, file, shop, capsys):
    """One water was sold: half of 2.00 less than what was paid."""
    words = ("rules", "diff", "-", file(HALF), "--replay", shop)
    code, answer = run(*words)
    assert code == 0
    replayed = answer["replay"]
    assert (replayed["sales"], replayed["touched"]) == (2, 1)
    assert (replayed["old"]["discount_minor"], replayed["new"]["discount_minor"]) == (0, 100)
    assert replayed["cheaper"][0]["change_minor"] == -100
    assert main(list(words)) == 0
    assert "receipt 1" in capsys.readouterr().out


def test_diff_of_a_period_and_of_a_backup(run, file, shop, tmp_path):
    """Sales before a day; the same sales from a copy."""
    words = ("rules", "diff", "-", file(HALF), "--replay")
    assert run(*words, shop, "--to", "2020-01-01")[1]["replay"]["sales"] == 0
    backup = str(tmp_path / "copy.mdb")
    assert run("backup", backup, "-f", shop)[0] == 0
    assert run(*words, backup)[1]["replay"]["touched"] == 1


def test_diff_takes_the_hash_of_a_published_set(run, file, shop):
    """The set in force is named by its hash, and compared like a file."""
    _, published = run("rules", "publish", file(HALF), "-f", shop)
    name = published["publication"]["rules_hash"]
    code, answer = run("rules", "diff", name, file(TENTH, "new.toml"), "--replay", shop)
    assert code == 0
    assert [one["what"] for one in answer["difference"]["changes"]] == ["rule:half"]
    code, answer = run("rules", "diff", "0" * 16, file(TENTH, "new.toml"), "--replay", shop)
    assert (code, answer["error"]["code"]) == (1, "rules.unknown")


def test_both_work_while_a_till_is_open(file, shop):
    """Another process looks on while this one has the shop open."""
    from cashwrap import Till

    with Till.open(shop):
        for words in (
            ("check", file(HALF), "--shop", shop),
            ("diff", "-", file(TENTH, "new.toml"), "--replay", shop),
        ):
            done = subprocess.run(
                [sys.executable, "-m", "cashwrap", "rules", *words],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode in (0, 1), done.stderr
            assert "in use" not in done.stderr
