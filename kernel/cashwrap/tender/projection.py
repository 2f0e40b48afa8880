"""The "tender" projection: every payment, and which of them still need an answer.

Intent ids are unique per merchant (the provider deduplicates by them), so they need no till before
them in a key.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import cast

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.store.tables import Reader, Writer
from cashwrap.tender import events as e
from cashwrap.tender.payments import Payment, apply

PAYMENTS = "tender.payments"  # payment id -> Payment
OPEN = "tender.open"  # id of a payment that still waits for something -> its state
BY_SALE = "tender.by_sale"  # sale, NUL, payment id -> b""
BY_PROVIDER = "tender.by_provider"  # driver, NUL, provider's id, NUL, payment id -> b""
STORED = "tender.stored"  # id of a payment stored offline, not yet forwarded -> b""
SNAPSHOTS = "tender.snapshots"  # sale -> the snapshot of its last intent, until the sale ends
DRAWER = "tender.drawer"  # store, NUL, till, NUL, currency -> net cash of all sales, decimal text

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Payment)


class SaleEnded(Event, frozen=True):
    """The leading field of the sale room's last events: after them no snapshot is needed."""

    sale: str


class TenderProjection:
    """Folds payments; the store's contract is `store.tables.Projection`."""

    name = "tender"
    version = 2
    tables = (PAYMENTS, OPEN, BY_SALE, BY_PROVIDER, STORED, SNAPSHOTS, DRAWER)
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
        )
    } | {"sale.completed": SaleEnded, "sale.cancelled": SaleEnded}

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event to the tables."""
        if envelope.kind.startswith("sale."):
            writer.delete(SNAPSHOTS, cast(SaleEnded, body).sale.encode())
            return
        if isinstance(body, e.TenderIntended) and body.sale_snapshot:
            writer.put(SNAPSHOTS, body.sale.encode(), body.sale_snapshot)
        if isinstance(body, e.CashTaken | e.CashReturned):
            _count_cash(writer, envelope, body)
        payment_id = subject(body)
        before = payment_of(writer, payment_id)
        after = apply(before, body, envelope.wall_ms)
        if after is not None and after != before:
            _put(writer, after)


def subject(event: Event) -> str:
    """Return the id of the payment that a tender event is about."""
    if isinstance(event, e.CashReturned):
        return event.of_payment or event.payment
    if isinstance(event, e.CashTaken | e.TenderRecorded | e.TenderTakenBack):
        return event.payment
    return cast(e.TenderAsked, event).intent  # every other tender event names its intent


def payment_of(reader: Reader, payment_id: str) -> Payment | None:
    """Return a payment by its id."""
    value = reader.get(PAYMENTS, payment_id.encode())
    return None if value is None else _decoder.decode(value)


def payments_of_sale(reader: Reader, sale: str) -> list[Payment]:
    """Return all payments of a sale, in the order in which they began."""
    return sorted(_listed(reader, BY_SALE, sale + "\0"), key=_begun)


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


def snapshot_of(reader: Reader, sale: str) -> bytes | None:
    """Return the sale as it stood when its last payment was asked for, while it is not finished."""
    return reader.get(SNAPSHOTS, sale.encode())


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


def _put(writer: Writer, payment: Payment) -> None:
    key = payment.id.encode()
    writer.put(PAYMENTS, key, _encoder.encode(payment))
    writer.put(BY_SALE, f"{payment.sale}\0{payment.id}".encode(), b"")
    if payment.provider_id:
        by_provider = _provider_key(payment.driver, payment.provider_id) + payment.id
        writer.put(BY_PROVIDER, by_provider.encode(), b"")
    _mark(writer, OPEN, key, payment.open, payment.state)
    _mark(writer, STORED, key, payment.stored, "")


def _provider_key(driver: str, provider_id: str) -> str:
    """Return a prefix that fits into a key, however long a provider's id is."""
    raw = provider_id.encode()
    short = provider_id if len(raw) <= 200 else hashlib.sha256(raw).hexdigest()
    return f"{driver}\0{short}\0"


def _mark(writer: Writer, table: str, key: bytes, present: bool, value: str) -> None:
    if present:
        writer.put(table, key, value.encode())
    else:
        writer.delete(table, key)


def _count_cash(writer: Writer, envelope: Envelope, body: e.CashTaken | e.CashReturned) -> None:
    key = f"{envelope.store}\0{envelope.till}\0{body.currency}".encode()
    total = int(writer.get(DRAWER, key) or b"0") + cash_delta_minor(body)
    writer.put(DRAWER, key, b"%d" % total)


def cash_delta_minor(event: Event) -> int:
    """Return what an event added to the cash in the drawer: tendered - change, or what went out."""
    if isinstance(event, e.CashTaken):
        return event.tendered_minor - event.change_minor
    return -event.amount_minor if isinstance(event, e.CashReturned) else 0
