"""What a check says: good, look or bad, in the languages of the shop."""

from typing import Literal

import msgspec

Level = Literal["good", "look", "bad"]
LEVELS: tuple[Level, ...] = ("good", "look", "bad")


class Words(msgspec.Struct, frozen=True, array_like=True):
    """The same sentence in English and in Chinese."""

    en: str = ""
    zh: str = ""

    def said(self, language: str) -> str:
        """Return it in a language: Chinese for ``zh-CN``, else English."""
        return self.zh if language.startswith("zh") else self.en


class Finding(msgspec.Struct, frozen=True):
    """What one check found, and what to do in one sentence where there is something to do.

    ``check`` is ``family.what`` and stable. *look* is for a person who has time, *bad* is not.
    """

    check: str
    level: Level
    found: Words
    advice: Words = Words()

    @property
    def family(self) -> str:
        """Return the family that the check belongs to."""
        return self.check.partition(".")[0]


def good(check: str, en: str, zh: str) -> Finding:
    """Return that a check is content."""
    return Finding(check, "good", Words(en, zh))


def look(check: str, found: Words, advice: Words) -> Finding:
    """Return that somebody should have a look."""
    return Finding(check, "look", found, advice)


def bad(check: str, found: Words, advice: Words) -> Finding:
    """Return that something is wrong."""
    return Finding(check, "bad", found, advice)


def worst(findings: list[Finding]) -> Level:
    """Return the worst level of some findings."""
    return max((one.level for one in findings), key=LEVELS.index, default="good")
