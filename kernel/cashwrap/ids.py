"""Ids made on this device: sortable by time, unique without asking anybody."""

from cashwrap.ports import Randomness

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]  # of ten bits


def new_id(wall_ms: int, randomness: Randomness) -> str:
    """Return 26 letters: 48 bits of time, then 80 random bits (the layout of a ULID)."""
    value = (wall_ms & (2**48 - 1)) << 80 | int.from_bytes(randomness.token(10), "big")
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)])
