"""The code that a till shows so that one more device may be let in: short, and soon worth nothing.

It is made as RFC 8628 (section 6.1) advises: letters that nobody confuses and that spell no words.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple
from unicodedata import normalize

from cashwrap.pairing.errors import CodeRefused
from cashwrap.ports import Randomness, Timestamp

ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
SIZE = 8
GOOD_MS = 10 * 60_000
TRIES = 5
_EVEN = 256 - 256 % len(ALPHABET)  # bytes below it give every letter equally often


class ShownCode(NamedTuple):
    """A code as it is shown, and until when it is good (wall clock)."""

    code: str
    expires_at_ms: int


class Codes:
    """The one code that is good now, if any; kept in memory, so that a restart ends it."""

    def __init__(self, randomness: Randomness) -> None:
        self._randomness = randomness
        self._code = b""
        self._until_ms = 0  # steady time
        self._tries = 0

    def show(self, at: Timestamp) -> ShownCode:
        """Return a new code; the one before it is worth nothing now."""
        code = self._made()
        self._code, self._until_ms, self._tries = code.encode(), at.steady_ms + GOOD_MS, TRIES
        return ShownCode(f"{code[: SIZE // 2]}-{code[SIZE // 2 :]}", at.wall_ms + GOOD_MS)

    def check(self, given: str, at: Timestamp) -> None:
        """Raise CodeRefused unless this is the code. The fifth wrong one ends it."""
        if not self._code or at.steady_ms >= self._until_ms:
            self.stop()
            raise CodeRefused
        if not hmac.compare_digest(_typed(given), self._code):
            self._tries -= 1
            if not self._tries:
                self.stop()
            raise CodeRefused

    def stop(self) -> None:
        """Let no code be good: it was used, or is not wanted any more."""
        self._code = b""

    def _made(self) -> str:
        letters = ""
        while len(letters) < SIZE:
            drawn = self._randomness.token(2 * SIZE)
            letters += "".join(ALPHABET[each % len(ALPHABET)] for each in drawn if each < _EVEN)
        return letters[:SIZE]


def _typed(given: str) -> bytes:
    """Return what somebody typed, however they wrote it: small, wide, in groups."""
    letters = normalize("NFKC", given[:100]).upper()
    return "".join(each for each in letters if each.isalnum()).encode()
