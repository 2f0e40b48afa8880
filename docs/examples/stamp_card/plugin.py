"""A stamp card: a table and an event of its own, paper, a report, a command, routes and a panel."""

from pathlib import Path

from cashwrap import hookimpl
from cashwrap.host.offers import Command, Page, Panel, Report, Route
from cashwrap.receipt.model import Section, SectionRow

from . import cards


@hookimpl
def cashwrap_projections():
    """Stamps by member, folded with every sale."""
    return [cards.Stamps()]


@hookimpl
def cashwrap_receipt_sections(sale, reader):
    """Members see their stamps at the end of the receipt."""
    if not sale.member:
        return []
    row = SectionRow(
        {"zh-CN": "已集印花", "en": "Stamps"}, str(cards.stamps_of(reader, sale.member))
    )
    return [Section(title={"zh-CN": "集点卡", "en": "Stamp card"}, rows=(row,))]


@hookimpl
def cashwrap_reports():
    """Who has how many."""
    return [
        Report(
            name="stamps",
            title={"zh-CN": "印花余额", "en": "Stamps"},
            columns=({"zh-CN": "会员", "en": "Member"}, {"zh-CN": "印花", "en": "Stamps"}),
            make=lambda reader, days: (
                (member.decode(), int(stamps)) for member, stamps in reader.items(cards.TABLE)
            ),
        )
    ]


@hookimpl
def cashwrap_commands():
    """``cashwrap redeem-stamps MEMBER`` takes a full card."""
    return [
        Command(
            name="redeem-stamps",
            line="take the stamps of a full card from a member",
            configure=lambda parser: parser.add_argument("member"),
            run=_redeem,
        )
    ]


def _redeem(till, args):
    return f"{args.member}: {cards.redeem(till, args.member).stamps} stamps left"


@hookimpl
def cashwrap_routes():
    """Below /api/v1/plugins/stamp_card: every card, one of them, and its gift."""
    one = "/cards/{member}"
    return [
        Route(
            method="GET",
            path="/cards",
            gives=list[cards.Card],
            run=lambda call: cards.cards(call.till),
            summary={"zh-CN": "所有集点卡", "en": "Every card"},
        ),
        Route(
            method="GET",
            path=one,
            gives=cards.Card,
            run=lambda call: cards.card(call.till, call.path["member"]),
            summary={"zh-CN": "一位会员的集点卡", "en": "The card of a member"},
        ),
        Route(
            method="POST",
            path=f"{one}/redeem",
            gives=cards.Card,
            run=lambda call: cards.redeem(call.till, call.path["member"], call.staff, call.command),
            summary={"zh-CN": "兑换礼品", "en": "Take a full card for the gift"},
        ),
    ]


@hookimpl
def cashwrap_pages():
    """Its files: the list of cards at /plugins/stamp_card/, and the module of the panel."""
    folder = Path(__file__).parent / "static"
    return [Page(name="cards", title={"zh-CN": "集点卡", "en": "Stamp cards"}, folder=folder)]


@hookimpl
def cashwrap_panels():
    """The stamps of the member who buys, under the cart."""
    return [
        Panel(
            name="stamps",
            title={"zh-CN": "集点卡", "en": "Stamp card"},
            module="panel.js",
            place="cart",
        )
    ]
