"""Backup and restore, copies, lost keys, damage: each has its command and its error."""

import shutil
from pathlib import Path

from builders.tamper import change_record

from cashwrap import Till
from cashwrap.cli.main import main


def test_backup_and_restore(shop, tmp_path, run):
    """A backup verifies by itself, and restores into a new epoch with all its sales."""
    file = str(tmp_path / "monday.mdb")
    code, answer = run("backup", file, "-f", shop)
    assert code == 0
    assert run("verify", file)[1]["report"]["hash"] == answer["report"]["hash"]
    other = str(tmp_path / "other")
    assert run("restore", file, "-f", other, "--reason", "disk changed")[0] == 0
    assert run("verify", other)[1]["ok"]
    assert run("takings", "-f", other)[1]["totals"]["sales"] == 2
    assert run("doctor", other)[1]["stats"]["epoch"] == 2
    assert "小店" in run("receipt", "1", "-f", other)[1]["text"]  # its settings are in the journal


def test_backup_finds_a_name(shop, run):
    """Without a file the backup goes into the shop's folder, named by its head."""
    path = run("backup", "-f", shop)[1]["report"]["path"]
    assert Path(path).parent == Path(shop) / "backups"
    assert Path(path).is_file()


def test_restore_spares_what_is_newer(shop, tmp_path, run):
    """A store that ends later than the backup is only replaced when that is said."""
    file = str(tmp_path / "old.mdb")
    run("backup", file, "-f", shop)
    with Till.open(shop) as till:
        till.no_sale("换零钱")
    refused = run("restore", file, "-f", shop, "--reason", "test")
    assert (refused[0], refused[1]["error"]["code"]) == (1, "store.restore_refused")
    assert run("restore", file, "-f", shop, "--reason", "test", "--replace-newer")[0] == 0
    assert run("restore", file, "-f", shop)[0] == 2  # a reason is needed


def test_adopt_a_copy(shop, tmp_path, run):
    """A copied folder is refused until it is adopted; then it goes on in a new epoch."""
    copy = str(tmp_path / "copy")
    shutil.copytree(shop, copy)
    code, answer = run("verify", copy)
    assert (code, answer["error"]["code"]) == (1, "store.copied")
    assert run("adopt", copy, "--reason", "moved to the new terminal") == (
        0, {"folder": copy, "epoch": 2},
    )  # fmt: skip
    assert run("verify", copy)[1]["ok"]


def test_rekey_when_the_key_is_lost(shop, run):
    """Without its key file a till does not open; rekey gives it a new one, for all to see."""
    (Path(shop) / "till.key").unlink()
    assert run("verify", shop)[1]["error"]["code"] == "store.key_lost"
    assert run("rekey", shop, "--reason", "the file was deleted")[0] == 0
    assert run("verify", shop)[1]["ok"]
    assert run("journal", shop, "--kind", "till.rekeyed")[1]["records"]


def test_salvage_a_cut_file(shop, tmp_path, run):
    """A damaged file is refused with exit code 3; what can be proved of it is copied out."""
    data = Path(shop) / "data.mdb"
    with data.open("r+b") as file:
        file.seek(0)
        file.write(bytes(64))
        file.seek(4096)
        file.write(bytes(64))
    code, answer = run("takings", "-f", shop)
    assert (code, answer["error"]["code"]) == (3, "store.damaged")
    assert run("verify", shop)[0] == 1
    assert run("salvage", str(tmp_path / "rescued"), "-f", shop)[0] in (0, 3)


def test_salvage_leaves_out_what_was_changed(shop, tmp_path, run):
    """A record that was changed is not among what was proved, though its link fits."""
    change_record(shop, 6)
    rescued = str(tmp_path / "rescued")
    report = run("salvage", rescued, "-f", shop)[1]["report"]
    assert (report["records"], report["seq"]) == (5, 5)
    assert report["stopped"].startswith("record 6: it was changed after it was written")
    assert run("verify", rescued)[1]["ok"]


def test_trim_needs_a_backup_of_it(shop, tmp_path, run):
    """Records are only removed when the backup that is named has them."""
    old, new = str(tmp_path / "old.mdb"), str(tmp_path / "new.mdb")
    run("backup", old, "-f", shop)
    with Till.open(shop) as till:
        till.no_sale("换零钱")
    head = run("doctor", shop)[1]["stats"]["last_seq"]
    refused = run("trim", "-f", shop, "--until", str(head - 1), "--backup", old)
    assert (refused[0], refused[1]["error"]["code"]) == (1, "input.invalid")
    run("backup", new, "-f", shop)
    assert run("trim", "-f", shop, "--until", "8", "--backup", new)[1]["until_seq"] == 8
    assert run("verify", shop)[1]["ok"]
    assert run("compact", shop)[0] == 0
    assert run("takings", "-f", shop)[1]["totals"]["sales"] == 2
    assert run("trim", "-f", shop, "--backup", new)[0] == 2


def test_rebuild(shop, run):
    """Tables are folded from the journal anew."""
    code, answer = run("rebuild", shop)
    assert code == 0
    assert {"sale", "stock", "tender"} <= set(answer["projections"])
    assert run("verify", shop)[1]["ok"]


def test_store_in_use(shop, run):
    """While a till runs on a folder, commands say who has it; exit code 4."""
    with Till.open(shop):
        code, answer = run("journal", shop)
    assert (code, answer["error"]["code"]) == (4, "store.in_use")


def test_looking_is_not_journaled(shop, run):
    """Commands that look leave the journal as it is."""
    before = run("doctor", shop)[1]["stats"]["last_seq"]
    for words in (("takings",), ("receipt", "1"), ("stock",), ("find", "水")):
        assert run(*words, "-f", shop)[0] == 0
    run("verify", shop), run("journal", shop), run("rebuild", shop)
    assert run("doctor", shop)[1]["stats"]["last_seq"] == before


def test_looking_covers_nothing_up(shop, run):
    """After a crash the next start still knows of it, whatever was looked at in between."""
    Till.open(shop).store.abandon()
    assert run("verify", shop)[0] == run("takings", "-f", shop)[0] == 0
    with Till.open(shop):
        pass
    opened = run("journal", shop, "--kind", "till.opened")[1]["records"][-1]
    assert opened["body"]["clean"] is False


def test_folder_by_environment(shop, monkeypatch, capsys):
    """The shop is -f, else the argument, else $CASHWRAP_FOLDER, else the current folder."""
    monkeypatch.setenv("CASHWRAP_FOLDER", shop)
    assert main(["verify"]) == 0
    monkeypatch.delenv("CASHWRAP_FOLDER")
    monkeypatch.chdir(shop)
    assert main(["verify"]) == 0
    assert main(["verify", "elsewhere"]) == 1
