"""pretix's automatic discounts on the workload. Runs in the peers' environment, JSON in and out.

pretix knows a percentage for so many products of a list, or for the cheapest of them, or from an
amount on. Buy three get one free and a percentage for a set are given to it as they are, the other
deals on goods as 15 percent of a set, the thresholds as one percent from there on. What is timed is
`apply_discounts` alone, in a database of SQLite in memory.
"""

import json
import os
import sys
from datetime import UTC, datetime
from decimal import Decimal
from time import perf_counter_ns

PERCENT_PPM, OTHERS_PERCENT, THRESHOLD_PERCENT = 10_000, 15, 1


def configure():
    """Set up Django with pretix's own test settings and every table made in memory."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pretix.testutils.settings"
    from pretix.testutils import settings

    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    settings.MIGRATION_MODULES = type(
        "None", (dict,), {"__contains__": lambda *_: True, "__getitem__": lambda *_: None}
    )()
    settings.DEBUG = False
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def money(minor):
    """Return an amount as pretix keeps it."""
    return Decimal(minor).scaleb(-2)


def make_event(prices_minor):
    """Make an event that sells the goods; return it and the items by number."""
    from pretix.base.models import Event, Organizer

    organizer = Organizer.objects.create(name="Bench", slug="bench")
    event = Event.objects.create(
        organizer=organizer, name="Bench", slug="bench", currency="CNY",
        date_from=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    items = [
        event.items.create(name=f"SKU{number}", default_price=money(price))
        for number, price in enumerate(prices_minor)
    ]
    return event, items


def make_discounts(event, offers, items):
    """Make each offer, as far as pretix knows it, in the same order."""
    for place, (id, kind, count, value, goods) in enumerate(offers):
        discount = event.discounts.create(
            internal_name=id, position=place, condition_all_products=not goods,
            condition_min_count=0 if kind == "spend" else count,
            condition_min_value=money(count) if kind == "spend" else Decimal(0),
            benefit_only_apply_to_cheapest_n_matches=1 if kind == "free" else None,
            benefit_discount_matching_percent=_percent(kind, value),
        )  # fmt: skip
        discount.condition_limit_products.set([items[number] for number in goods])


def _percent(kind, value):
    if kind in ("free", "percent"):
        return Decimal(value) / PERCENT_PPM
    return Decimal(THRESHOLD_PERCENT if kind == "spend" else OTHERS_PERCENT)


def main():
    """Read the workload; for each line after it run once, write the time and the discount."""
    task = json.loads(sys.stdin.readline())
    configure()
    from django_scopes import scopes_disabled
    from pretix.base.services.pricing import apply_discounts

    with scopes_disabled():
        event, items = make_event(task["prices_minor"])
        make_discounts(event, task["offers"], items)
        positions = [
            (items[number].pk, None, None, money(task["prices_minor"][number]), False, False,
             Decimal(0))
            for number, units in task["basket"]
            for _ in range(units)
        ]  # fmt: skip
        total = sum(position[3] for position in positions)
        for _ in sys.stdin:
            began = perf_counter_ns()
            priced = apply_discounts(event, "web", positions)
            took = perf_counter_ns() - began
            off = total - sum(price for price, _ in priced)
            print(json.dumps([took, int(off.scaleb(2)), int(total.scaleb(2))]), flush=True)


if __name__ == "__main__":
    main()
