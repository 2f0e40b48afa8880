"""The rows that the fold of shifts works on: read once, changed in place, written at its end."""

from collections.abc import Callable, Iterator
from typing import TypeVar, cast

import msgspec

from cashwrap.events import Envelope
from cashwrap.shift.model import Shift, ShiftReport, Sums, TenderSum, Waiting
from cashwrap.store.tables import Reader, Writer

REGISTERS = "shift.registers"  # R, register -> Working
SHIFTS = "shift.shifts"  # number -> Shift
SUMS = "shift.sums"  # number of a shift that is not closed -> Sums
OUTSIDE = "shift.outside"  # D, drawer -> Sums of what no shift has, since its last Z
PAYMENTS = "shift.payments"  # id of a payment that is no cash -> KnownPayment
DOUBTS = "shift.doubts"  # payment, NUL, refund -> Doubt
PAYING = "shift.paying"  # sale that has not ended, with money on it -> Paying
REPORTS = "shift.reports"  # number of a Z -> ShiftReport
SERIES = "shift.series"  # "series" -> Series
STINTS = "shift.stints"  # register, NUL, seq -> Working, from that record on
WAITING = "shift.waiting"  # sale that is suspended -> Waiting
TABLES = (
    REGISTERS, SHIFTS, SUMS, OUTSIDE, PAYMENTS, DOUBTS, PAYING, REPORTS, SERIES, STINTS, WAITING
)  # fmt: skip

_SERIES_KEY = b"series"


