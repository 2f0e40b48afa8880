"""PINs: which are allowed, and what is kept of one.

HMAC-SHA-256(pepper, argon2id(pin, salt)), with 19 MiB, two passes and one lane, the first of the
parameter sets of OWASP's password storage cheat sheet. The pepper never leaves the device, so that
a stolen journal gives no PIN although there are few.
"""

import hmac
from hashlib import sha256
from itertools import pairwise

import msgspec

from cashwrap.errors import InvalidInput

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
SALT_SIZE, HASH_SIZE = 16, 32
DIGITS_MIN, DIGITS_MAX = 4, 12


class PinSecret(msgspec.Struct, frozen=True, array_like=True):
    """What is kept of a PIN. ``pepper`` names the pepper that it was made with."""

    salt: bytes
    mac: bytes
    pepper: str
    memory_kib: int = MEMORY_KIB
    passes: int = PASSES
    lanes: int = LANES


def check_rules(pin: str, account: str) -> None:
    """Raise PinRefused unless a PIN has 4 to 12 digits and is none that is tried first."""
    from cashwrap.staff.errors import PinRefused  # not at the till's start

    if not isinstance(pin, str):
        raise InvalidInput("a PIN is text of digits")
    if not (DIGITS_MIN <= len(pin) <= DIGITS_MAX and pin.isascii() and pin.isdigit()):
        raise PinRefused(f"a PIN has {DIGITS_MIN} to {DIGITS_MAX} digits")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise PinRefused("digits that are all the same, or count up or down, are tried first")
    if any(pin == pin[:size] * (len(pin) // size) for size in (2, 3)):
        raise PinRefused("digits that repeat themselves are tried first")
    if len(pin) == 4 and pin[:2] in ("19", "20"):
        raise PinRefused("years are tried first")
    if pin == account:
        raise PinRefused("a PIN that is the account's own code protects nothing")


def made(pin: str, salt: bytes, pepper: bytes) -> PinSecret:
    """Return what to keep of a PIN."""
    secret = PinSecret(salt, b"", pepper_name(pepper), MEMORY_KIB, PASSES, LANES)
    return msgspec.structs.replace(secret, mac=_mac(pin, secret, pepper))


def matches(pin: str, secret: PinSecret, pepper: bytes) -> bool:
    """Return whether a PIN is the one that a secret was made of; takes as long either way."""
    return hmac.compare_digest(_mac(pin, secret, pepper), secret.mac)


def pepper_name(pepper: bytes) -> str:
    """Return what a pepper is called, which does not tell it."""
    return hmac.digest(pepper, b"cashwrap pepper", sha256).hex()[:16]


def _mac(pin: str, secret: PinSecret, pepper: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    raw = hash_secret_raw(
        pin.encode(errors="replace"),
        secret.salt,
        time_cost=secret.passes,
        memory_cost=secret.memory_kib,
        parallelism=secret.lanes,
        hash_len=HASH_SIZE,
        type=Type.ID,
    )
    return hmac.digest(pepper, raw, sha256)


def checked_by(pin: str, secret: PinSecret | None, pepper: bytes) -> bool:
    """Return whether a PIN is right; where there is no secret, no, after the same work."""
    if secret is None:
        nobody = PinSecret(bytes(SALT_SIZE), bytes(HASH_SIZE), "", MEMORY_KIB, PASSES, LANES)
        matches(pin, nobody, pepper)
        return False
    return matches(pin, secret, pepper)
