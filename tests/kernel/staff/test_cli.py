"""``cashwrap staff``: what an owner does about people from the command line."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cashwrap.cli.main import main
from cashwrap.till import Till

pytestmark = pytest.mark.usefixtures("cheap")
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a shop with --json, with lines of stdin; return its code and object."""
    monkeypatch.setenv("CASHWRAP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("CASHWRAP_FOLDER", str(tmp_path / "shop"))
    Till.create(tmp_path / "shop")

    def command(*words: str, typed: str = "") -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return command


@pytest.fixture
def boss(run: Run) -> Run:
    """The same with an owner."""
    assert run("staff", "add", "boss", "--role", "owner", typed="2580\n")[0] == 0
    return run


def test_people_come_and_go(boss: Run):
    """Each change is made by somebody who gives their PIN."""
    add = ("staff", "add", "ana", "--name", "安娜", "--role", "cashier", "--by", "boss")
    assert boss(*add, typed="2580\n4711\n")[0] == 0
    assert boss("staff", "role", "ana", "supervisor", "--by", "boss", typed="2580\n")[0] == 0
    assert boss("staff", "pin", "ana", "--by", "boss", typed="2580\n9173\n")[0] == 0
    assert boss("staff", "disable", "ana", "--by", "boss", typed="2580\n")[0] == 0
    people = boss("staff", "list")[1]["people"]
    assert [(one["code"], one["name"], one["role"], one["active"]) for one in people] == [
        ("ana", "安娜", "supervisor", False),
        ("boss", "boss", "owner", True),
    ]
    assert boss("staff", "enable", "ana", "--by", "ana", typed="9173\n")[1]["error"]["code"] == (
        "staff.wrong_pin"
    )


def test_who_nobody_answers_for_is_refused(boss: Run):
    """A shop with accounts wants somebody's PIN, or a reason of the device's owner."""
    assert boss("staff", "unlock", "boss")[0] == 2
    assert boss("staff", "unlock", "boss", "--by", "boss")[0] == 2  # no PIN on stdin
    assert boss("staff", "unlock", "boss", "--by", "boss", typed="1111\n")[0] == 1
    assert boss("staff", "unlock", "boss", "--device-owner", "forgot it")[0] == 0
    log = boss("staff", "log")[1]["log"]
    assert [one["kind"] for one in log][-2:] == ["staff.owner_acted", "staff.unlocked"]
    assert not any("2580" in str(one) for one in log)


def test_a_role_is_changed_by_its_rights(boss: Run):
    """Written right=how, with a limit where the right has one."""
    words = ("staff", "grant", "cashier", "sale.cancel=allowed", "sale.discount=allowed:50000")
    assert boss(*words, "--by", "boss", typed="2580\n")[0] == 0
    (cashier,) = [one for one in boss("staff", "list")[1]["roles"] if one["name"] == "cashier"]
    assert cashier["grants"]["sale.cancel"] == {"how": "allowed", "limit": None}
    assert cashier["grants"]["sale.discount"] == {"how": "allowed", "limit": 50_000}
    for wrong in ("sale.fly=allowed", "sale.cancel=maybe", "sale.discount=allowed:x"):
        assert boss("staff", "grant", "cashier", wrong, "--by", "boss", typed="2580\n")[0] == 2


def test_goods_are_imported_by_who_may(boss: Run, tmp_path: Path):
    """The other commands sign somebody in as well, once the shop has accounts."""
    catalog = tmp_path / "items.csv"
    catalog.write_text("sku,name,tax,price\nWATER,水,vat13,2.00\n", encoding="utf-8")
    assert boss("import", str(catalog))[0] == 2
    assert boss("import", str(catalog), "--staff", "boss", typed="2580\n")[0] == 0
    code, said = boss("rules", "rollback", "--staff", "boss", typed="2581\n")
    assert (code, said["error"]["code"]) == (1, "staff.wrong_pin")


def test_a_log_of_nobody_is_no_empty_table(run: Run, capsys: pytest.CaptureFixture[str]):
    """Before the first account there is nothing to show, and it says so."""
    found = run("staff", "log")
    assert found[1].get("log") == [], found
    assert main(["staff", "log"]) == 0
    assert capsys.readouterr().out.startswith("Nobody signed in")
