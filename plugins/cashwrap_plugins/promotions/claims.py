"""Price protection over the local API and from the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

import msgspec

from cashwrap.errors import CashwrapError, InvalidInput
from cashwrap.host.acting import PluginTill
from cashwrap.host.offers import Call, Command, Route

from .protection import Claim, claim

if TYPE_CHECKING:
    from cashwrap.host.selling import Selling

REASON = "价保"


class ClaimLine(msgspec.Struct, frozen=True):
    """What became cheaper: what was paid for the quantity, what it comes to now, the difference."""

    line: int
    sku: str
    quantity_milli: int
    paid_minor: int
    now_minor: int
    refund_minor: int


class ClaimView(msgspec.Struct, frozen=True):
    """What goes back to the customer of a receipt; ``until`` (yyyymmdd) prices are protected."""

    sale: str
    number: int
    until: int
    refund_minor: int
    lines: list[ClaimLine]


def view(found: Claim) -> ClaimView:
    """Return a claim as the API gives it."""
    lines = [msgspec.convert(line, ClaimLine, from_attributes=True) for line in found.lines]
    return ClaimView(found.sale, found.number, found.until, found.refund_minor, lines)


def _answer(call: Call[None]) -> ClaimView:
    return view(claim(call.till, _number(call.path["number"])))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidInput(f"{text!r:.30} is no receipt number")
    return int(text)


ROUTES = (
    Route(
        method="GET",
        path="/protection/{number}",
        run=_answer,
        gives=ClaimView,
        right="sale.return",
        summary={"zh-CN": "按小票号查可退的差价", "en": "What became cheaper since a receipt"},
    ),
)


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("number", type=int, metavar="RECEIPT", help="the receipt's number")
    parser.add_argument("--line", type=int, action="append", default=[], help="only these lines")
    parser.add_argument("--give", action="store_true", help="give it back, to what paid the sale")
    parser.add_argument("--register", default="", help="at which register")


def _run(till: PluginTill, args: Namespace) -> str:
    found = claim(till, args.number, args.line)
    amount, until = till.shop.currency.amount, str(found.until)
    rows = [
        f"  line {line.line}  {line.sku}: {amount(line.paid_minor)} paid, "
        f"{amount(line.now_minor)} now, {amount(line.refund_minor)} back"
        for line in found.lines
    ]
    if args.give:
        till.sell(lambda selling: _give(selling, found, args.by, args.register))
    last = f"{until[:4]}-{until[4:6]}-{until[6:]}"
    done = "given back" if args.give else f"to give back, until {last}"
    head = f"Receipt {found.number}: {amount(found.refund_minor)} {done}"
    return "\n".join([head, *rows])


def _give(selling: Selling, found: Claim, staff: str, register: str) -> None:
    """Give a claim back in a sale of its own, which is cancelled where it cannot be given."""
    sale = selling.new_sale(staff=staff, register=register)
    try:
        sale.adjust(found.number, found.amounts, reason=REASON, once=True, staff=staff)
        sale.refund(staff=staff)
    except CashwrapError:
        if sale.state == "open":
            sale.cancel(REASON, staff=staff)
        raise


PRICE_PROTECTION = Command(
    name="price-protection",
    line="What goods of a receipt cost less now, and give it back (价保)",
    run=_run,
    configure=_arguments,
    needs_staff=lambda args: bool(args.give),
)
