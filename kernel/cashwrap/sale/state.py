"""The states of a sale and what may be done in each: one table, all of it.

A sale only moves forward. ``completed`` and ``cancelled`` are ends; a completed sale is reversed by
a return or a post-void, which are sales of their own.
"""

from typing import Literal

from cashwrap.errors import CashwrapError

State = Literal["open", "tendering", "suspended", "completed", "cancelled"]
Act = Literal[
    "edit",  # any change to lines, discounts, notes, staff, order type; undo
    "tender",  # the first payment is taken or asked for
    "untender",  # the last payment was given back or declined: the cart may change again
    "complete",  # nothing is left to pay, and no payment is in doubt
    "suspend",  # park it (挂单)
    "resume",  # bring it back (取单)
    "cancel",  # abandon it
]

STATES: tuple[State, ...] = ("open", "tendering", "suspended", "completed", "cancelled")
ACTS: tuple[Act, ...] = ("edit", "tender", "untender", "complete", "suspend", "resume", "cancel")

# (state, act) -> next state. A pair that is not here is refused.
TRANSITIONS: dict[tuple[State, Act], State] = {
    ("open", "edit"): "open",
    ("open", "tender"): "tendering",
    ("open", "complete"): "completed",  # nothing to pay
    ("open", "suspend"): "suspended",
    ("open", "cancel"): "cancelled",
    ("tendering", "tender"): "tendering",
    ("tendering", "untender"): "open",
    ("tendering", "complete"): "completed",
    ("suspended", "resume"): "open",
    ("suspended", "cancel"): "cancelled",
}

_ADVICE: dict[State, str] = {
    "open": "take a payment first",
    "tendering": "a payment is under way: finish it, or give it back, first",
    "suspended": "resume the sale first",
    "completed": "the sale is finished: make a return instead",
    "cancelled": "the sale was cancelled: start a new one",
}


class NotInThisState(CashwrapError):
    """The act is not allowed in the sale's state; nothing was changed."""

    code = "sale.state"

    def __init__(self, act: Act, state: State) -> None:
        super().__init__(act, state)
        self.act = act
        self.state = state

    def __str__(self) -> str:
        return f"cannot {self.act} a sale that is {self.state}: {_ADVICE[self.state]}"


def next_state(state: State, act: Act) -> State:
    """Return the state after an act. Raises NotInThisState."""
    after = TRANSITIONS.get((state, act))
    if after is None:
        raise NotInThisState(act, state)
    return after
