"""A stamp card: a table of its own, an event of its own, paper, a report and a command."""

from cashwrap import hookimpl
from cashwrap.errors import InvalidInput
from cashwrap.host.offers import Command, Report
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
    full = till.settings(cards.CardSettings).full
    with till.read() as reader:
        has = cards.stamps_of(reader, args.member)
    if has < full:
        raise InvalidInput(f"{args.member} has {has} stamps: a card is full with {full}")
    till.commit([cards.Redeemed(args.member, full)])
    return f"{args.member}: {has - full} stamps left"
