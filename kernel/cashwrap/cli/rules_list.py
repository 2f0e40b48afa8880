"""``cashwrap rules list``: which rules are in force, planned, and past."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.cli.shop import Shop
    from cashwrap.promotions.projection import Publication

ABOUT = """\
Every publication of rules on this till: the one in force, those planned, and those past, the
newest first. With NUMBER: the rules of one, as JSON that `publish` takes again."""

NEXT = """\
example:
  cashwrap rules list -f corner-shop
  cashwrap rules list 3 -f corner-shop > third.json"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="one publication")
    folder(parser, positional=False)


def run(args: argparse.Namespace, out: Output) -> int:
    """Show all, or the rules of one."""
    from cashwrap.cli.shop import opened

    with opened(folder_of(args)) as shop:
        if args.number is not None:
            return _one(shop, args.number, out)
        return _all(shop, out)


def _one(shop: "Shop", number: int, out: Output) -> int:
    import msgspec

    from cashwrap.promotions.digest import plain
    from cashwrap.promotions.errors import NoSuchRules
    from cashwrap.promotions.projection import publication, rules_of

    with shop.store.read() as reader:
        found = publication(reader, number) if number > 0 else None
        if found is None:
            raise NoSuchRules(f"there is no publication {number}: see `cashwrap rules list`")
        rules = plain(rules_of(reader, found.rules_hash))
    out.say(msgspec.json.format(msgspec.json.encode(rules), indent=2).decode())
    out.result(publication=found, rules=rules)
    return exits.OK


def _all(shop: "Shop", out: Output) -> int:
    from cashwrap.promotions.publish import overview

    with shop.store.read() as reader:
        found = overview(reader, shop.store.clock.now().wall_ms)
    rows = [("in force", found.in_force)] if found.in_force else []
    rows += [("planned", one) for one in found.planned]
    rows += [("called off" if one.cancelled else "past", one) for one in found.past]
    if found.in_force is None:
        out.say("No rules are in force.")
    if rows:
        heads = ("No.", "State", "From", "Hash", "Version", "Name", "By")
        out.table(heads, [_cells(shop, state, one) for state, one in rows], right=(0, 4))
    out.result(in_force=found.in_force, planned=found.planned, past=found.past)
    return exits.OK


def _cells(shop: "Shop", state: str, one: "Publication") -> tuple[str, ...]:
    moment = datetime.fromtimestamp(one.effective_at_ms // 1000, shop.zone)
    return (
        str(one.number),
        state,
        f"{moment:%Y-%m-%d %H:%M}",
        one.rules_hash,
        str(one.edition),
        one.name,
        one.staff,
    )
