"""A payment terminal for training: it takes no money, and misbehaves when somebody asks it to.

It keeps what it "charged" in a file of the training folder, as a real provider keeps it elsewhere,
so that a till which is switched off during a payment finds the truth afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import msgspec

from cashwrap.errors import InvalidInput
from cashwrap.tender.driver import (
    Approved,
    Cancelled,
    Capabilities,
    Declined,
    Intent,
    NotFound,
    Outcome,
    Pending,
    SettlementLine,
    TenderDriver,
)
from cashwrap.tender.errors import DeviceError

Behaviour = Literal[
    "approve",
    "decline",
    "slow",  # the customer takes their time: approved at the third question
    "silent",  # charged, but no answer comes until the fourth question
    "lost",  # the request never arrived: no answer, and then nothing is known of it
    "partial",  # half of the amount is on the card
    "no_refund",  # approves, and refuses to give it back
]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)

ANSWERS_FILE = "terminal-next.json"
_POLL_MS = 1_000
_SLOW_QUESTIONS, _SILENT_QUESTIONS = 3, 4


class Charge(msgspec.Struct):
    """What the terminal knows of one payment. ``refunds`` is by refund id."""

    amount_minor: int
    currency: str
    behaviour: Behaviour
    charged_minor: int = 0
    questions: int = 0
    cancelled: bool = False
    refunds: dict[str, int] = {}


def ask_next(folder: Path, kind: str, behaviours: Sequence[Behaviour]) -> None:
    """Let the next payments of a kind go like this, one after the other; then all is well again.

    ``folder`` is that of the training till, which may be in use. Raises InvalidInput.
    """
    for one in behaviours:
        if one not in BEHAVIOURS:
            raise InvalidInput(
                f"a terminal cannot {one!r:.40} in training: choose {', '.join(BEHAVIOURS)}"
            )
    waiting = _read_next(folder)
    waiting[kind] = list(behaviours)
    _write(folder / ANSWERS_FILE, msgspec.json.encode(waiting))


def simulated(drivers: Mapping[str, TenderDriver], folder: Path) -> dict[str, TenderDriver]:
    """Return a simulated terminal for each kind of payment; the real drivers are left alone."""
    return {
        kind: TrainingTerminal(kind, driver.capabilities, folder)
        for kind, driver in drivers.items()
    }


class TrainingTerminal:
    """A `TenderDriver` that moves no money."""

    def __init__(self, kind: str, capabilities: Capabilities, folder: Path) -> None:
        self.capabilities = capabilities
        self._kind = kind
        self._folder = folder
        self._path = folder / f"terminal-{kind.encode().hex()}.json"
        self._charges = _read_charges(self._path)

    def begin(self, intent: Intent) -> Outcome:
        """Charge once per id, unless it is to go otherwise."""
        charge = self._charges.get(intent.id)
        if charge is not None:
            return self._standing(intent.id, charge)
        behaviour = self._next()
        charge = Charge(intent.amount_minor, intent.currency, behaviour)
        if behaviour == "lost":
            raise DeviceError(self._kind, "begin", "no answer (training)")
        if behaviour == "partial":
            charge.charged_minor = max(1, intent.amount_minor // 2)
        elif behaviour not in ("decline", "slow"):
            charge.charged_minor = intent.amount_minor
        self._charges[intent.id] = charge
        self._keep()
        return self._standing(intent.id, charge)

    def query(self, intent_id: str) -> Outcome:
        """Say how the payment stands."""
        charge = self._charges.get(intent_id)
        if charge is None:
            return NotFound(intent=intent_id)
        charge.questions += 1
        slow_enough = charge.questions >= _SLOW_QUESTIONS and not charge.cancelled
        if charge.behaviour == "slow" and slow_enough:
            charge.charged_minor = charge.amount_minor
        self._keep()
        return self._standing(intent_id, charge)

    def cancel(self, intent_id: str) -> Outcome:
        """Reverse the payment."""
        charge = self._charges.get(intent_id)
        if charge is None:
            return NotFound(intent=intent_id)
        charge.questions += 1
        self._keep()
        self._answer(charge, "cancel")
        charge.cancelled, charge.charged_minor = True, 0
        self._keep()
        return Cancelled(intent=intent_id)

    def refund(self, refund_id: str, intent_id: str, amount_minor: int) -> Outcome:
        """Give back once per refund id, never more than was charged."""
        charge = self._charges.get(intent_id)
        if charge is None:
            return Declined(intent=intent_id, reason="no such payment (training)")
        if refund_id not in charge.refunds:
            left_minor = charge.charged_minor - sum(charge.refunds.values())
            if charge.behaviour == "no_refund" or amount_minor > left_minor:
                return Declined(intent=intent_id, reason="refund refused (training)")
            charge.refunds[refund_id] = amount_minor
            self._keep()
        return self._approved(intent_id, charge, charge.refunds[refund_id])

    def settlement(self, day: date) -> Iterator[SettlementLine]:
        """Yield all that was "moved"; there are no days in training, and no fees."""
        for intent_id, charge in sorted(self._charges.items()):
            if charge.charged_minor:
                yield SettlementLine(
                    intent=intent_id, kind="payment", amount_minor=charge.charged_minor
                )
            for refund_id, amount_minor in sorted(charge.refunds.items()):
                yield SettlementLine(
                    intent=intent_id, kind="refund", amount_minor=amount_minor, refund=refund_id
                )

    def taken_minor(self, intent_id: str) -> int:
        """Return what the customer would have paid under this id, refunds taken off."""
        charge = self._charges.get(intent_id)
        return charge.charged_minor - sum(charge.refunds.values()) if charge else 0

    def _next(self) -> Behaviour:
        waiting = _read_next(self._folder)
        mine = waiting.get(self._kind, [])
        if not mine:
            return "approve"
        waiting[self._kind] = mine[1:]
        _write(self._folder / ANSWERS_FILE, msgspec.json.encode(waiting))
        return mine[0]

    def _standing(self, intent_id: str, charge: Charge) -> Outcome:
        self._answer(charge, "query")
        if charge.charged_minor:
            return self._approved(intent_id, charge, charge.charged_minor)
        if charge.cancelled:
            return Cancelled(intent=intent_id)
        if charge.behaviour == "slow":
            return Pending(intent=intent_id, next_poll_ms=_POLL_MS, show=f"training:{intent_id}")
        return Declined(intent=intent_id, reason="declined (training)")

    def _answer(self, charge: Charge, action: str) -> None:
        """Raise DeviceError while the terminal gives no answer."""
        if charge.behaviour == "silent" and charge.questions < _SILENT_QUESTIONS:
            raise DeviceError(self._kind, action, "no answer (training)")

    def _approved(self, intent_id: str, charge: Charge, amount_minor: int) -> Outcome:
        return Approved(
            intent=intent_id,
            amount_minor=amount_minor,
            currency=charge.currency,
            provider_id=f"TRAINING-{intent_id}",
        )

    def _keep(self) -> None:
        _write(self._path, msgspec.json.encode(self._charges))


def _read_charges(path: Path) -> dict[str, Charge]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Charge])
    except (OSError, msgspec.DecodeError):
        return {}


def _read_next(folder: Path) -> dict[str, list[Behaviour]]:
    try:
        path = folder / ANSWERS_FILE
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[Behaviour]])
    except (OSError, msgspec.DecodeError):
        return {}


def _write(path: Path, data: bytes) -> None:
    """Replace a file at once, so that whoever reads it finds it whole."""
    part = path.with_suffix(".part")
    part.write_bytes(data)
    os.replace(part, path)
