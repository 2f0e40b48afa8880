"""Refunds that a person declared "not given": their providers are asked for a while what they say.

Nothing is asked for a second time: only a driver that can tell how a refund stands is asked. What
it says against the person's word is journaled; the word stands, and somebody should look.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cashwrap.ports import Timestamp
from cashwrap.tender.asking import LATER_MS, Ask
from cashwrap.tender.doubt import WATCH_MS, backoff_ms, trusted
from cashwrap.tender.driver import Approved, Outcome, TenderDriver
from cashwrap.tender.events import TenderContradicted
from cashwrap.tender.payments import Payment


class _Look(NamedTuple):
    """When to ask next about a refund, for the how manieth time, and until when."""

    due_ms: int  # steady time
    refund: str
    payment: Payment
    times: int
    until_ms: int


class RefundWatch:
    """Looks after refunds that were declared as not given, for a minute of this process."""

    def __init__(
        self,
        drivers: Mapping[str, TenderDriver],
        commit: Callable[[TenderContradicted, Timestamp], None],
        ask: Ask,
    ) -> None:
        self._drivers = drivers
        self._commit = commit
        self._ask = ask
        self._looks: dict[str, _Look] = {}

    def begin(self, payment: Payment, refund: str, at: Timestamp) -> None:
        """Ask about a refund from now on, where its driver can tell."""
        if self._teller(payment) is not None:
            until_ms = at.steady_ms + WATCH_MS
            due_ms = at.steady_ms + backoff_ms(0)
            self._looks[refund] = _Look(due_ms, refund, payment, 1, until_ms)

    def step(self, now: Timestamp) -> bool:
        """Ask about the one that is most overdue; return whether there was one."""
        look = min(self._looks.values(), default=None, key=_due)
        if look is None or look.due_ms > now.steady_ms:
            return False
        del self._looks[look.refund]
        tell = self._teller(look.payment)
        if tell is None:
            return True
        payment = look.payment
        answer = self._ask(
            payment.driver, look.refund, "refund", lambda: tell(look.refund, payment.id)
        )
        if answer is None:
            self._looks[look.refund] = look._replace(due_ms=now.steady_ms + LATER_MS)
            return False
        said = trusted(payment, answer.outcome)
        if isinstance(said, Approved):
            what = f"refund {look.refund} gave {said.amount_minor}"
            self._commit(TenderContradicted(look.payment.id, "refused", what), now)
        elif now.steady_ms < look.until_ms:
            due_ms = now.steady_ms + backoff_ms(look.times)
            self._looks[look.refund] = look._replace(due_ms=due_ms, times=look.times + 1)
        return True

    @property
    def next_ms(self) -> int | None:
        """The steady time at which `step` next has something to do, or None."""
        return min((look.due_ms for look in self._looks.values()), default=None)

    def _teller(self, payment: Payment) -> Callable[[str, str], Outcome] | None:
        return getattr(self._drivers.get(payment.driver), "refunded", None)


def _due(look: _Look) -> tuple[int, str]:
    return look.due_ms, look.refund
