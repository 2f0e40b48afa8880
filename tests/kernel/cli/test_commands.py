"""Each command does what its help says, in words and as JSON."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.tamper import change_record

from cashwrap.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "bench"])
def test_help_teaches(name, capsys):
    """A command's help says what it does and shows an example."""
    assert main([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"usage: cashwrap {name}" in text
    assert "example:" in text
    assert "--json" in text


def test_list_of_commands(capsys):
    """`cashwrap --help` has one line for each command, and the exit codes."""
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text for name in COMMANDS)
    assert "Exit codes" in text
    assert max(map(len, text.splitlines())) <= 80


def test_init_makes_a_shop_once(tmp_path, run):
    """A new shop has the settings that were asked for; a second init changes nothing."""
    folder = str(tmp_path / "shop")
    words = ("--name", "酒屋", "--currency", "JPY", "--digits", "0", "--timezone", "Asia/Tokyo")
    assert run("init", folder, *words) == (0, {"folder": folder, "store": "S001", "till": "T1"})
    before = (Path(folder) / "settings.toml").read_text("utf-8")
    code, answer = run("init", folder)
    assert (code, answer["error"]["code"]) == (1, "store.exists")
    assert (Path(folder) / "settings.toml").read_text("utf-8") == before
    assert run("doctor", folder)[1]["stats"]["records"] >= 1


def test_init_refuses_wrong_settings(tmp_path, run):
    """A time zone that is none is refused before anything is made."""
    code, answer = run("init", str(tmp_path / "shop"), "--timezone", "Nowhere/Town")
    assert code == 1
    assert "Asia/Shanghai" in answer["error"]["message"]
    assert list(tmp_path.iterdir()) == []


def test_import_lists_every_problem(tmp_path, run):
    """A catalog with mistakes changes nothing; each mistake is named with its line."""
    folder, catalog = str(tmp_path / "shop"), tmp_path / "items.csv"
    run("init", folder)
    catalog.write_text("sku,name,gtins,price\nA,一,6900000100012,1\nB,,,x\n", encoding="utf-8")
    code, answer = run("import", str(catalog), "-f", folder)
    assert (code, answer["error"]["code"]) == (1, "bulk.refused")
    assert [issue["source"] for issue in answer["error"]["issues"]] == [
        "items.csv:2:gtins", "items.csv:3:name", "items.csv:3:price",
    ]  # fmt: skip
    assert run("find", "一", "-f", folder)[1]["error"]["code"] == "catalog.none"


def test_import_checks_without_changing(shop, tmp_path, run):
    """--check says what an import would, and puts nothing in force."""
    catalog = tmp_path / "more.csv"
    catalog.write_text("sku,name,price\nNEW,新品,1.00\n", encoding="utf-8")
    assert run("import", str(catalog), "-f", shop, "--check", "--update") == (
        0, {"ok": True, "items": 1},
    )  # fmt: skip
    assert run("find", "新品", "-f", shop)[0] == 1
    assert run("import", str(catalog), "-f", shop, "--update")[1]["counts"]["items"] == 3


def test_import_for_later(shop, tmp_path, run):
    """--at puts a catalog in force at a time, in the shop's zone."""
    catalog = tmp_path / "later.csv"
    catalog.write_text("sku,name,price\nNEW,新品,1.00\n", encoding="utf-8")
    code, answer = run("import", str(catalog), "-f", shop, "--at", "2999-01-31T06:00")
    expected = datetime(2999, 1, 30, 22, tzinfo=UTC)  # Shanghai is eight hours ahead
    assert (code, answer["effective_at_ms"]) == (0, int(expected.timestamp()) * 1000)
    assert run("find", "新品", "-f", shop)[0] == 1


def test_export_is_what_import_reads(shop, tmp_path, run):
    """Exporting and importing gives the same catalog; what is there is not overwritten."""
    target = str(tmp_path / "catalog.jsonl")
    assert run("export", target, "-f", shop)[0] == 0
    first = run("import", target, "-f", shop)[1]["content_hash"]
    again = str(tmp_path / "again")
    run("export", again, "-f", shop)
    assert run("import", again, "-f", shop)[1]["content_hash"] == first
    assert run("export", again, "-f", shop)[1]["error"]["code"] == "input.invalid"


def test_find_by_initials(demo, run):
    """Search takes pinyin initials and says what an item costs."""
    code, answer = run("find", "zznc", "-f", demo, "--limit", "2")
    assert code == 0
    assert answer["more"]
    assert answer["items"][1]["name"].startswith("珍珠奶茶")
    assert answer["items"][1]["price_minor"] == 1600


def test_takings_balance(demo, run):
    """What stays of all tenders is what was sold, with the rounding of cash."""
    code, answer = run("takings", "-f", demo)
    totals = answer["totals"]
    assert code == 0
    kept = sum(taking["amount_minor"] for taking in totals["takings"])
    assert kept == totals["payable_minor"] + totals["rounding_minor"]
    assert sum(tax["tax_minor"] for tax in answer["taxes"]) == totals["tax_minor"]
    net = totals["payable_minor"] - totals["tax_minor"]
    assert answer["margin_minor"] == net - totals["cost_minor"]


def test_takings_of_a_day(demo, run, capsys):
    """A day is named as it is written; one without sales says so."""
    assert run("takings", "2025-03-15", "-f", demo)[1]["day"] == 20250315
    assert run("takings", "2025-03-16", "-f", demo)[1]["totals"]["sales"] == 0
    assert run("takings", "yesterday", "-f", demo)[0] == 2
    assert main(["takings", "-f", demo]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in ("cash 现金", "wechat 微信支付", "alipay 支付宝"))


def test_receipt_by_number(demo, run, capsys):
    """A receipt is found by its number, in any form, and says the record's hash."""
    code, answer = run("receipt", "S001-T1-000186", "-f", demo)
    assert code == 0
    assert "珍珠奶茶 大杯" in answer["text"]
    assert answer["receipt"]["number"] == "S001-T1-000186"
    assert run("receipt", "last", "-f", demo)[1]["receipt"]["number"] == "S001-T1-000217"
    assert run("receipt", "218", "-f", demo)[1]["error"]["code"] == "sale.unknown"
    assert run("receipt", "abc", "-f", demo)[0] == 2
    assert main(["receipt", "186", "-f", demo, "--columns", "32", "--language", "en"]) == 0
    assert "SALES RECEIPT" in capsys.readouterr().out


def test_stock_by_lot(demo, run):
    """One item is shown by place and lot; all of them, or those that run out, in one list."""
    lots = run("stock", "Z001", "-f", demo)[1]["balances"]
    assert [(row["location"], row["lot"]) for row in lots] == [
        ("store:S001", "L250311"),
        ("warehouse:DAMAGED", "L250311"),  # it came back
    ]
    assert run("stock", "10101", "-f", demo)[1]["sku"] == "V001"  # its PLU
    assert run("stock", "NONE", "-f", demo)[1]["error"]["code"] == "catalog.unknown_item"
    every = run("stock", "-f", demo)[1]["items"]
    low = run("stock", "-f", demo, "--below", "5")[1]["items"]
    assert 0 < len(low) < len(every)
    assert all(item["on_hand_milli"] < 5000 for item in low)


def test_journal_of_one_sale(demo, run):
    """All records of a sale are listed, its payments' answers too, in the shop's time."""
    records = run("journal", demo, "--sale", "186")[1]["records"]
    assert [record["kind"] for record in records] == [
        "sale.discount_given", "tender.cash_taken", "tender.intended", "tender.approved",
        "sale.completed",
    ]  # fmt: skip
    assert records[-1]["at"].startswith("2025-03-15T11:2")
    assert records[-1]["staff"] == "李强"
    assert records[-1]["body"]["number"] == 186


def test_journal_ranges(demo, run):
    """Records are chosen by kind, number, time and staff; without a range the newest are shown."""
    assert len(run("journal", demo)[1]["records"]) == 50
    cancelled = run("journal", demo, "--kind", "sale.cancelled")[1]["records"]
    assert {record["body"]["reason"] for record in cancelled} == {"忘带手机"}
    tenders = run("journal", demo, "--kind", "tender", "--all")[1]["records"]
    assert {record["kind"].split(".")[0] for record in tenders} == {"tender"}
    first = run("journal", demo, "--from", "3", "--to", "5")[1]["records"]
    assert [record["seq"] for record in first] == [3, 4, 5]
    early = run("journal", demo, "--until", "2025-03-15T07:30")[1]["records"]
    late = run("journal", demo, "--since", "2025-03-15T07:30")[1]["records"]
    assert early[-1]["seq"] + 1 == late[0]["seq"]
    assert run("journal", demo, "--staff", "王芳", "--newest", "1")[1]["records"][0]["seq"] < 400
    assert run("journal", demo, "--since", "soon")[0] == 2
    assert run("journal", demo, "--sale", "²")[1]["error"]["code"] == "sale.unknown"


def test_journal_names_the_break(shop, run):
    """A record that does not begin with the hash of the one before is marked."""
    change_record(shop, 6)
    tail = run("journal", shop, "--from", "6", "--to", "8")
    assert tail[0] == 3  # the newest records are checked when the store opens


def test_journal_for_people(demo, capsys):
    """A line has number, local time, hash, kind, staff, amounts and names."""
    assert main(["journal", demo, "--sale", "186", "--full"]) == 0
    text = capsys.readouterr().out
    assert "sale.completed         by 李强" in text
    assert "payable ¥83.74" in text
    assert "早餐套餐" in text
    assert '"grand_sales_minor"' in text
    assert "chain unbroken" in text


def test_the_journal_says_what_was_counted_and_what_was_approved(demo, run, capsys):
    """A Z with its over or short, a count with its sum, an approval with its act."""
    assert main(["journal", demo, "--kind", "shift", "--kind", "staff.approved"]) == 0
    told = capsys.readouterr().out
    assert "number 1  Z 1  expected ¥998.00  over/short -¥1.50" in told
    assert "number 1  cash ¥996.50" in told
    assert "sale.discount" in told


def test_staff_lists_say_limits_in_money_and_percent(demo, run, capsys):
    """No minor units and no ppm; ids are as short as in the journal."""
    assert main(["staff", "list", "--roles", "-f", demo]) == 0
    told = capsys.readouterr().out
    assert "up to 10%" in told
    assert "up to ¥200.00" in told
    assert main(["staff", "log", "-f", demo]) == 0
    assert re.search("[0-9A-HJKMNP-TV-Z]{26}", capsys.readouterr().out) is None


def test_journal_as_lines(demo, capsys):
    """--jsonl gives every record as one JSON object a line."""
    import json

    assert main(["journal", demo, "--jsonl", "--kind", "drawer.opened"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["body"]["reason"] for line in lines] == ["换零钱"]


def test_verify_says_what_holds(demo, run, capsys):
    """A sound shop verifies: chain, tables, every seal; quickly, with one signature for all."""
    code, answer = run("verify", demo)
    assert (code, answer["ok"]) == (0, True)
    assert answer["report"]["signatures"] == answer["report"]["seals"] > 1
    code, answer = run("verify", demo, "--quick")
    assert (code, answer["report"]["signatures"]) == (0, 1)
    assert main(["verify", demo]) == 0
    assert capsys.readouterr().out.startswith("OK: ")


def test_verify_names_the_first_bad_record(shop, run, capsys):
    """After a change by hand verify fails, names the record and says what to do."""
    change_record(shop, 6)
    code, answer = run("verify", shop)
    assert (code, answer["ok"]) == (1, False)
    assert answer["fault"]["what"].startswith("record 6: it was changed after it was written")
    assert main(["verify", shop]) == 1
    text = capsys.readouterr().out
    assert text.startswith("NOT OK: record ")
    assert "cashwrap restore" in text
