"""Calling a driver so that nothing it does can reach the sale."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from cashwrap.tender.driver import Capabilities, Outcome, TenderDriver, Unknown
from cashwrap.tender.errors import BadSignature, TenderRefused

if TYPE_CHECKING:
    from cashwrap.tender.doubt import Call


class Said(NamedTuple):
    """What a driver answered, and to which call."""

    call: Call
    outcome: Outcome


Ask = Callable[[str, str, "Call", Callable[[], Outcome]], Said | None]
"""Asks a driver by its name about a payment or refund by id; None while the answer, perhaps to an
earlier call about the same, is on the way: ask again after `LATER_MS`."""

LATER_MS = 100
_encode = msgspec.msgpack.Encoder().encode
_decode: Callable[[bytes], Outcome] = msgspec.msgpack.Decoder(Outcome).decode


def ask(call: Callable[[], Outcome]) -> Outcome:
    """Return a driver's answer; whatever it raises is one more way of not answering."""
    try:
        return valid(call())
    except BadSignature:
        return Unknown(reason="bad_signature")
    except Exception as failure:
        code = getattr(failure, "code", "")
        return Unknown(reason=code if code and isinstance(code, str) else type(failure).__name__)


def ask_at_once(_: str, __: str, call: Call, act: Callable[[], Outcome]) -> Said | None:
    """Return a driver's answer, however long it takes."""
    return Said(call, ask(act))


def valid(outcome: object) -> Outcome:
    """Return the outcome as the journal could hold it: no float in money, no broken text."""
    try:
        return _decode(_encode(outcome))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError):
        return Unknown(reason="not_an_outcome")


def capabilities_of(name: str, driver: TenderDriver) -> Capabilities:
    """Return what a driver can do. Raises TenderRefused for one that cannot even say that."""
    try:
        return driver.capabilities
    except Exception as failure:
        why = type(failure).__name__
        raise TenderRefused(f"{name} does not work ({why}): choose another tender") from failure
