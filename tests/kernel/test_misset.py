"""A settings file that is refused says which line, why, and what was probably meant."""

import pytest

from cashwrap.settings import SettingsRefused, parse_settings


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("sync = false", "sync"),
        ("[database]\nmetasync = false", "database.metasync"),
        ("[stock]\nwritemap = true", "stock.writemap"),
        ("[lmdb.flags]\nNoSync = true", "lmdb.flags.NoSync"),
        ('[journal]\nsynchronous = "off"', "journal.synchronous"),
    ],
)
def test_no_setting_makes_the_database_forget(text: str, named: str) -> None:
    """Every flag under which an acknowledged sale may be lost is refused by its name, with why."""
    with pytest.raises(SettingsRefused, match=f"{named} cannot be set.*power cut.*take the line"):
        parse_settings(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('shopname = "x"', "'shopname' is no setting: did you mean 'shop_name'"),
        ("[receipt]\ncolumn = 32", "'receipt.column' is no setting: did you mean 'columns'"),
        ("[a.b.c]\nx = 1", "'a' is no setting: take it out"),
        ("[receipt]\ncolumns = 3", "columns"),
    ],
)
def test_a_wrong_name_says_the_right_one(text: str, said: str) -> None:
    """The nearest name at that place is offered."""
    with pytest.raises(SettingsRefused, match=said):
        parse_settings(text)


def test_plugins_have_settings_of_their_own() -> None:
    """What a plugin calls its settings is its own affair."""
    assert parse_settings("[plugins.remote]\nsync = false").plugins == {"remote": {"sync": False}}
