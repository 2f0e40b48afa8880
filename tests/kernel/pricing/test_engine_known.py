"""Engines of the same policy and tax table, asked for again and again."""

import pytest
from msgspec.structs import replace

from cashwrap.pricing.engine import KNOWN_MAX, Engine
from cashwrap.pricing.errors import SettingsUnusable
from cashwrap.pricing.model import PricePolicy, TaxCode, TaxComponent

VAT = TaxCode(
    code="vat",
    name="VAT",
    by_order_type={"": (TaxComponent(code="vat", name="VAT", kind="percent", rate_ppm=130_000),)},
)


def test_the_same_table_prices_the_same_whoever_asks():
    """Engines of one source have one policy hash, in whatever order they were made."""
    first = Engine(PricePolicy(), [VAT])
    others = [
        Engine(PricePolicy(), [replace(VAT, name=f"VAT {at}")]) for at in range(2 * KNOWN_MAX)
    ]
    again = Engine.from_source(first.source)
    assert again.policy_hash == first.policy_hash
    assert {other.policy_hash for other in others}.isdisjoint({first.policy_hash})


@pytest.mark.parametrize("wrong", [True, 130_000.0, "130000", object()])
def test_what_cannot_be_is_refused_beside_what_is_known(wrong):
    """A table that is known already lets none pass that only looks like it."""
    Engine(PricePolicy(), [VAT])
    (sound,) = VAT.by_order_type[""]
    broken = replace(VAT, by_order_type={"": (replace(sound, rate_ppm=wrong),)})
    with pytest.raises(SettingsUnusable):
        Engine(PricePolicy(), [broken])
