"""``cashwrap journal``: who did what, when."""

import argparse
import re
import sys
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from cashwrap.cli import exits
from cashwrap.cli.arguments import folder, folder_of
from cashwrap.cli.output import Output, encoded
from cashwrap.cli.shop import Shop, local, parse_moment

if TYPE_CHECKING:
    from cashwrap.events import Event
    from cashwrap.store.identity import Head
    from cashwrap.store.records import Record

ABOUT = """\
List the journal: number, time in the shop's zone, kind, staff, what it says, and the record's
hash. Each record holds the hash of the one before; the last line says whether that holds for
the records that were read. Without a range, the newest 50 are shown."""

NEXT = """\
example:
  cashwrap journal -f corner-shop --kind sale.cancelled --kind sale.price_overridden
  cashwrap journal -f corner-shop --sale 17 --full       all about receipt 17
  cashwrap journal -f corner-shop --since 2026-01-31 --jsonl > journal.jsonl

next: `cashwrap verify` proves the whole journal; `cashwrap events` explains the kinds."""

NEWEST = 50
TEXT_MAX = 40
ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")  # shown by its last six letters
ID_IN = re.compile(rf"\b{ID.pattern}\b")
NUMBER = re.compile(r"[0-9]{1,18}")
LEFT_OUT = frozenset(
    "day currency provider_id raw_digest deadline_ms can_cancel grand_sales_minor digest "
    "text content_hash base_hash snapshot_hash cancel_after_ms".split()
)


class Line(NamedTuple):
    """One record, and whether it begins with the hash of the record before."""

    record: "Record"
    follows: bool


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    folder(parser)
    parser.add_argument(
        "--kind", action="append", default=[], metavar="KIND",
        help="only this kind, or all of a room: sale.completed, sale (may be given again)",
    )  # fmt: skip
    parser.add_argument("--sale", metavar="SALE", help="only this sale: its id or receipt number")
    parser.add_argument("--staff", metavar="STAFF", help="only what this person did")
    parser.add_argument("--from", type=int, dest="first", metavar="SEQ", help="from this record on")
    parser.add_argument("--to", type=int, dest="last", metavar="SEQ", help="up to this record")
    parser.add_argument("--since", metavar="WHEN", help="2026-01-31, 2026-01-31T08:00 or 08:00")
    parser.add_argument("--until", metavar="WHEN", help="before this moment")
    parser.add_argument("--newest", type=int, metavar="N", help=f"only the newest N ({NEWEST})")
    parser.add_argument("--all", action="store_true", help="all that match")
    parser.add_argument("--full", action="store_true", help="every field of every event")
    parser.add_argument("--jsonl", action="store_true", help="one JSON object a line, all records")


def run(args: argparse.Namespace, out: Output) -> int:
    """List."""
    from cashwrap.cli.shop import opened

    with opened(folder_of(args)) as shop:
        walk = Walk(shop, args.first, args.last)
        count, records = 0, []
        for line in _chosen(args, shop, walk):
            count += 1
            if args.jsonl:
                sys.stdout.write(encoded(as_fields(line, shop)) + "\n")
            elif out.json:
                records.append(as_fields(line, shop))
            else:
                _print(line, shop, args.full, out)
        head = shop.store.head
        if not args.jsonl:
            _foot(count, walk.broken, head, out)
            out.result(
                records=records,
                chain=not walk.broken,
                head={"epoch": head.epoch, "seq": head.seq, "hash": head.hash},
            )
    return exits.REFUSED if walk.broken else exits.OK


def _print(line: Line, shop: Shop, full: bool, out: Output) -> None:
    out.say(text_of(line, shop))
    if full:
        out.say(details(line, shop))


def _foot(count: int, broken: int, head: "Head", out: Output) -> None:
    if broken:
        out.say(f"\nTHE CHAIN IS BROKEN before record {broken}: run `cashwrap verify`.")
    elif count:
        out.say(f"\n{count} of {head.seq} records, chain unbroken; head {head.hash.hex()[:16]}.")
    else:
        out.say("No record matches.")


