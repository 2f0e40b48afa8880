"""The "tender" projection: every payment, and which of them still need an answer.

Intent ids are unique per merchant (the provider deduplicates by them), so they need no till before
them in a key.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

import msgspec
from msgspec.structs import replace

from cashwrap.events import Envelope, Event
from cashwrap.store.tables import Reader, Told, Writer
from cashwrap.tender import events as e
from cashwrap.tender.payments import Payment, apply

PAYMENTS = "tender.payments"  # payment id -> Payment
OPEN = "tender.open"  # id of a payment that still waits for something -> its state
BY_SALE = "tender.by_sale"  # sale, NUL, payment id -> b""
GIVEN_BY = "tender.given_by"  # return, NUL, id of a payment that it gives back -> b""
BY_PROVIDER = "tender.by_provider"  # driver, NUL, provider's id, NUL, payment id -> b""
STORED = "tender.stored"  # id of a payment stored offline, not yet forwarded -> b""
SNAPSHOTS = "tender.snapshots"  # sale -> the snapshot of its last intent, until the sale ends
DRAWER = "tender.drawer"  # store, NUL, till, NUL, currency -> net cash of all sales, decimal text

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Payment)
_CASH = (e.CashTaken, e.CashReturned)  # tuples: a union is made anew each time it is met
_ASK = (e.TenderIntended, e.TenderRefundIntended)
_NAME_THEIR_PAYMENT = (e.CashTaken, e.TenderRecorded, e.TenderTakenBack)


class SaleEnded(Event, frozen=True):
    """The leading field of the sale room's last events: after them no snapshot is needed."""

    sale: str


class TenderProjection:
    """Folds payments; the store's contract is `store.tables.Projection`."""

    name = "tender"
    version = 3
    tables = (PAYMENTS, OPEN, BY_SALE, GIVEN_BY, BY_PROVIDER, STORED, SNAPSHOTS, DRAWER)
    reads: Mapping[str, type[Event]] = {
        cls.kind: cls
        for cls in (
            e.TenderIntended,
            e.TenderAsked,
            e.TenderDoubted,
            e.TenderCancelling,
            e.TenderApproved,
            e.TenderDeclined,
            e.TenderCancelled,
            e.TenderClosed,
            e.TenderLateApproval,
            e.TenderRefundIntended,
            e.TenderRefunded,
            e.TenderRefundRefused,
            e.TenderDeclared,
            e.TenderForwarded,
            e.CashTaken,
            e.CashReturned,
            e.TenderRecorded,
            e.TenderTakenBack,
            e.CreditIssued,
        )
    } | {"sale.completed": SaleEnded, "sale.cancelled": SaleEnded}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event to the tables."""
        self.fold_all(writer, [(envelope, body)])

    def fold_all(self, writer: Writer, told: Sequence[Told]) -> None:
        """Apply events in order; a payment, and what a drawer has, is written once."""
        changed: dict[str, Change] = {}
        drawer: dict[str, int] = {}
        for envelope, body in told:
            if envelope.kind.startswith("sale."):
                writer.delete(SNAPSHOTS, cast(SaleEnded, body).sale.encode())
                continue
            if isinstance(body, _ASK) and body.sale_snapshot:
                writer.put(SNAPSHOTS, body.sale.encode(), body.sale_snapshot)
            if isinstance(body, _CASH):
                key = f"{envelope.store}\0{envelope.till}\0{body.currency}"
                drawer[key] = drawer.get(key, 0) + cash_delta_minor(body)
            for part in parts(body):
                _change(writer, changed, part, envelope.wall_ms)
        for change in changed.values():
            _put(writer, change)
        for key, delta_minor in drawer.items():
            total_minor = int(writer.get(DRAWER, key.encode()) or b"0") + delta_minor
            writer.put(DRAWER, key.encode(), b"%d" % total_minor)


class Change(NamedTuple):
    """What became of a payment; ``known`` when the tables had it before."""

    payment: Payment
    known: bool


def _change(writer: Writer, changed: dict[str, Change], body: Event, at_ms: int) -> None:
    """Apply one event to the payment that it is about."""
    payment_id = subject(body)
    earlier = changed.get(payment_id)
    before = earlier.payment if earlier else payment_of(writer, payment_id)
    after = apply(before, body, at_ms)
    if after is None or after == before:
        return
    if after.provider_id and (before is None or after.provider_id != before.provider_id):
        by_provider = _provider_key(after.driver, after.provider_id) + after.id
        writer.put(BY_PROVIDER, by_provider.encode(), b"")
    changed[payment_id] = Change(after, earlier.known if earlier else before is not None)


def parts(event: Event) -> Iterable[Event]:
    """Return an event as it concerns one payment each."""
    return credit_parts(event) if isinstance(event, e.CreditIssued) else (event,)


def credit_parts(issued: e.CreditIssued) -> Iterator[e.CreditIssued]:
    """Yield a credit note's part of each payment that it gives back, then what is beyond them."""
    for part in issued.of:
        yield replace(issued, amount_minor=part.amount_minor, of=(part,))
    beyond = issued.amount_minor - sum(part.amount_minor for part in issued.of)
    if beyond:
        yield replace(issued, amount_minor=beyond, of=())


