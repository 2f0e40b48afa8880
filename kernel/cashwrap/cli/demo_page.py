"""What the demo prints: the story, a receipt, the takings, what runs low, the proof."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cashwrap.cli.demo import Shown
from cashwrap.cli.takings import rows
from cashwrap.money import format_quantity
from cashwrap.receipt.text import TextStyle, layout

RECEIPT_COLUMNS = 38
WIDTH = 80


def page(shown: Shown, program: str, *, plain: bool) -> Group:
    """Return all of it; ``plain`` is without frames, one thing below the other."""
    return Group(
        head(shown, plain),
        story(shown, plain),
        Text(),
        _beside(shown, plain),
        following(shown, program),
    )


def _beside(shown: Shown, plain: bool) -> RenderableType:
    """The receipt, and what the morning came to beside it."""
    right = [
        takings(shown, plain), z_report(shown, plain), why(shown, plain), low(shown, plain),
        proof(shown, plain),
    ]  # fmt: skip
    if plain:
        return Group(receipt(shown, plain), *(Padding(each, (1, 0, 0, 0)) for each in right))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=RECEIPT_COLUMNS + 4)
    grid.add_column(width=WIDTH - RECEIPT_COLUMNS - 6)
    grid.add_row(receipt(shown, plain), Group(*right))
    return grid


def head(shown: Shown, plain: bool) -> RenderableType:
    """What was made, and how it went."""
    counts = shown.story.counts
    took = f" in {seconds(shown.rang_up_us)}s" if shown.rang_up_us else ""
    text = Text.assemble(
        ("A demo shop stands in ", ""), (shown.folder, "bold"), (".\n", ""),
        f"{shown.items} items: groceries, produce by weight, drinks of size x temperature x sugar, "
        f"set meals; {shown.deliveries} deliveries are booked.\n\n",
        ("Saturday morning, 07:30 to 12:00", "bold"),
        f": {counts['sales']} sales with {counts['lines']} lines were rung up{took}, "
        f"each on the disk before its receipt could print: {counts['weighed']} weighings, "
        f"{counts['set meals']} set meals, {counts['specs changed']} drinks changed on their "
        f"line, {counts['lines voided']} voided lines, {counts['undone']} undos, "
        f"{counts['split']} split payments. Promotions took "
        f"{shown.shop.money(counts['saved_minor'])} off {counts['promoted']} of them; of "
        f"{counts['coupons shown']} coupons shown the {counts['coupons used']} that helped "
        "were used.\n",
    )  # fmt: skip
    return text if plain else Group(Rule(Text(" cashwrap ", "bold cyan"), style="cyan"), text)


def story(shown: Shown, plain: bool) -> RenderableType:
    """What happened on the way."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(style="" if plain else "yellow", no_wrap=True)
    table.add_column()
    zone = shown.shop.zone
    for note in shown.story.notes:
        at = datetime.fromtimestamp(note.at_ms // 1000, UTC).astimezone(zone)
        table.add_row(f"{at:%H:%M}", Text(note.title), Text(note.text))
    return table


def receipt(shown: Shown, plain: bool) -> RenderableType:
    """A receipt as it is printed."""
    text = Text()
    for row in layout(shown.receipt, TextStyle(columns=RECEIPT_COLUMNS)):
        if row.role != "qr":
            text.append(f"{row.text}\n", "bold" if row.role == "strong" and not plain else "")
    text.rstrip()
    if plain:
        return Padding(text, (0, 0, 0, 4))
    return Panel.fit(text, box=box.ROUNDED, border_style="dim", padding=(0, 1))


def takings(shown: Shown, plain: bool) -> RenderableType:
    """What the morning brought in."""
    money = shown.shop.money
    table = _table("Takings", ("",), plain)
    for what, amount, remark in rows(shown.takings, money):
        strong = "bold" if what in ("Sales", "Margin") and not plain else ""
        table.add_row(Text(what, strong), Text(amount, strong))
        if what in ("Sales", "Margin"):
            table.add_row("", Text(remark, "" if plain else "dim"))
    return table


def z_report(shown: Shown, plain: bool) -> RenderableType:
    """How the first shift's drawer was accounted for."""
    money, z = shown.shop.money, shown.story.z
    table = _table(f"Z report {z.z}", ("",), plain)
    table.add_row("records", f"{z.first_seq} to {z.last_seq}")
    table.add_row("float", money(z.float_minor))
    table.add_row("cash expected", money(z.cash.expected_minor or 0))
    table.add_row("counted blind", money(z.cash.counted_minor or 0))
    table.add_row("over/short", Text(money(z.cash.over_minor or 0), "" if plain else "red"))
    return table


def why(shown: Shown, plain: bool) -> RenderableType:
    """Which promotions made the price on the receipt, and that no better choice exists."""
    money, found = shown.shop.money, shown.why
    if found is None:
        return Text()
    names = {line.rule: line.name for row in shown.receipt.lines for line in row.discounts}
    table = _table("Why that price", ("",), plain)
    for applied in found.applied:
        table.add_row(Text(names[applied.rule]), Text(money(-applied.saving_minor)))
    steps = found.certificate.nodes
    proved = "proved" if found.certificate.proved else "not proved"
    table.add_row(Text("best of all plans"), Text(proved, "" if plain else "green"))
    table.add_row(Text("steps of the search"), Text(f"{steps}"))
    return table


def low(shown: Shown, plain: bool) -> RenderableType:
    """What there is less of than the morning sold."""
    table = _table("Running low", ("left", "sold"), plain)
    for each in shown.low:
        unit = "" if each.unit == "each" else f" {each.unit}"
        table.add_row(
            Text(each.name),
            Text(f"{_short(each.left_milli)}{unit}", "" if plain else "red"),
            Text(_short(each.sold_milli)),
        )
    return table


def _short(milli: int) -> str:
    """Return a quantity; from a hundred on, without what is behind the point."""
    return format_quantity(milli - milli % 1000 if milli >= 100_000 else milli)


def proof(shown: Shown, plain: bool) -> RenderableType:
    """That the journal holds together."""
    found = shown.proof
    table = _table("Journal verified" if found.ok else "JOURNAL NOT SOUND", ("",), plain)
    good = "" if plain else "green" if found.ok else "bold red"
    table.add_row("records, unbroken", Text(f"{found.records}", good))
    table.add_row("seals that fit", f"{found.seals}")
    table.add_row("tables equal rebuild", "yes" if not found.projections else "NO")
    table.add_row("hashed", f"{found.bytes // 1000} KB")
    if shown.hashed_us:
        table.add_row("speed of hashing", f"{found.bytes // shown.hashed_us} MB/s")
    table.add_row("head", f"{found.head_hash[:12]}")
    return table


def following(shown: Shown, program: str) -> RenderableType:
    """Where to go next."""
    lines = (
        (f"{program} takings -f {shown.folder}", "the same takings"),
        (f"{program} receipt {shown.story.showcase} -f {shown.folder}", "any receipt"),
        (f"{program} proof {shown.story.showcase} -f {shown.folder}", "why that price, proved"),
        (f"{program} shift z 1 -f {shown.folder}", "the Z report"),
        (f"{program} staff log -f {shown.folder}", "PINs, approvals, refusals"),
        (f"{program} rules list -f {shown.folder}", "its promotions"),
        (f"{program} journal {shown.folder} --sale {shown.story.showcase}", "its events"),
        (f"{program} find zznc -f {shown.folder}", "pinyin initials: 珍珠奶茶"),
        (f"{program} stock Z001 -f {shown.folder}", "lots and dates"),
        (f"{program} verify {shown.folder}", "prove it again"),
    )
    table = Table.grid(padding=(0, 2, 0, 0))
    for command, what in lines:
        table.add_row(Text(f"  {command}", "cyan"), Text(what, "dim"))
    return Group(
        Text("\nNext, look around:", "bold"),
        table,
        Text("\nThen sell from your own program: README.md, docs/embed.md."),
    )


def seconds(us: int) -> str:
    """Return microseconds as ``1.2``."""
    return f"{us // 1_000_000}.{us // 100_000 % 10}"


def _table(title: str, heads: Sequence[str], plain: bool) -> Table:
    """Return a table as wide as its column on the page; all columns but the first to the right."""
    table = Table(
        box=None if plain else box.SIMPLE_HEAD,
        padding=(0, 0, 0, 1) if not plain else (0, 2, 0, 0),
        pad_edge=False,
        expand=not plain,
        header_style="" if plain else "bold",
        border_style="dim",
    )
    table.add_column(Text(title))
    for each in heads:
        table.add_column(Text(each), justify="right", no_wrap=True)
    return table
