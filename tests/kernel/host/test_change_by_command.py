"""Plugins changed from the command line, by somebody who may."""

import io
import json

import pytest
from builders.people import staffed

from cashwrap.cli.main import main
from cashwrap.errors import CashwrapError
from cashwrap.store.look import look_into
from cashwrap.testing.shop import SETTINGS, Shop
from cashwrap.till import Till

PLUGIN = """
import msgspec

class Stamps(msgspec.Struct, forbid_unknown_fields=True):
    spend_minor: int = 1000
    name: str = ""
    key: str = ""
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A shop whose device has one plugin with settings."""
    monkeypatch.setenv("CASHWRAP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr("cashwrap.plugins.installed_plugins", list)
    Till.create(tmp_path / "shop", SETTINGS)
    home = tmp_path / "shop/plugins/stamps"
    home.mkdir(parents=True)
    (home / "__init__.py").write_text("")
    (home / "plugin.py").write_text("")
    (home / "own.py").write_text(PLUGIN)
    (home / "manifest.toml").write_text('name = "stamps"\nsettings = "own:Stamps"\n')
    return tmp_path / "shop"


@pytest.fixture
def by(folder, monkeypatch):
    """Run a change as somebody whose PIN comes from stdin."""
    with Till.open(folder) as till:
        shop = object.__new__(Shop)
        shop.till = till
        staffed(shop)

    def run(who, pin, *words):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{pin}\n"))
        return main(["plugins", *words, *(["--by", who] if who else []), "-f", str(folder)])

    return run


def said(folder, capsys):
    capsys.readouterr()
    main(["plugins", "stamps", "-f", str(folder), "--json"])
    return json.loads(capsys.readouterr().out)["plugins"][0]


def test_settings_are_changed_one_by_one(folder, capsys):
    """What is not named stays; numbers are numbers, and nothing after = takes one out."""
    at = ["-f", str(folder)]
    assert main(["plugins", "--set", "stamps", "spend_minor=500", "name=Tea and cake", *at]) == 0
    assert "when the till opens next" in capsys.readouterr().out
    assert said(folder, capsys)["settings"] == {"spend_minor": 500, "name": "Tea and cake"}
    assert main(["plugins", "--set", "stamps", "spend_minor=", *at]) == 0
    assert said(folder, capsys)["settings"] == {"name": "Tea and cake"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["spend_minor=ten"], "spend_minor"),
        (["colour=red"], "colour"),
        (["spend_minor"], "KEY=VALUE"),
        ([], "KEY=VALUE"),
    ],
)
def test_settings_that_cannot_be_change_nothing(folder, capsys, words, why):
    """The field is named."""
    assert main(["plugins", "--set", "stamps", *words, "-f", str(folder)]) != 0
    assert why in capsys.readouterr().err
    assert said(folder, capsys)["settings"] == {}


def test_a_plugin_is_disabled_and_enabled(folder, capsys):
    """From when the till opens next; both at once is one too many."""
    assert main(["plugins", "--disable", "stamps", "-f", str(folder)]) == 0
    assert said(folder, capsys)["state"] == "disabled"
    both = ["plugins", "--disable", "stamps", "--enable", "stamps", "-f", str(folder)]
    assert main(both) != 0
    assert main(["plugins", "--enable", "stamps", "-f", str(folder)]) == 0
    assert said(folder, capsys)["state"] == "active"


@pytest.mark.parametrize(
    "words", [["--set-aside", "stamps"], ["--disable", "stamps"], ["--set", "stamps", "name=x"]]
)
def test_where_people_have_accounts_a_change_asks_for_the_right(folder, by, capsys, words):
    """Nobody, a cashier and a wrong PIN are refused; a manager's change is in the journal."""
    assert by("", "", *words) != 0
    assert by("ana", "4711", *words) != 0
    assert by("mia", "0000", *words) != 0
    found = said(folder, capsys)
    assert (found["state"], found["settings"]) == ("active", {})
    assert by("mia", "8246", *words) in (0, 6)
    found = said(folder, capsys)
    assert (found["state"], found["settings"]) != ("active", {})
    with look_into(folder) as look:
        kinds = ("plugin.settings_changed", "plugin.set_aside")
        told = [record for record in look.records() if record.envelope.kind in kinds]
        staff = {getattr(record.body(), "by", "") or record.envelope.staff for record in told}
    assert staff == {"mia"}


def test_a_program_asks_for_the_right_too(folder, by):
    """Whoever has it changes plugins; nobody else, and nothing is half done."""
    with Till.open(folder) as till:
        with pytest.raises(CashwrapError):
            till.manage_plugins(staff="ana").set_aside("stamps", "noise")
        till.staff.sign_in("mia", "8246")
        assert till.manage_plugins(staff="mia").set_aside("stamps", "noise").state == "aside"
        assert till.manage_plugins(staff="mia").restore("stamps").state == "active"
