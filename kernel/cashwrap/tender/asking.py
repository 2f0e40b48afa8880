"""Calling a driver so that nothing it does can reach the sale."""

from collections.abc import Callable

import msgspec

from cashwrap.tender.driver import Capabilities, Outcome, TenderDriver, Unknown
from cashwrap.tender.errors import BadSignature, TenderRefused

Ask = Callable[[str, Callable[[], Outcome]], Outcome]  # by a driver's name
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


def ask_at_once(_: str, call: Callable[[], Outcome]) -> Outcome:
    """Return a driver's answer, however long it takes."""
    return ask(call)


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
