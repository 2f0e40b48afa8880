"""The rates of China's VAT, and which of them a shop's goods bear. Sources: README.md."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from cashwrap.host.fields import setting
from cashwrap.pricing.model import TaxCode, TaxComponent

LAW_PPM = {"vat13": 130_000, "vat9": 90_000, "vat6": 60_000}
SIMPLIFIED_PPM = {"1%": 10_000, "3%": 30_000}
ELSEWHERE = ("HK", "MO", "TW")


class TaxSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of this plugin: ``[plugins.fiscal]``. Without ``taxpayer`` it adds no taxes."""

    taxpayer: Annotated[
        Literal["", "general", "small_scale"],
        setting(
            ("Kind of taxpayer", "who sells decides what the goods bear"),
            ("纳税人身份", "身份决定商品适用的税率"),
            names={
                "": ("The shop's own taxes", "用本店设置中的税率"),
                "general": ("General: 13, 9 and 6 %", "一般纳税人：13%、9%、6%"),
                "small_scale": ("Small-scale: one rate", "小规模纳税人：统一征收率"),
            },
        ),
    ] = ""
    simplified: Annotated[
        Literal["1%", "3%"],
        setting(
            ("Simplified rate", "of a small-scale taxpayer: 1 % until the end of 2027, else 3 %"),
            ("征收率", "小规模纳税人：优惠期内（至2027年底）1%，否则3%"),
        ),
    ] = "1%"


def taxes_of(settings: TaxSettings, region: str) -> Iterator[TaxCode]:
    """Yield the tax codes of goods, each with what this shop owes on it.

    The codes say what the goods are, by the rate that the law has for them; who sells them decides
    what they bear: one catalog serves shops of both kinds. Outside the mainland there are none.
    """
    if not settings.taxpayer or is_elsewhere(region):
        return
    small = settings.taxpayer == "small_scale"
    for code, law_ppm in LAW_PPM.items():
        rate_ppm = SIMPLIFIED_PPM[settings.simplified] if small else law_ppm
        yield _taxed(code, f"vat{rate_ppm // 10_000}", f"增值税{rate_ppm // 10_000}%", rate_ppm)
    yield _taxed("vat0", "vat0", "增值税零税率", 0)
    for code in ("", "exempt"):  # goods without a code bear no tax, and are counted
        yield _taxed(code, "exempt", "免税", 0)


def is_elsewhere(region: str) -> bool:
    """Return whether a region is Hong Kong, Macao or Taiwan, which have no mainland VAT."""
    named = region.upper().removeprefix("CN-")
    return named.partition("-")[0] in ELSEWHERE


def _taxed(code: str, component: str, name: str, rate_ppm: int) -> TaxCode:
    contained = TaxComponent(code=component, name=name, rate_ppm=rate_ppm, included=True)
    return TaxCode(code=code, name=name, by_order_type={"": (contained,)})
