"""A tax for one city: every item with the code ``vat13`` pays the city's tax too."""

from cashwrap import hookimpl
from cashwrap.pricing.model import TaxCode, TaxComponent

CITY = "HZ"
VAT = TaxComponent(code="vat13", name="增值税13%", rate_ppm=130_000)
CITY_TAX = TaxComponent(code="city", name="城市税2%", rate_ppm=20_000)


@hookimpl
def cashwrap_taxes(region):
    """Put a code of both taxes in the place of the usual one, in this city only."""
    if region != CITY:
        return []
    return [TaxCode(code="vat13", name="增值税+城市税", by_order_type={"": (VAT, CITY_TAX)})]
