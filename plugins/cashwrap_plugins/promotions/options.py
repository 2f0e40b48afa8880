"""What a shop may set of this plugin: ``[plugins.promotions]``."""

from typing import Annotated, Literal

import msgspec

from cashwrap.host.fields import setting

Printed = Annotated[
    Literal["protection", "saved"],
    setting(
        ("Printed", ""),
        ("内容", ""),
        names={
            "protection": ("Until when prices are protected", "价保期限"),
            "saved": ("What each promotion saved", "各项优惠省了多少"),
        },
    ),
]


class Protection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The shop's promise: for so many days after the day of the sale, against which price.

    ``shelf``: the price of the price books. ``rules``: what the same goods together would come to
    under the promotions in force, without member, coupon and points.
    """

    days: Annotated[
        int,
        setting(
            ("Days", "how long after the day of the sale a lower price is made good"),
            ("天数", "售出后多少天内降价可退差价"),
            ge=0,
            le=3_660,
        ),
    ] = 7
    against: Annotated[
        Literal["shelf", "rules"],
        setting(
            ("Compared with", "what the goods cost on the day of the claim"),
            ("比较价格", "退差当天的价格"),
            names={
                "shelf": ("Shelf prices", "货架价"),
                "rules": ("With today's promotions", "含当天促销"),
            },
        ),
    ] = "shelf"


class Standing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promotion of this shop alone, by a preset and its settings as text."""

    preset: Annotated[
        str,
        setting(
            ("Preset", "its name, as `cashwrap rules presets` lists them"),
            ("预设", "预设名，见 cashwrap rules presets"),
        ),
    ]
    settings: Annotated[
        dict[str, str],
        setting(
            ("Settings", "as the preset takes them: steps = 100:10"),
            ("参数", "预设的参数，如 steps = 100:10"),
        ),
    ] = {}


class PluginSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of this plugin."""

    protection: Annotated[
        Protection,
        setting(
            ("Price protection", "the difference back when goods become cheaper after the sale"),
            ("价格保护", "售出后降价可退差价"),
        ),
    ] = Protection()
    standing: Annotated[
        tuple[Standing, ...],
        setting(
            ("Standing promotions", "rules of this shop, in force without being published"),
            ("常设促销", "本店自己的促销规则，无需发布"),
        ),
    ] = ()
    receipt: Annotated[
        tuple[Printed, ...],
        setting(("On the receipt", "below the sale"), ("小票附加内容", "印在销售明细下方")),
    ] = ()
    markdowns: Annotated[
        str,
        setting(
            ("Markdowns", "a CSV file in the shop's folder: sku, price, from, to"),
            ("降价文件", "店铺文件夹内的 CSV：sku, price, from, to（临期、晚市打折）"),
            pattern=r"^(?![/~])(?!.*\.\.)[^\x00-\x1f\\:]*$",
        ),
    ] = "markdowns.csv"
