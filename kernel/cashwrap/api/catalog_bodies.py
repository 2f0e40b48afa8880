"""What requests about goods and rules carry."""

from typing import Annotated, Literal

import msgspec

from cashwrap.api.bodies import Body, Whole, Words

Moment = Annotated[
    int,
    msgspec.Meta(
        ge=0,
        le=2**63 - 1,
        description="From when it counts, milliseconds since 1970 UTC; 0 is at once.",
    ),
]


class RowsBody(Body, frozen=True):
    """Rows of a catalog: each an object with the fields of a line of JSONL (docs/catalog.md).

    ``type`` of a row says what it is: item, price, book, category, group, tax and so on.
    """

    rows: Annotated[list[dict[str, object]], msgspec.Meta(max_length=2_000_000)]


class RulesBody(Body, frozen=True):
    """Promotion rules: the ``rules`` of a rule file as an object, or its ``text`` (JSON or TOML).

    Their schema is `docs/rules.schema.json`.
    """

    rules: dict[str, object] | None = None
    text: Annotated[str, msgspec.Meta(max_length=8_000_000)] = ""


class PublishBody(RulesBody, frozen=True):
    """Rules to put in force, at once or at a time."""

    effective_at_ms: Moment = 0


class CheckBody(RulesBody, frozen=True):
    """Rules to look at before they go live; nothing is changed."""

    margin_ppm: Annotated[
        int,
        msgspec.Meta(ge=0, lt=1_000_000, description="Warn of less margin than this, millionths."),
    ] = 0
    budget: Annotated[
        int, msgspec.Meta(ge=1, le=100_000, description="How many carts are priced at most.")
    ] = 5_000


class RollbackBody(Body, frozen=True):
    """Which publication to go back to; left out, the one before the one in force."""

    to: Whole | None = None


class QuotedBody(Body, frozen=True):
    """Goods to price. ``choices``: slot name to the chosen SKUs."""

    sku: Words
    quantity_milli: Annotated[
        int, msgspec.Meta(ge=1, le=10**12, description="Thousandths of the unit.")
    ] = 1000
    unit: Words = ""
    modifiers: list[str] = msgspec.field(default_factory=list)
    choices: dict[str, list[str]] = msgspec.field(default_factory=dict)


class QuoteBody(Body, frozen=True):
    """What goods would come to if they were sold together now."""

    lines: Annotated[list[QuotedBody], msgspec.Meta(max_length=500)]
    order_type: Words = ""
    customer: Words = ""
    promotions: bool = True


class FeeBody(Body, frozen=True):
    """A surcharge on the order (服务费, 打包费): one of the same ``id`` is replaced.

    ``value`` is minor units where it is fixed, else ppm ``of`` the goods' sum.
    """

    id: Words
    name: Words
    kind: Literal["fixed", "percent"]
    value: Whole
    of: Literal["list", "discounted"] = "discounted"
    tax: Words = ""
    tax_included: bool = True
