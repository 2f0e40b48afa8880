"""A till that dies at the n-th dangerous moment, and what it takes to come back."""

from collections.abc import Callable
from typing import Any

import pytest

from cashwrap.store import opening
from cashwrap.store.draft import DraftFile
from cashwrap.store.store import Store
from cashwrap.testing.shop import Shop


class Crash(BaseException):
    """The process is gone: no handler in the till may swallow it."""


class Killer:
    """Raises at the n-th dangerous moment: around each effect on the disk or at the terminal."""

    def __init__(self) -> None:
        self.left = -1
        self.moments = 0

    def moment(self, call: str = "") -> None:
        self.moments += 1
        self.left -= 1
        if self.left == 0:
            raise Crash

    def around(self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
        kept = getattr(owner, name)

        def dangerous(*given: Any, **named: Any) -> Any:
            self.moment()
            answer = kept(*given, **named)
            self.moment()  # it is done, but the till never heard so
            return answer

        monkeypatch.setattr(owner, name, dangerous)


def armed(monkeypatch: pytest.MonkeyPatch) -> Killer:
    """Return a killer around everything that a till writes."""
    made = Killer()
    made.around(monkeypatch, Store, "commit_also")
    made.around(monkeypatch, DraftFile, "append")
    made.around(monkeypatch, DraftFile, "flush")
    monkeypatch.setattr(opening, "probe", lambda folder: None)  # a second process each time
    return made


def play(killer: Killer, story: Callable[[], object], shop: Shop, crashes: list[int]) -> None:
    """Play a story with crashes after so many moments each; what crashed is opened again."""
    killer.moments = 0
    plan = list(crashes)
    killer.left = plan.pop(0) if plan else -1
    try:
        story()
        killer.left = -1
    except Crash:
        recover(shop, killer, plan)


def settle(shop: Shop, steps_max: int = 60) -> None:
    for _ in range(steps_max):
        due_ms = shop.till.next_step_ms
        if due_ms is None:
            return
        shop.clock.pass_ms(max(0, due_ms - shop.clock.steady_ms))
        shop.till.step()


def recover(shop: Shop, killer: Killer, plan: list[int]) -> None:
    while True:
        shop.clock.pass_ms(20_000)
        killer.left = -1
        shop.till.abandon()
        killer.left = plan.pop(0) if plan else -1
        try:
            shop.till = shop._opened()
            settle(shop)
            killer.left = -1
            return
        except Crash:
            continue
