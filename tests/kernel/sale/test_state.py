"""The state table of a sale."""

import itertools

import pytest

from cashwrap.sale.state import ACTS, STATES, TRANSITIONS, Act, NotInThisState, State, next_state


@pytest.mark.parametrize(("state", "act"), list(itertools.product(STATES, ACTS)))
def test_every_pair_moves_on_or_is_refused_with_advice(state: State, act: Act) -> None:
    """A pair in the table gives its state; any other is refused and says what to do."""
    if (state, act) in TRANSITIONS:
        assert next_state(state, act) == TRANSITIONS[state, act]
        return
    with pytest.raises(NotInThisState, match=f"cannot {act} a sale that is {state}: "):
        next_state(state, act)


def test_ends_are_ends() -> None:
    """Nothing leads out of completed or cancelled."""
    assert not [pair for pair in TRANSITIONS if pair[0] in ("completed", "cancelled")]
