"""django-oscar's offers on the workload. Runs in the environment of the peers, JSON in and out.

The database is SQLite in memory. What is timed is `Applicator.apply` alone: looking up the offers
that are active and applying them to a basket whose lines, products and stock records are loaded.
The basket is reset before each run, outside the clock, as oscar does when a request begins.
Offers are exclusive, oscar's default: a unit serves one of them.
"""

import json
import logging
import sys
from decimal import Decimal
from time import perf_counter_ns

import django
from django.conf import settings

PPM_PER_PERCENT = 10_000
OSCAR_APPS = (
    "analytics.apps.AnalyticsConfig", "checkout.apps.CheckoutConfig",
    "address.apps.AddressConfig", "shipping.apps.ShippingConfig",
    "catalogue.apps.CatalogueConfig", "catalogue.reviews.apps.CatalogueReviewsConfig",
    "communication.apps.CommunicationConfig", "partner.apps.PartnerConfig",
    "basket.apps.BasketConfig", "payment.apps.PaymentConfig", "offer.apps.OfferConfig",
    "order.apps.OrderConfig", "customer.apps.CustomerConfig", "search.apps.SearchConfig",
    "voucher.apps.VoucherConfig", "wishlists.apps.WishlistsConfig",
    "dashboard.apps.DashboardConfig", "dashboard.reports.apps.ReportsDashboardConfig",
    "dashboard.users.apps.UsersDashboardConfig", "dashboard.orders.apps.OrdersDashboardConfig",
    "dashboard.catalogue.apps.CatalogueDashboardConfig",
    "dashboard.offers.apps.OffersDashboardConfig",
    "dashboard.partners.apps.PartnersDashboardConfig",
    "dashboard.pages.apps.PagesDashboardConfig", "dashboard.ranges.apps.RangesDashboardConfig",
    "dashboard.reviews.apps.ReviewsDashboardConfig",
    "dashboard.vouchers.apps.VouchersDashboardConfig",
    "dashboard.communications.apps.CommunicationsDashboardConfig",
    "dashboard.shipping.apps.ShippingDashboardConfig",
)  # fmt: skip


def configure() -> None:
    """Set up Django with oscar's own defaults and every table made in memory."""
    from oscar import defaults

    oscar = ["oscar.config.Shop", *map("oscar.apps.{}".format, OSCAR_APPS)]
    apps = [
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
        "django.contrib.sites", "django.contrib.messages", "django.contrib.flatpages",
        *oscar, "widget_tweaks", "haystack", "treebeard", "django_tables2",
    ]  # fmt: skip
    settings.configure(
        **{name: value for name, value in vars(defaults).items() if name.startswith("OSCAR_")},
        DEBUG=False,
        SECRET_KEY="bench",
        SITE_ID=1,
        USE_TZ=True,
        INSTALLED_APPS=apps,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        HAYSTACK_CONNECTIONS={
            "default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}
        },
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        ROOT_URLCONF="peer_oscar",
    )
    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


urlpatterns: list[object] = []


def money(minor: int) -> Decimal:
    """Return an amount as oscar keeps it."""
    return Decimal(minor).scaleb(-2)


def make_basket(prices: list[int], rows: list[list[int]]) -> tuple[object, dict[int, object]]:
    """Make the goods and the basket; return it and the products by number."""
    from oscar.core.loading import get_class
    from oscar.test.factories import ProductClassFactory, create_product, create_stockrecord
    from oscar.test.factories.basket import BasketFactory

    kind = ProductClassFactory(track_stock=False)
    products = {}
    for number, price in enumerate(prices):
        products[number] = product = create_product(product_class=kind.name, title=f"SKU{number}")
        create_stockrecord(product, money(price), num_in_stock=None)
    basket = BasketFactory()
    basket.strategy = get_class("partner.strategy", "Default")()
    for number, units in rows:
        basket.add_product(products[number], units)
    return basket, products


def make_offers(offers: list[list], products: dict[int, object]) -> None:
    """Make each offer, the first with the highest priority."""
    from oscar.core.loading import get_model

    for place, (id, kind, count, value, goods) in enumerate(offers):
        ranges = get_model("offer", "Range").objects.create(
            name=id, includes_all_products=not goods
        )
        for number in goods:
            ranges.add_product(products[number])
        condition, benefit = _condition(kind, count, ranges), _benefit(kind, count, value, ranges)
        get_model("offer", "ConditionalOffer").objects.create(
            name=id, condition=condition, benefit=benefit, priority=len(offers) - place
        )  # fmt: skip


def _condition(kind: str, count: int, ranges: object) -> object:
    from oscar.core.loading import get_model

    value = money(count) if kind == "spend" else count
    return get_model("offer", "Condition").objects.create(
        range=ranges, type="Value" if kind == "spend" else "Count", value=value
    )


def _benefit(kind: str, count: int, value: int, ranges: object) -> object:
    from oscar.core.loading import get_model

    types = {
        "free": ("Multibuy", None, None),
        "percent": ("Percentage", value // PPM_PER_PERCENT, count),
        "price": ("Fixed price", money(value), None),
        "amount": ("Absolute", money(value), count),
        "spend": ("Absolute", money(value), None),
    }
    name, amount, most = types[kind]
    return get_model("offer", "Benefit").objects.create(
        range=ranges, type=name, value=amount, max_affected_items=most
    )


def main() -> None:
    """Read the workload; for each line after it run once, write the time and the discount."""
    task = json.loads(sys.stdin.readline())
    configure()
    basket, products = make_basket(task["prices_minor"], task["basket"])
    make_offers(task["offers"], products)
    from oscar.core.loading import get_class

    for _ in sys.stdin:
        basket.reset_offer_applications()
        list(basket.all_lines())
        began = perf_counter_ns()
        get_class("offer.applicator", "Applicator")().apply(basket)
        took = perf_counter_ns() - began
        off = int(basket.total_discount.scaleb(2))
        print(json.dumps([took, off, _total(basket)]), flush=True)


def _total(basket: object) -> int:
    return int(basket.total_excl_tax_excl_discounts.scaleb(2))


if __name__ == "__main__":
    main()
