"""The simulated terminal keeps the contract of a driver, and misbehaves when it is asked to."""

from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import pytest

from cashwrap.errors import InvalidInput
from cashwrap.tender.driver import Approved, Capabilities, Declined, Intent, NotFound, Pending
from cashwrap.tender.errors import DeviceError
from cashwrap.testing.conformance import Rig, TenderDriverConformance
from cashwrap.training.terminal import TrainingTerminal, ask_next

CARD = Capabilities(kind="card", settlement=True)


def terminal(folder: Path) -> TrainingTerminal:
    """Return the terminal as a new process finds it."""
    return TrainingTerminal("card", CARD, folder)


def intent(name: str = "A1", amount_minor: int = 900) -> Intent:
    """Return a payment to ask for."""
    return Intent(
        id=name, sale="S1", driver="card", amount_minor=amount_minor, currency="CNY",
        deadline_ms=4_000_000_000_000,
    )  # fmt: skip


class TestConformance(TenderDriverConformance):
    """What every driver has to do."""

    def rig(self) -> Rig:
        """Return a fresh terminal that can be told to be silent, or to decline."""
        folder = Path(mkdtemp())
        driver = terminal(folder)
        return Rig(
            driver=driver,
            taken_minor=driver.taken_minor,
            lose_answer=lambda: ask_next(folder, "card", ["silent"]),
            decline_next=lambda: ask_next(folder, "card", ["decline"]),
            day=date(2026, 3, 1),
        )


def test_it_does_what_it_is_told_and_then_works_again(tmp_path: Path) -> None:
    """Each word counts for one payment."""
    driver = terminal(tmp_path)
    ask_next(tmp_path, "card", ["decline", "partial", "slow"])
    assert isinstance(driver.begin(intent("A1")), Declined)
    half = driver.begin(intent("A2"))
    assert isinstance(half, Approved)
    assert half.amount_minor == 450
    assert isinstance(driver.begin(intent("A3")), Pending)
    assert isinstance(driver.query("A3"), Pending)
    assert isinstance(driver.query("A3"), Pending)
    assert isinstance(driver.query("A3"), Approved)
    assert isinstance(driver.begin(intent("A4")), Approved)


def test_silence_ends_and_the_money_was_taken(tmp_path: Path) -> None:
    """A silent terminal charged; it remembers that across a restart of the till."""
    ask_next(tmp_path, "card", ["silent"])
    with pytest.raises(DeviceError):
        terminal(tmp_path).begin(intent())
    driver = terminal(tmp_path)
    for _ in range(3):
        with pytest.raises(DeviceError):
            driver.query("A1")
    assert isinstance(driver.query("A1"), Approved)
    assert driver.taken_minor("A1") == 900


def test_a_lost_request_is_not_known_later(tmp_path: Path) -> None:
    """What never arrived was not charged."""
    driver = terminal(tmp_path)
    ask_next(tmp_path, "card", ["lost"])
    with pytest.raises(DeviceError):
        driver.begin(intent())
    assert isinstance(driver.query("A1"), NotFound)


def test_no_refund(tmp_path: Path) -> None:
    """It can be told to take money and not to give it back."""
    driver = terminal(tmp_path)
    ask_next(tmp_path, "card", ["no_refund"])
    driver.begin(intent())
    assert isinstance(driver.refund("R1", "A1", 900), Declined)
    assert driver.taken_minor("A1") == 900


def test_an_unknown_word_is_refused(tmp_path: Path) -> None:
    """The refusal names the words that there are."""
    with pytest.raises(InvalidInput, match="decline"):
        ask_next(tmp_path, "card", ["explode"])  # type: ignore[list-item]
