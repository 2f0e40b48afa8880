"""Which taxes a shop's goods bear, by the kind of taxpayer."""

import pytest

from cashwrap.sale.events import TaxTotal
from cashwrap_plugins.fiscal.rates import TaxSettings, taxes_of
from cashwrap_plugins.fiscal.reports import percent_text
from cashwrap_plugins.fiscal.store import summed


def rates(settings: TaxSettings, region: str = "") -> dict[str, int]:
    """Return the rate of each code, ppm."""
    return {code.code: code.by_order_type[""][0].rate_ppm for code in taxes_of(settings, region)}


def test_a_general_taxpayer_pays_by_the_goods():
    """13, 9 and 6 %, nothing on exports, and goods without a code are exempt."""
    assert rates(TaxSettings("general")) == {
        "vat13": 130_000, "vat9": 90_000, "vat6": 60_000, "vat0": 0, "": 0, "exempt": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("simplified", "ppm"), [("1%", 10_000), ("3%", 30_000)])
def test_a_small_scale_taxpayer_pays_one_rate(simplified, ppm):
    """The codes say what the goods are; who sells them decides what they bear."""
    found = rates(TaxSettings("small_scale", simplified))
    assert {found[code] for code in ("vat13", "vat9", "vat6")} == {ppm}
    assert found[""] == found["vat0"] == 0


@pytest.mark.parametrize("region", ["HK", "CN-HK", "cn-mo", "TW-TPE"])
def test_outside_the_mainland_there_is_none(region):
    """Hong Kong, Macao and Taiwan have laws of their own."""
    assert rates(TaxSettings("general"), region) == {}
    assert rates(TaxSettings("general"), "CN-ZJ")


def test_until_somebody_says_who_pays_nothing_is_added():
    """The shop's own taxes stay."""
    assert rates(TaxSettings()) == {}


def test_sums_stand_by_code_and_rate_the_higher_first():
    """What came back is taken off."""
    one, back = TaxTotal("vat9", 90_000, 917, 83), TaxTotal("vat9", 90_000, -917, -83)
    other = TaxTotal("vat13", 130_000, 885, 115)
    assert summed((one, other), (one,), (back,)) == (other, one)


@pytest.mark.parametrize(("ppm", "text"), [(130_000, "13%"), (15_000, "1.5%"), (0, "0%")])
def test_rates_are_written_as_people_do(ppm, text):
    """Without zeros at the end."""
    assert percent_text(ppm) == text
