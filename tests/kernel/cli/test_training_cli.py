"""Who trained, a terminal that misbehaves on request, and marks on all that is said of training."""

from pathlib import Path

from cashwrap import Till
from cashwrap.cli.main import main
from cashwrap.testing.terminal import FakeTerminal


def practise(shop: str, staff: str = "ana") -> str:
    """Sell one thing in training; return how its payment ended."""
    with Till.open(shop, drivers={"card": FakeTerminal()}, plugins=False) as till:
        with till.training(staff=staff) as training:
            sale = training.new_sale(staff=staff)
            sale.add("WATER")
            state = sale.payments.ask("card").state
            if sale.state != "completed":
                sale.pay_cash(1_000)
    return state


def test_who_trained(shop, run):
    """Each session with who, where, how long and how many sales."""
    assert run("training", "-f", shop)[1]["sessions"] == []
    practise(shop)
    (session,) = run("training", "show", "-f", shop)[1]["sessions"]
    assert (session["staff"], session["sales"], session["seconds"] >= 0) == ("ana", 1, True)


def test_the_next_payments_go_as_they_are_told(shop, run):
    """One word for each payment; a word that is none, or a shop without training, is refused."""
    assert run("training", "next", "card", "decline", "-f", shop)[0] == 1  # nobody trained yet
    assert practise(shop) == "approved"
    assert run("training", "next", "card", "decline", "-f", shop)[0] == 0
    assert practise(shop) == "declined"
    assert practise(shop) == "approved"
    assert run("training", "next", "card", "explode", "-f", shop)[0] == 1
    assert run("training", "next", "card", "-f", shop)[0] == 2
    assert run("training", "wipe", "card", "-f", shop)[0] == 2


def test_every_command_marks_what_is_training(shop, run, capsys):
    """People read it first, programs find it in the object; the shop's own says nothing of it."""
    practise(shop)
    folder = str(Path(shop) / "training")
    assert run("takings", "-f", folder)[1]["training"] is True
    assert "training" not in run("takings", "-f", shop)[1]
    assert main(["takings", "-f", folder]) == 0
    assert "培训模式" in capsys.readouterr().out.splitlines()[0]
    assert run("verify", folder)[1]["ok"]


def test_wipe(shop, run):
    """Only training goes, and only while nobody trains."""
    practise(shop)
    with Till.open(shop, plugins=False) as till:
        with till.training():
            assert run("training", "wipe", "-f", shop)[1]["error"]["code"] == "training.busy"
    before = run("takings", "-f", shop)[1]
    assert run("training", "wipe", "-f", shop)[1] == {"wiped": True}
    assert run("training", "wipe", "-f", shop)[1] == {"wiped": False}
    assert run("takings", "-f", shop)[1] == before
