"""A till's payments on a bench: memory journal, any driver, and a clock that only tests move."""

from cashwrap.ports import Timestamp
from cashwrap.tender.driver import TenderDriver
from cashwrap.tender.offline import OfflineLimits
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import (
    TenderProjection,
    open_payments,
    payment_of,
    payments_of_sale,
    stored_payments,
)
from cashwrap.tender.runner import Commit, Request, TenderRunner
from cashwrap.testing.journal import MemoryJournal


class TenderBench:
    """One till, one driver named "terminal", and the means to kill and restart the till."""

    def __init__(
        self,
        driver: TenderDriver,
        limits: OfflineLimits = OfflineLimits(),  # noqa: B008 (frozen)
    ) -> None:
        self.driver = driver
        self.limits = limits
        self.wall_ms, self.steady_ms = 1_700_000_000_000, 1_000_000
        self.journal = MemoryJournal([TenderProjection()])
        self.runner = self._runner(self.journal.commit)

    @property
    def now(self) -> Timestamp:
        """The bench's clock."""
        return Timestamp(self.wall_ms, self.steady_ms)

    def wait(self, ms: int) -> None:
        """Let time pass on both clocks."""
        self.wall_ms += ms
        self.steady_ms += ms

    def pay(
        self,
        intent: str = "A1",
        amount_minor: int = 1_000,
        *,
        sale: str = "S1",
        due_minor: int = 0,
        online: bool = True,
        auth_code: str = "",
    ) -> Payment:
        """Begin a payment of a sale in CNY; ``due_minor`` 0 means that just this is due."""
        request = Request(
            intent=intent,
            sale=sale,
            driver="terminal",
            amount_minor=amount_minor,
            currency="CNY",
            due_minor=due_minor or amount_minor,
            online=online,
            auth_code=auth_code,
            sale_snapshot=b"snapshot of " + sale.encode(),
        )
        return self.runner.begin(request, self.now)

    def settle(self, steps_max: int = 60) -> None:
        """Step until nothing is left to ask, or ``steps_max`` calls were made; time passes."""
        for _ in range(steps_max):
            due = self.runner.next_ms
            if due is None:
                return
            self.wait(max(0, due - self.steady_ms))
            self.runner.step(self.now)

    def restart(self, commit: Commit | None = None) -> None:
        """Start a new process that knows what was committed, and nothing else."""
        self.journal = self.journal.reopened()
        self.runner = self._runner(commit or self.journal.commit)
        self.runner.resume(open_payments(self.journal.tables), self.now)

    def payment(self, intent: str = "A1") -> Payment | None:
        """Return a payment as committed."""
        return payment_of(self.journal.tables, intent)

    def payments(self, sale: str = "S1") -> list[Payment]:
        """Return a sale's payments as committed."""
        return payments_of_sale(self.journal.tables, sale)

    def _runner(self, commit: Commit) -> TenderRunner:
        return TenderRunner(
            {"terminal": self.driver},
            commit,
            find=lambda intent: payment_of(self.journal.tables, intent),
            stored=lambda: stored_payments(self.journal.tables),
            limits=self.limits,
        )
