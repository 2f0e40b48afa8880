"""The comparison with other engines and other ways of choosing, without the engines."""

import sys
from pathlib import Path

import pytest

PEERS = Path(__file__).parents[2] / "benches" / "peers"


@pytest.fixture(autouse=True)
def peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(PEERS), *sys.path])


def test_ours_is_never_above_the_best_and_no_way_of_choosing_below_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The tally ends the run for a price below the best; ours stands in the table with nothing."""
    import run

    assert run.main(["--no-peers", "--carts", "10"]) == 0
    rows = {row[:34].strip(): row[34:] for row in capsys.readouterr().out.splitlines()}
    assert rows["cashwrap"].split() == ["0.0", "%", "/", "0.0", "%"] * 4
    assert rows["one promotion per order"].split()[0] != "0.0"


def test_a_tally_refuses_what_cannot_be() -> None:
    """A price below that of the best plan means that the judge is wrong."""
    import run

    from cashwrap.bench.dense import dense_cart
    from cashwrap.bench.every_plan import Cart, least_payable

    lines = dense_cart(5, 1)
    least, tally = least_payable(lines), run.Tally()
    tally.add(Cart(lines), least, least)
    assert str(tally) == "0.0 % / 0.0 %"
    with pytest.raises(SystemExit, match="below the least"):
        tally.add(Cart(lines), least - 1, least)


def test_the_same_workload_in_every_run_and_engine() -> None:
    """Every engine gets the same goods, basket and offers; each offer has goods of the basket."""
    import offers
    import ours

    work = offers.workload()
    assert work == offers.workload()
    assert (len(work.basket), len(work.offers)) == (20, 100)
    assert all(len(offer.goods) == offers.RANGE for offer in work.offers if offer.kind != "spend")
    engine = ours.Ours(work)
    measured = engine.price()
    assert engine.proved
    assert 0 < measured.off_minor < measured.total_minor == 106_900
