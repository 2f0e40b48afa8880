"""``cashwrap rules usage``: how far the limits of rules are used up."""

import argparse
from typing import TYPE_CHECKING

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output

if TYPE_CHECKING:
    from cashwrap.cli.shop import Shop
    from cashwrap.promotions.rules import Rule
    from cashwrap.promotions.usage import Count

ABOUT = """\
For each rule in force that has a limit beyond one order: how often it was used and what it
took off, here, and how much that may be. Uses of one member are bounded too, but not shown."""

NEXT = """\
example:
  cashwrap rules usage -f corner-shop"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)


def run(args: argparse.Namespace, out: Output) -> int:
    """Show the rules in force."""
    from cashwrap.cli.shop import opened
    from cashwrap.promotions.projection import rules_of
    from cashwrap.promotions.publish import overview
    from cashwrap.promotions.usage import limited, total

    with opened(folder_of(args)) as shop, shop.store.read() as reader:
        now = overview(reader, shop.store.clock.now().wall_ms).in_force
        rules = limited(rules_of(reader, now.rules_hash)) if now else ()
        counts = [(rule, total(reader, rule.id)) for rule in rules]
    if counts:
        rows = [_cells(shop, rule, count) for rule, count in counts]
        out.table(("Rule", "Uses", "Taken off", "For one member"), rows)
    else:
        out.say("No rule in force has a limit beyond one order.")
    out.result(
        rules=[
            {"rule": rule.id, "uses": count.uses, "minor": count.minor, "limits": rule.limits}
            for rule, count in counts
        ]
    )
    return exits.OK


def _cells(shop: "Shop", rule: "Rule", count: "Count") -> tuple[str, ...]:
    limits = rule.limits
    uses = min((n for n in (limits.store_uses, limits.total_uses) if n), default=0)
    minor = min((n for n in (limits.store_minor, limits.total_minor) if n), default=0)
    taken = shop.money(count.minor)
    return (
        rule.id,
        f"{count.uses} of {uses}" if uses else str(count.uses),
        f"{taken} of {shop.money(minor)}" if minor else taken,
        _for_member(shop, rule),
    )


def _for_member(shop: "Shop", rule: "Rule") -> str:
    limits = rule.limits
    said = [
        f"{limits.member_uses} uses" if limits.member_uses else "",
        f"{limits.member_day_uses} uses a day" if limits.member_day_uses else "",
        shop.money(limits.member_minor) if limits.member_minor else "",
        f"{shop.money(limits.member_day_minor)} a day" if limits.member_day_minor else "",
    ]
    return ", ".join(filter(None, said))