def _chosen(args: argparse.Namespace, shop: Shop, walk: "Walk") -> Iterator[Line]:
    """Return the records that were asked for, the newest ones where no range was given."""
    matching = _matching(args, shop, walk)
    ranged = (args.first, args.last, args.since, args.until, args.sale)
    if args.newest is None and (args.all or args.jsonl or any(ranged)):
        return matching
    newest = NEWEST if args.newest is None else args.newest
    return iter(deque(matching, maxlen=max(newest, 0)))


def _matching(args: argparse.Namespace, shop: Shop, walk: "Walk") -> Iterator[Line]:
    since = parse_moment(args.since, shop.zone) if args.since else None
    until = parse_moment(args.until, shop.zone) if args.until else None
    wanted = {_sale_id(args.sale, shop).encode()} if args.sale else set()
    for line in walk:
        envelope = line.record.envelope
        if (
            (args.kind and not any(_is_kind(envelope.kind, kind) for kind in args.kind))
            or (args.staff and envelope.staff != args.staff)
            or (since is not None and envelope.wall_ms < since)
            or (until is not None and envelope.wall_ms >= until)
            or (wanted and not any(each in line.record.raw for each in wanted))
        ):
            continue
        if wanted:
            wanted |= _payments(line.record)
        yield line


class Walk:
    """Reads a range of records; ``broken`` is the first that does not follow the one before."""

    def __init__(self, shop: Shop, first: int | None, last: int | None) -> None:
        self.broken = 0
        self._store = shop.store
        self._after = max((first or 1) - 1, shop.store.identity.base.seq)
        self._last = min(last or shop.store.head.seq, shop.store.head.seq)

    def __iter__(self) -> Iterator[Line]:
        store, base = self._store, self._store.identity.base
        before = store.journal.get(self._after)
        previous = before.hash if before else base.hash if self._after == base.seq else b""
        for record in store.records(self._after, self._last):
            follows = record.raw.startswith(previous)
            if not follows:
                self.broken = self.broken or record.seq
            yield Line(record, follows)
            previous = record.hash


def _payments(record: "Record") -> set[bytes]:
    """Return the payment that a record is about: its later records do not name the sale."""
    if not record.envelope.kind.startswith("tender."):
        return set()
    payment = getattr(_body(record), "intent", "")
    return {payment.encode()} if payment else set()


def _is_kind(kind: str, asked: str) -> bool:
    return kind == asked or kind.startswith(f"{asked}.")


def _sale_id(text: str, shop: Shop) -> str:
    """Return the id of a sale from its id or its receipt number. Raises NoSuchSale."""
    from cashwrap.sale.errors import NoSuchSale
    from cashwrap.sale.projection import sale_of_number

    if ID.fullmatch(text):
        return text
    number = int(text) if NUMBER.fullmatch(text) else 0
    with shop.store.read() as reader:
        sale = sale_of_number(reader, number) if number else None
    if sale is None:
        raise NoSuchSale(f"there is no receipt {text!r} here: give its number, or a sale's id")
    return sale


def text_of(line: Line, shop: Shop) -> str:
    """Return one record as a line for people."""
    record, envelope = line.record, line.record.envelope
    head = (
        f"{record.seq:>6}  {local(envelope.wall_ms, shop.zone)}  {record.hash.hex()[:8]}  "
        f"{envelope.kind:<22}"
    )
    staff = f"by {envelope.staff}" if envelope.staff else ""
    device = f"from {envelope.device}" if envelope.device else ""
    said = "  ".join(filter(None, (staff, device, *_said(record, shop))))
    mark = "" if line.follows else "  CHAIN BROKEN BEFORE THIS"
    return f"{head} {said}{mark}".rstrip()


