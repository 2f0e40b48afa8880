"""Collecting all that is wrong with bulk input, up to a bound."""

from cashwrap.errors import BulkRefused, Issue

ISSUES_MAX = 10_000


class Issues:
    """The problems found so far; beyond ``ISSUES_MAX`` they are only counted."""

    def __init__(self) -> None:
        self.kept: list[Issue] = []
        self.beyond = 0
        self.unread: set[str] = set()
        """Types of record of which some file could not be read to its end."""

    def add(self, source: str, code: str, message: str) -> None:
        """Note one problem."""
        if len(self.kept) < ISSUES_MAX:
            self.kept.append(Issue(source, code, message))
        else:
            self.beyond += 1

    def lose(self, source: str, code: str, message: str, kind: str) -> None:
        """Note a problem after which no more of a file is read; ``kind`` "" may be any type."""
        self.add(source, code, message)
        self.unread.add(kind)

    def is_lost(self, kind: str) -> bool:
        """Whether a record of this type may stand in what was not read."""
        return bool(self.unread) and ("" in self.unread or kind in self.unread)

    def refuse_if_any(self) -> None:
        """Raise BulkRefused when there is any problem."""
        if self.beyond:
            text = f"{self.beyond} more problems are not listed"
            self.kept.append(Issue("import", "bulk.more", text))
        if self.kept:
            raise BulkRefused(self.kept)
