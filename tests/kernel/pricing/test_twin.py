"""The compiled engine equals the plain reference, cart for cart and field for field."""

import pytest
from reference.compare import run


@pytest.mark.parametrize("seed", range(4))
def test_engine_equals_reference(seed):
    """2,500 random carts a seed: all policies, mixed taxes, set meals, fees, int64 edges."""
    compared, faults = run(2_500, 424_200 + seed)
    assert compared == 2_500
    assert not faults, faults[0]
