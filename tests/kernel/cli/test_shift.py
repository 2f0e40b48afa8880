"""`cashwrap shift`: looking at shifts and proving their Zs."""

import pytest

from cashwrap.cli.main import main
from cashwrap.till import Till


@pytest.fixture
def closed(shop, tmp_path):
    """The small shop after one shift, with another that waits for its count."""
    with Till.open(shop) as till:
        for number in (1, 2):
            till.shifts.open(5_000, staff="ana")
            sale = till.new_sale(staff="ana")
            sale.add("TEA")
            sale.pay_cash(500, staff="ana")
            if number == 1:
                till.shifts.declare(1, {5_000: 1, 100: 3}, staff="ana")
                till.shifts.close(1, staff="boss")
            else:
                till.shifts.blind_close(staff="ana")
    return shop


def test_list_names_every_shift(closed, run, capsys):
    """Its state, its Z, and what was over or short."""
    code, answer = run("shift", "list", "-f", closed)
    assert code == 0
    assert [(one["number"], one["state"], one["z"]) for one in answer["shifts"]] == [
        (1, "closed", 1),
        (2, "counting", 0),
    ]
    assert main(["shift", "list", "-f", closed]) == 0
    assert "-¥1.00" in capsys.readouterr().out


def test_x_hides_what_a_blind_count_must_not_see(closed, run):
    """The command line asks nobody for rights, so it shows no money before the count."""
    code, answer = run("shift", "x", "-f", closed)
    assert (code, answer["report"]["hidden"], answer["report"]["tenders"]) == (0, True, [])
    assert "54.00" not in answer["text"]
    assert run("shift", "x", "1", "-f", closed)[1]["error"]["code"] == "shift.state"


def test_z_is_printed_again(closed, run):
    """By its number or as the last one, in another language."""
    code, answer = run("shift", "z", "last", "--language", "en", "--columns", "32", "-f", closed)
    assert (code, answer["report"]["z"]) == (0, 1)
    assert "SHORT" in answer["text"]
    assert run("shift", "z", "7", "-f", closed)[1]["error"]["code"] == "shift.unknown"
    assert run("shift", "z", "first", "-f", closed)[0] == 2


def test_verify_proves_each_z_and_finds_what_was_changed(closed, run):
    """Every Z is folded again; a table that keeps another report is named."""
    code, answer = run("shift", "verify", "-f", closed)
    assert (code, answer["ok"], len(answer["proof"]["reports"])) == (0, True, 1)
    with Till.open(closed) as till:
        report = till.shifts.z(1)
        forged = report.journal_hash.replace(report.journal_hash[:8], "00000000", 1)
        store = till.store
        with store.engine.env.begin(write=True) as txn:
            db = store.engine.dbs["shift.reports"]
            raw = txn.get((1).to_bytes(8, "big"), db=db)
            txn.put(
                (1).to_bytes(8, "big"),
                raw.replace(report.journal_hash.encode(), forged.encode()),
                db=db,
            )
    code, answer = run("shift", "verify", "1", "-f", closed)
    assert (code, answer["ok"]) == (1, False)
    assert "another report" in answer["proof"]["fault"]
