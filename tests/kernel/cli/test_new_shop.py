"""Commands on a shop that was made a minute ago: each answers, in words."""

from pathlib import Path

import pytest

from cashwrap.cli.main import main

SAID = {
    "takings": "No sales yet.",
    "holds list": "No sale waits.",
    "holds report": "No sale was suspended",
    "returns": "Nothing came back",
    "shift list": "No shifts yet",
    "staff list": "Nobody has an account",
    "staff log": "Nobody signed in",
    "stock": "Nothing came in yet.",
    "rules list": "No rules are in force.",
    "training": "Nobody trained yet.",
}
REFUSED = {
    "receipt last": "there is no receipt here yet",
    "proof 1": "there is no receipt here yet",
    "shift z last": "no shift was closed",
    "shift x": "has no open shift",
}


@pytest.fixture
def new(tmp_path: Path) -> str:
    """A shop that nobody has opened yet: not all tables are there."""
    folder = str(tmp_path / "shop")
    assert main(["init", folder]) == 0
    return folder


@pytest.mark.parametrize("words", [*SAID, *REFUSED])
def test_each_command_says_that_there_is_nothing_yet(
    words: str, new: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No technical word, no empty table, and exit code 1 only for what was asked for by name."""
    capsys.readouterr()
    assert main([*words.split(), "-f", new]) == (words in REFUSED)
    told = capsys.readouterr()
    assert (SAID | REFUSED)[words] in told.out + told.err
    assert "table" not in told.err
