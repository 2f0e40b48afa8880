"""What a shop does beside serving customers: other prices, other rules, goods in, the drawer."""

import random
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from till_back import bring_back, bring_back_without_receipt, resume, reverse, suspend
from till_drawers import close_shift, mind_shift, open_shift
from till_people import WHO, sign_in

from cashwrap.stock.documents import Received, receive
from cashwrap.testing.shop import ITEMS

if TYPE_CHECKING:
    from till_clerk import Selling

SEASONS = (100, 115, 130)  # prices in percent of the plain ones
RULES = """
[[rules]]
id = "three-for-ten"
layer = "item"
range = { skus = ["COLA"] }
benefit = { kind = "set_price", count = 3, off = { price_minor = 1000 } }

[[rules]]
id = "tea-and-pearls"
layer = "item"
range = { families = ["TEA"] }
benefit = { kind = "group", every = 2, off = { percent_ppm = 500_000 } }

[[rules]]
id = "spend-30"
layer = "order"
[rules.benefit]
kind = "spend"
every = true
steps = [{ at_minor = 3000, off = { amount_minor = 300 } }]

[[rules]]
id = "C5"
layer = "coupon"
coupon = { face_minor = 500 }
benefit = { kind = "spend", steps = [{ at_minor = 2000, off = { amount_minor = 500 } }] }

[[rules]]
id = "points"
layer = "points"
scope = { who = { only = "members" } }
benefit = { kind = "pay_points", points = 100, minor = 100 }
"""


def catalog(season: int) -> bytes:
    """Return the shop's catalog with each price so many percent of the plain one."""
    return b"\n".join(msgspec.json.encode(_priced(item, season)) for item in ITEMS)


def _priced(item: dict[str, object], season: int) -> dict[str, object]:
    if "price" not in item:
        return item
    minor = int(Decimal(str(item["price"])) * season)
    return item | {"price": f"{minor // 100}.{minor % 100:02}"}


def catalog_of(folder: Path, season: int) -> Path:
    """Return where the catalog of a season lies beside a store folder."""
    return folder.with_name(f"catalog-{season}.jsonl")


def switch_catalog(selling: "Selling", dice: random.Random) -> None:
    """Import another season's prices, in force at once or in half a second."""
    at_ms = selling.clock.now().wall_ms + 500 if dice.random() < 0.5 else 0
    source = catalog_of(selling.folder, dice.choice(SEASONS))
    selling.till.import_catalog(
        source, update=dice.random() < 0.5, effective_at_ms=at_ms, staff=WHO
    )


def publish_rules(selling: "Selling", dice: random.Random) -> None:
    """Publish promotions with another price in them, or go back to those before."""
    known = selling.till.rules()
    if known.in_force and known.in_force.number > 1 and dice.random() < 0.3:
        selling.till.rollback_rules(to=1, staff=WHO)
        return
    selling.till.publish_rules(RULES.replace("1000", str(dice.randrange(900, 1_050))), staff=WHO)


def take_in_goods(selling: "Selling", dice: random.Random) -> None:
    """Take goods in from a supplier."""
    till, lines = selling.till, [Received("COLA", dice.randrange(1, 50) * 1000, 200)]
    own = till.settings.own_location
    till.move_stock(
        lambda stock: receive(stock, till.new_id(), lines, "supplier:ACME", own), staff=WHO
    )


def open_drawer(selling: "Selling", dice: random.Random) -> None:
    """Open the drawer without a sale."""
    selling.till.no_sale("换零钱", register=dice.choice(selling.registers), staff=WHO)


ACTS = (
    switch_catalog, publish_rules, take_in_goods, open_drawer,
    bring_back, bring_back, bring_back_without_receipt, reverse, suspend, resume,
    mind_shift, mind_shift, mind_shift, sign_in,
)  # fmt: skip
IN_TURN = (
    open_shift, bring_back, close_shift, reverse, switch_catalog, bring_back_without_receipt,
    suspend, resume, publish_rules, take_in_goods, open_drawer, sign_in,
)  # fmt: skip