def details(line: Line, shop: Shop) -> str:
    """Return every field of a record, indented."""
    import msgspec

    text = msgspec.json.format(encoded(as_fields(line, shop)["body"]), indent=2)
    return "\n".join(f"        {each}" for each in text.splitlines())


def _said(record: "Record", shop: Shop) -> list[str]:
    """Return what an event says in a few words; `--full` has the rest."""
    body = _body(record)
    if body is None:
        return ["written by a plugin or version that is not installed here"]
    words = []
    for name in body.__struct_fields__:
        value = getattr(body, name)
        if name in LEFT_OUT or (name == "moves" and hasattr(body, "lines")):
            continue
        if isinstance(value, tuple) and value and name in ("lines", "moves", "goods"):
            words.append(_rows(name, value))
        elif name in ("act", "cash", "report"):
            words += _told(value, shop)
        elif isinstance(value, int | str) and value not in ("", 0, False):
            words.append(_word(name, value, shop))
    return words


def _told(value: object, shop: Shop) -> list[str]:
    """Return what was approved or refused, what was counted, or what a Z says of the drawer."""
    from cashwrap.shift.model import ShiftReport
    from cashwrap.staff.rights import Act

    if isinstance(value, Act):
        about = ID_IN.sub(lambda found: found[0][-6:], f"{value.subject} {value.detail}")
        return [" ".join(filter(None, (value.right, _short(about))))]
    if isinstance(value, ShiftReport):
        cash = value.cash
        over = [] if cash.over_minor is None else [f"over/short {shop.money(cash.over_minor)}"]
        return [f"Z {value.z}", f"expected {shop.money(cash.expected_minor)}", *over]
    if isinstance(value, tuple):
        return [f"cash {shop.money(sum(unit * pieces for unit, pieces in value))}"]
    return []


def _rows(name: str, rows: tuple[object, ...]) -> str:
    """Return how many rows there are, and the names of what they are about."""
    names = [str(getattr(row, "name", "") or getattr(row, "sku", "")) for row in rows]
    text = ", ".join(filter(None, dict.fromkeys(names)))
    return f"{len(rows)} {name} ({_short(text)})" if text else f"{len(rows)} {name}"


def _word(name: str, value: int | str, shop: Shop) -> str:
    from cashwrap.money import format_quantity

    label = name.replace("_", " ")
    if isinstance(value, bool):
        return label
    if isinstance(value, int):
        if name.endswith("_minor"):
            return f"{label.removesuffix(' minor')} {shop.money(value)}"
        if name.endswith("_milli"):
            return f"{label.removesuffix(' milli')} {format_quantity(value)}"
        if name.endswith("_ms") and value > 10**12:
            return f"{label.removesuffix(' ms')} {local(value, shop.zone)}"
        return f"{label} {value}"
    if ID.fullmatch(value):
        return f"{label} {value[-6:]}"
    return f"{label} {_short(value)}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= TEXT_MAX else f"{text[:TEXT_MAX]}..."


def _body(record: "Record") -> "Event | None":
    from cashwrap.events import UnknownEvent

    try:
        return record.body()
    except UnknownEvent:
        return None


def as_fields(line: Line, shop: Shop) -> dict[str, object]:
    """Return a record with the names of all its fields, as JSON can hold it."""
    record, envelope = line.record, line.record.envelope
    return {
        "seq": envelope.seq,
        "epoch": envelope.epoch,
        "store": envelope.store,
        "till": envelope.till,
        "kind": envelope.kind,
        "version": envelope.version,
        "at": local(envelope.wall_ms, shop.zone, "%Y-%m-%dT%H:%M:%S%z"),
        "wall_ms": envelope.wall_ms,
        "staff": envelope.staff,
        "command": envelope.command,
        "hash": record.hash.hex(),
        "follows": line.follows,
        "body": _plain_body(record),
    }


def _plain_body(record: "Record") -> object:
    from cashwrap.cli.output import plain

    return plain(_body(record))
