"""``cashwrap doctor`` for people and for scripts."""

from pathlib import Path

import pytest

from cashwrap.cli.main import main
from cashwrap.doctor import disk


@pytest.fixture(autouse=True)
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device with a disk and a clock as they should be, whatever runs the tests."""
    from cashwrap.doctor import clock

    monkeypatch.setattr(disk, "_file_system", lambda folder: "ext4")
    monkeypatch.setattr(disk, "_flush_us", lambda file: 1_000)
    monkeypatch.setattr(clock, "_kernel_says", lambda: True)


def test_exit_codes(shop, run, tmp_path):
    """0 for all good, 6 for something to look at, 1 for something bad."""
    code, answer = run("doctor", shop)
    assert (code, answer["worst"]) == (6, "look")
    assert [one["check"] for one in answer["findings"] if one["level"] == "look"] == [
        "backups.last"
    ]
    run("backup", str(tmp_path / "monday.mdb"), "-f", shop)
    code, answer = run("doctor", shop, "--deep")
    assert (code, answer["worst"]) == (0, "good"), answer
    (Path(shop) / "till.key").unlink()
    assert run("doctor", shop)[0] == 1
    assert run("doctor", str(tmp_path / "nothing"))[0] == 1


def test_people_read_what_to_do(shop, capsys):
    """What is good is only counted; the rest has its advice, in the language that is asked for."""
    assert main(["doctor", shop, "--language", "en"]) == 6
    english = capsys.readouterr().out
    assert "no backup is known" in english
    assert "-> back up now" in english
    assert "0 bad." in english
    assert "the time zone" not in english
    assert main(["doctor", shop, "--language", "zh-CN", "--all"]) == 6
    chinese = capsys.readouterr().out
    assert "没有备份记录" in chinese
    assert "时区" in chinese


def test_a_damaged_store_is_no_crash(shop, run):
    """It is looked at from outside, with exit code 1 and no figures."""
    data = Path(shop) / "data.mdb"
    data.write_bytes(data.read_bytes()[:10_000])
    code, answer = run("doctor", shop)
    assert (code, answer["stats"]) == (1, None)
    assert answer["findings"][0]["check"] == "store.readable"