def subject(event: Event) -> str:
    """Return the id of the payment that a tender event is about."""
    if isinstance(event, e.CreditIssued):
        return event.of[0].payment if event.of else event.payment
    if isinstance(event, e.CashReturned):
        return event.of_payment or event.payment
    if isinstance(event, _NAME_THEIR_PAYMENT):
        return event.payment
    return cast(e.TenderAsked, event).intent  # every other tender event names its intent


def payment_of(reader: Reader, payment_id: str) -> Payment | None:
    """Return a payment by its id."""
    value = reader.get(PAYMENTS, payment_id.encode())
    return None if value is None else _decoder.decode(value)


def payments_of_sale(reader: Reader, sale: str) -> list[Payment]:
    """Return all payments of a sale, in the order in which they began."""
    return sorted(_listed(reader, BY_SALE, sale + "\0"), key=_begun)


def payments_given_back_by(reader: Reader, sale: str) -> list[Payment]:
    """Return the payments of other sales that a return gave back, or is giving back."""
    return sorted(_listed(reader, GIVEN_BY, sale + "\0"), key=_begun)


def open_payments(reader: Reader) -> list[Payment]:
    """Return what still needs an answer: in doubt, watched, or with a refund under way."""
    return sorted(_listed(reader, OPEN), key=_begun)


def payments_in_doubt(reader: Reader) -> list[Payment]:
    """Return what a Z report must list: money that is neither paid, not paid nor given back."""
    return [each for each in open_payments(reader) if each.state != "cancelled"]


def stored_payments(reader: Reader) -> list[Payment]:
    """Return what terminals stored offline and have not forwarded yet."""
    return sorted(_listed(reader, STORED), key=_begun)


def payments_by_provider(reader: Reader, driver: str, provider_id: str) -> list[Payment]:
    """Return the payments that a provider knows under its own id."""
    return list(_listed(reader, BY_PROVIDER, _provider_key(driver, provider_id)))


def payments_of_driver(reader: Reader, driver: str) -> Iterator[Payment]:
    """Yield all payments that a driver was asked for, in order of their ids."""
    for _, value in reader.items(PAYMENTS):
        payment: Payment = _decoder.decode(value)
        if payment.driver == driver:
            yield payment


def unfinished_snapshots(reader: Reader) -> dict[str, bytes]:
    """Return the snapshots of all sales that asked for a payment and are not finished.

    After a power cut they bring back sales whose draft was lost, paid ones included.
    """
    return {key.decode(): value for key, value in reader.items(SNAPSHOTS)}


def net_cash_minor(reader: Reader, store: str, till: str, currency: str) -> int:
    """Return tendered - change - returned of all sales of a till, since its first day."""
    return int(reader.get(DRAWER, f"{store}\0{till}\0{currency}".encode()) or b"0")


def _listed(reader: Reader, table: str, prefix: str = "") -> Iterator[Payment]:
    for key, _ in list(reader.items(table, prefix.encode())):
        payment = payment_of(reader, key.decode().rpartition("\0")[2])
        if payment is not None:
            yield payment


def _begun(payment: Payment) -> tuple[int, str]:
    return payment.begun.wall_ms, payment.id


def _put(writer: Writer, change: Change) -> None:
    payment, key = change.payment, change.payment.id.encode()
    writer.put(PAYMENTS, key, _encoder.encode(payment))
    if not change.known:
        writer.put(BY_SALE, f"{payment.sale}\0{payment.id}".encode(), b"")
    for sale in {each.sale for each in payment.refunds} - {"", payment.sale}:
        writer.put(GIVEN_BY, f"{sale}\0{payment.id}".encode(), b"")
    _mark(writer, OPEN, key, payment.open, payment.state, change.known)
    _mark(writer, STORED, key, payment.stored, "", change.known)


def _provider_key(driver: str, provider_id: str) -> str:
    """Return a prefix that fits into a key, however long a provider's id is."""
    raw = provider_id.encode()
    short = provider_id if len(raw) <= 200 else hashlib.sha256(raw).hexdigest()
    return f"{driver}\0{short}\0"


def _mark(writer: Writer, table: str, key: bytes, present: bool, value: str, known: bool) -> None:
    if present:
        writer.put(table, key, value.encode())
    elif known:
        writer.delete(table, key)


def cash_delta_minor(event: Event) -> int:
    """Return what an event added to the cash in the drawer: tendered - change, or what went out."""
    if isinstance(event, e.CashTaken):
        return event.tendered_minor - event.change_minor
    return -event.amount_minor if isinstance(event, e.CashReturned) else 0
