"""The till that people train on, beside the shop's, for sessions in training."""

from __future__ import annotations

from cashwrap.api.desk import Desk
from cashwrap.api.live import Live
from cashwrap.api.sessions import Caller
from cashwrap.api.till_thread import TillThread
from cashwrap.errors import CashwrapError
from cashwrap.till import Till
from cashwrap.training.people import TRAINING_PIN


class NobodyTrains(CashwrapError):
    """The session is in training, but the till for it was closed meanwhile."""

    code = "training.over"

    def __str__(self) -> str:
        return "training is over: leave it, and enter it again to go on"


class TrainingDesk(Desk):
    """As `Desk`, of the training till. It is open while a session trains."""

    def __init__(self, thread: TillThread, live: Live) -> None:
        super().__init__(thread, live)
        self._thread = thread
        self._trained_on: Till | None = None

    def till(self, shop: Till) -> Till:
        """Return the till that is trained on. Raises NobodyTrains."""
        if self._trained_on is None:
            raise NobodyTrains
        return self._trained_on

    def enter(self, shop: Till, caller: Caller, *, fresh: bool) -> None:
        """Let somebody train, as who they are. Raises what `Till.training` raises."""
        till = shop.training(staff=caller.staff, register=caller.register, fresh=fresh)
        if till.guarded:
            till.staff.sign_in(caller.staff, TRAINING_PIN, register=caller.register)
        self._trained_on = till
        self._thread.training = (till, self.stepped)

    def leave(self) -> None:
        """End it: nobody trains any more."""
        till, self._trained_on, self._thread.training = self._trained_on, None, None
        if till is not None:
            till.close()
