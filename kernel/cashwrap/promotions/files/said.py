"""What a check says, and where in a rule set."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Said(NamedTuple):
    """One thing: the field's path as the file has it, its stable code, and words."""

    place: str
    code: str
    text: str


def inside(place: str, said: Iterable[Said]) -> Iterator[Said]:
    """Yield what is said of a part, with the part's own place before it."""
    for one in said:
        joined = f"{place}.{one.place}" if one.place and one.place[0] != "[" else place + one.place
        yield Said(joined, one.code, one.text)