class Working(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Which shift a register works on, 0 for none, and which drawer it last worked on."""

    shift: int
    drawer: str


class KnownPayment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What later events of a payment do not say again; ``z`` named it as in doubt, or 0."""

    register: str
    sale: str
    tender: str
    kind: str
    asked_minor: int
    z: int = 0


class Doubt(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A payment, or a refund of one, without an answer, and where it was asked for."""

    payment: str
    refund: str
    sale: str
    amount_minor: int
    asked_ms: int
    register: str
    shift: int
    drawer: str
    owed: bool = False
    z: int = 0


class Paying(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Money on a sale that has not ended, and where it moved last."""

    paid_minor: int
    shift: int
    drawer: str


class Series(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The last numbers, and the perpetual total as of the last receipt that a Z has counted."""

    shift: int = 0
    z: int = 0
    receipt: int = 0
    grand_sales_minor: int = 0


Row = Working | Shift | Sums | KnownPayment | Doubt | Paying | ShiftReport | Series | Waiting
R = TypeVar("R", bound=Row)

_encode = msgspec.msgpack.Encoder().encode
_TYPES: dict[str, type[Row]] = {
    REGISTERS: Working,
    SHIFTS: Shift,
    SUMS: Sums,
    OUTSIDE: Sums,
    PAYMENTS: KnownPayment,
    DOUBTS: Doubt,
    PAYING: Paying,
    REPORTS: ShiftReport,
    SERIES: Series,
    STINTS: Working,
    WAITING: Waiting,
}
_decoders: dict[str, Callable[[bytes], Row]] = {}  # made when a table is first read


def _decoder(table: str) -> Callable[[bytes], Row]:
    found = _decoders.get(table)
    if found is None:
        found = _decoders[table] = msgspec.msgpack.Decoder(_TYPES[table]).decode
    return found


class Rows:
    """Typed rows of the shift tables, for reading."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Reader) -> None:
        self._tables = tables

    def row(self, table: str, key: bytes) -> Row | None:
        """Return one row."""
        raw = self._tables.get(table, key)
        return None if raw is None else _decoder(table)(raw)

    def all(self, table: str) -> Iterator[tuple[bytes, Row]]:
        """Yield a table's rows in the order of their keys."""
        decode = _decoder(table)
        for key, raw in list(self._tables.items(table)):
            yield key, decode(raw)

    def working(self, register: str) -> Working:
        """Return which shift a register works on; one that never did has a drawer of its name."""
        found = self.row(REGISTERS, b"R" + register.encode())
        return Working(0, register) if found is None else cast(Working, found)

    def shift(self, number: int) -> Shift | None:
        """Return a shift by its number."""
        return cast(Shift | None, self.row(SHIFTS, number_key(number)))

    def sums(self, number: int) -> Sums:
        """Return the sums of a shift that is not closed."""
        return cast(Sums | None, self.row(SUMS, number_key(number))) or Sums()

    def outside(self, drawer: str) -> Sums:
        """Return what moved at a drawer outside of shifts since its last Z."""
        return cast(Sums | None, self.row(OUTSIDE, drawer_key(drawer))) or Sums()

    def payment(self, payment: str) -> KnownPayment:
        """Return a payment; one from before the journal's first record is of tender ""."""
        found = cast(KnownPayment | None, self.row(PAYMENTS, payment.encode()))
        return found or KnownPayment("", "", "", "other", 0)

    def worked_at(self, register: str, seq: int) -> Working:
        """Return what a register worked on at a record."""
        found = Working(0, register)
        prefix = register.encode() + b"\0"
        for key, raw in self._tables.items(STINTS, prefix):
            if int.from_bytes(key[len(prefix) :], "big") > seq:
                break
            found = cast(Working, _decoder(STINTS)(raw))
        return found

    def series(self) -> Series:
        """Return the last numbers."""
        return cast(Series | None, self.row(SERIES, _SERIES_KEY)) or Series()

    def active(self) -> list[Shift]:
        """Return the shifts that are not closed, oldest first."""
        numbers = [int.from_bytes(key, "big") for key, _ in self._tables.items(SUMS)]
        return [shift for number in numbers if (shift := self.shift(number)) is not None]

    def on_drawer(self, drawer: str) -> Shift | None:
        """Return the open shift of a drawer."""
        return next(
            (one for one in self.active() if one.state == "open" and one.drawer == drawer), None
        )


class Book(Rows):
    """The same rows while a fold changes them; `write` puts what changed, each row once."""

    __slots__ = ("_changed", "_known", "_out", "_working")

    def __init__(self, tables: Writer) -> None:
        super().__init__(tables)
        self._out = tables
        self._working: dict[str, Working] = {}
        self._known: dict[tuple[str, bytes], Row | None] = {}
        self._changed: dict[tuple[str, bytes], bool] = {}  # whether it may be in the table

    def row(self, table: str, key: bytes) -> Row | None:
        """Return one row as it stands now."""
        at = (table, key)
        known = self._known
        if at in known:
            return known[at]
        raw = self._out.get(table, key)
        found = known[at] = None if raw is None else _decoder(table)(raw)
        return found

    def put(self, table: str, key: bytes, row: Row | None) -> None:
        """Set a row; None removes it."""
        at = (table, key)
        if at not in self._changed:
            self._changed[at] = at not in self._known or self._known[at] is not None
        self._known[at] = row

    def put_shift(self, shift: Shift) -> None:
        """Set a shift."""
        self.put(SHIFTS, number_key(shift.number), shift)

    def working(self, register: str) -> Working:
        """Return which shift a register works on now."""
        found = self._working.get(register)
        if found is None:
            found = self._working[register] = super().working(register)
        return found

    def put_working(self, register: str, working: Working, seq: int) -> None:
        """Set what a register works on from a record on."""
        self._working[register] = working
        self.put(REGISTERS, b"R" + register.encode(), working)
        self.put(STINTS, register.encode() + b"\0" + number_key(seq), working)

    def put_series(self, series: Series) -> None:
        """Set the last numbers."""
        self.put(SERIES, _SERIES_KEY, series)

    def happened(self, register: str, at: Envelope) -> Sums:
        """Return the sums to change for an event at a register: its shift's, or outside of any."""
        working = self.working(register)
        if working.shift:
            return self.changing(SUMS, number_key(working.shift), at)
        return self.changing(OUTSIDE, drawer_key(working.drawer), at)

    def changing(self, table: str, key: bytes, at: Envelope) -> Sums:
        """Return sums that an event changes."""
        sums = cast(Sums | None, self.row(table, key)) or Sums()
        self.put(table, key, sums)
        sums.last_seq = at.seq
        if not sums.first_seq:
            sums.first_seq = at.seq
        if at.staff and at.staff not in sums.staff:
            sums.staff.append(at.staff)
        return sums

    def write(self) -> None:
        """Put what changed."""
        out, known = self._out, self._known
        for at, before in self._changed.items():
            table, key = at
            row = known[at]
            if row is not None:
                out.put(table, key, _encode(row))
            elif before:
                out.delete(table, key)
        self._changed.clear()


def number_key(number: int) -> bytes:
    """Return the key of a shift or a Z."""
    return number.to_bytes(8, "big")


def drawer_key(drawer: str) -> bytes:
    """Return the key of a drawer, which may have the empty name."""
    return b"D" + drawer.encode()


def doubt_key(payment: str, refund: str) -> bytes:
    """Return the key of a payment in doubt, or of its refund."""
    return f"{payment}\0{refund}".encode()


def tender_sum(sums: Sums, tender: str, kind: str) -> TenderSum:
    """Return the sum of a tender, begun if it is new."""
    for each in sums.tenders:
        if each.tender == tender:
            return each
    sums.tenders.append(TenderSum(tender, kind))
    return sums.tenders[-1]
