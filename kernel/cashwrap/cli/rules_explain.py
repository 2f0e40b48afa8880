"""``cashwrap rules explain``: what rules do to a cart, and why."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits
from cashwrap.cli.language import language, language_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.money import Currency
    from cashwrap.promotions.files.carts import LookUp
    from cashwrap.promotions.model import BasketLine, Occasion

ABOUT = """\
Price a cart by a rule file and say why: which rules applied, with the units, the base and
the arithmetic of each; which did not and for what reason; what the customer may still take,
and what to add to pay less. CART is a small TOML or JSON file:

  lines = [{sku = "Z001", units = 2}, {sku = "TEA", units = 1, price_minor = 1250}]
  [occasion]
  at = "2026-11-11T09:00"
  member = "M7"
  coupons = ["SPRING5"]

With --shop, prices, families and categories that it does not say are the shop's own; a till
may be open on it. A line may also say list_minor, least_minor, family, categories, tags,
weight_milli (price_minor is then for 1000 of it) and fixed_price; an occasion also timezone,
store, channel, order_type, tier, groups, facts, tenders, points, points_wanted, chosen,
refused and fees."""

NEXT = """\
example:
  cashwrap rules explain summer.toml cart.toml
  cashwrap rules explain summer.toml cart.toml --shop corner-shop --all --json"""


class Tried(NamedTuple):
    """Where a cart is tried: on which occasion, with whose goods, in which money and language."""

    usual: Occasion
    look_up: LookUp
    names: dict[str, str]
    currency: Currency
    language: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", metavar="FILE", help="the rules, .json or .toml")
    parser.add_argument("cart", metavar="CART", help="the cart, .json or .toml")
    parser.add_argument("--shop", metavar="FOLDER", help="look its goods up in this shop")
    parser.add_argument(
        "--all", action="store_true", help="name rules too that have nothing to do with the cart"
    )
    language(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Read both, price, and tell."""
    from cashwrap.cli.proof_page import Teller, by_id, tell
    from cashwrap.host.looking import sources_here
    from cashwrap.promotions.engine import PromotionEngine
    from cashwrap.promotions.explain.hints import hints
    from cashwrap.promotions.explain.proof import explain
    from cashwrap.promotions.files.carts import read_cart
    from cashwrap.promotions.files.read import read_rules

    rules = read_rules(Path(args.file))
    tried = _tried(args)
    cart = read_cart(Path(args.cart), tried.usual, tried.look_up)
    engine = PromotionEngine(rules, plugins=sources_here())
    basket = engine.basket(cart.occasion)
    for line in cart.lines:
        basket.put(line)
    proof = explain(basket.solve(), all_rules=args.all)
    found = hints(basket, tried.look_up)
    names = {x.line: tried.names.get(x.goods.sku) or x.goods.sku for x in cart.lines}
    teller = Teller(tried.language, tried.currency.amount, names, by_id(rules))
    tell(proof, teller, out, found)
    key = "proved" if proof.certificate.proved else "unproved"
    gap = teller.money(proof.certificate.gap_minor)
    out.say(f"\n{teller.word(key, gap=gap, nodes=proof.certificate.nodes)}")
    out.result(proof=proof, hints=found)
    return exits.OK


def _tried(args: argparse.Namespace) -> Tried:
    from cashwrap.money import Currency
    from cashwrap.ports import SystemClock
    from cashwrap.promotions.model import Occasion

    now_ms = SystemClock().now().wall_ms
    if not args.shop:
        usual = Occasion(now_ms, now_ms)
        return Tried(usual, lambda sku: None, {}, Currency(), language_of(args))
    from cashwrap.cli.shop import looked_into
    from cashwrap.whatif.shelf import shelf_of

    with looked_into(Path(args.shop)) as shop:
        shelf = shelf_of(shop.look, shop.settings, now_ms)
    items = {item.goods.sku: item for item in shelf.items}

    def look_up(sku: str) -> BasketLine | None:
        item = items.get(sku)
        return item.basket_line(1, 1) if item is not None else None

    names = {sku: item.name for sku, item in items.items()}
    spoken = language_of(args, shop.settings)
    return Tried(shelf.occasion, look_up, names, shop.settings.currency, spoken)
