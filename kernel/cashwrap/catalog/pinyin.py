"""Pinyin of names, made once at import: 可口可乐330ml is found as kkkl330ml and kekoukele.

Readings come from pypinyin's tables, loaded only here. A phrase that is in them settles the reading
of its characters (重庆 chongqing, 银行 yinhang), the longest first; else the commonest one holds.
"""

import unicodedata
from functools import cache

HAN_START = "\u3007"
_COMBINING_DIAERESIS = "\u0308"


def plain(reading: str) -> str:
    """Return a syllable without tone marks; ü is v, as it is typed."""
    parts = unicodedata.normalize("NFD", reading)
    kept = ("v" if c == _COMBINING_DIAERESIS else c for c in parts if c.isalpha() or c == "\u0308")
    return "".join(kept).replace("uv", "v")


@cache
def tables() -> "Pinyin":
    """Return the tables, indexed once for each process."""
    return Pinyin()


class Pinyin:
    """The tables, indexed by the first two characters of each phrase."""

    def __init__(self) -> None:
        from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

        self._readings = PINYIN_DICT
        self._phrases = PHRASES_DICT
        self._by_start: dict[str, list[int]] = {}
        for phrase in PHRASES_DICT:
            lengths = self._by_start.setdefault(phrase[:2], [])
            if len(phrase) not in lengths:
                lengths.append(len(phrase))
        for lengths in self._by_start.values():
            lengths.sort(reverse=True)
        self._syllable = cache(self._syllable_of)

    def of(self, name: str) -> tuple[str, str]:
        """Return the full pinyin and the initials; letters and digits keep their place."""
        full: list[str] = []
        initials: list[str] = []
        at = 0
        while at < len(name):
            syllables = self._phrase_at(name, at) if name[at] >= HAN_START else None
            if syllables is None:
                syllables = [self._syllable(name[at])]
            at += len(syllables)
            for syllable in syllables:
                full.append(syllable)
                initials.append(syllable[:1])
        return "".join(full), "".join(initials)

    def _phrase_at(self, name: str, at: int) -> list[str] | None:
        for length in self._by_start.get(name[at : at + 2], ()):
            found = self._phrases.get(name[at : at + length])
            if found is not None and len(found) == length:
                return [plain(readings[0]) for readings in found]
        return None

    def _syllable_of(self, char: str) -> str:
        readings = self._readings.get(ord(char))
        if readings:
            return plain(readings.split(",")[0])
        return char if char.isalnum() else ""
