"""What must hold when a till comes up again: all that it had told, and what the bank says."""

import msgspec
from till_clerk import Selling, checksum

from cashwrap.pricing.model import Priced
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.events import SaleCompleted, SaleSuspended
from cashwrap.sale.projection import NUMBERS, ended, series_totals
from cashwrap.tender.payments import Payment
from cashwrap.tender.projection import payment_of, payments_of_sale


class Known(msgspec.Struct):
    """What the till has acknowledged: edits of open sales, receipts that may print, records."""

    edits: dict[str, tuple[int, int, int]] = {}  # how many, their checksum, that of the price
    printed: dict[str, int] = {}
    ends: dict[str, str] = {}  # sales that were cancelled or suspended
    zs: dict[int, int] = {}  # Z reports by number, and their shift
    record: tuple[int, str] = (0, "")  # the newest: its number and hash

    def learn(self, text: str) -> None:
        match text.split():
            case ["edits", sale, count, edits, proof]:
                self.edits[sale] = (int(count), int(edits), int(proof))
                self.ends.pop(sale, None)  # it was resumed
            case ["print", sale, number]:
                self.printed[sale] = int(number)
                self.edits.pop(sale, None)
            case ["cancelled" | "suspended" as end, sale]:
                self.ends[sale] = end
                self.edits.pop(sale, None)
            case ["z", number, shift]:
                self.zs[int(number)] = int(shift)
            case ["record", seq, digest]:
                self.record = (int(seq), digest)


class Report(msgspec.Struct):
    """What a till found when it came up again."""

    took_ms: float
    faults: list[str] = []
    doubts: int = 0
    open_sales: int = 0
    finished_unheard: list[str] = []


def check(selling: Selling, known: Known) -> Report:
    """Compare the till that came up with all that was acknowledged, and with the bank."""
    report = Report(selling.opening_ms)
    till, faults = selling.till, report.faults
    report.doubts = len(till.runner.in_doubt())
    report.open_sales = len(till.open_sales())
    check_edits(selling, known, report)
    selling.settle()
    proof = till.store.verify()
    if not proof.ok:
        faults.append(f"the store does not verify: {proof}")
    seq, digest = known.record
    record = till.store.journal.get(seq) if seq else None
    if seq and (record is None or record.hash.hex() != digest):
        faults.append(f"record {seq} was acknowledged, and is not what stands there")
    there = {sale.id for sale in till.open_sales()}
    with till.store.read() as reader:
        numbers = [int.from_bytes(key, "big") for key, _ in reader.items(NUMBERS)]
        if numbers != list(range(1, series_totals(reader).last_number + 1)):
            faults.append("receipt numbers have gaps")
        for sale, number in known.printed.items():
            place = ended(reader, sale)
            if place is None or (place.state, place.number) != ("completed", number):
                faults.append(f"receipt {number} may have been printed, its sale is {place}")
        for sale, end in known.ends.items():
            place = ended(reader, sale)
            if place is None and end == "suspended" and sale in there:
                continue  # it was resumed, and that was not heard of
            if place is None or place.state != end:
                faults.append(f"sale {sale} was {end}, but is {place}")
    check_shifts(selling, known, faults)
    check_bank(selling, faults)
    return report


def check_shifts(selling: Selling, known: Known, faults: list[str]) -> None:
    """Shifts and Z reports run from 1 without gaps, and each Z is its shift's."""
    shifts = selling.till.shifts
    numbers = [shift.number for shift in shifts.all()]
    zs = sorted(shift.z for shift in shifts.all() if shift.state == "closed")
    for what, found in (("shifts", numbers), ("Z reports", zs)):
        if found != list(range(1, len(found) + 1)):
            faults.append(f"{what} have gaps: {found}")
    for z, number in known.zs.items():
        if shifts.z(z).number != number:
            faults.append(f"Z {z} was of shift {number}, now of {shifts.z(z).number}")


def check_edits(selling: Selling, known: Known, report: Report) -> None:
    """Every edit that was acknowledged is on its sale, byte for byte, open or completed.

    So are the price and its proof, where nothing was done since.
    """
    there: dict[str, tuple[tuple[AnyEdit, ...], Priced | None]]
    there = {sale.id: (sale.history, sale.priced()) for sale in selling.till.open_sales()}
    for sale, (count, sum_then, proof_then) in known.edits.items():
        if sale in there:
            history, priced = there[sale]
        else:
            with selling.till.store.read() as reader:
                place = ended(reader, sale)
            if place is None:
                report.faults.append(f"open sale {sale} with {count} edits is lost")
                continue
            report.finished_unheard.append(sale)
            if place.state == "cancelled":
                continue
            record = selling.till.store.journal.get(place.seq)
            assert record is not None
            body = record.body()
            assert isinstance(body, SaleCompleted | SaleSuspended)
            history = body.history
            priced = body.priced if isinstance(body, SaleCompleted) else None
        if len(history) == count and priced and checksum(priced) != proof_then:
            report.faults.append(f"sale {sale}: its price is not what it was, or not its proof")
        if len(history) < count or checksum(history[:count]) != sum_then:
            report.faults.append(f"sale {sale}: {count} edits were acknowledged, not these")


def check_bank(selling: Selling, faults: list[str]) -> None:
    """What the bank took is what the sales say was paid, each once."""
    by_sale: dict[str, int] = {}
    with selling.till.store.read() as reader:
        for intent, net_minor in selling.terminal.net.items():
            payment = payment_of(reader, intent)
            if payment is None:
                faults.append(f"the bank took {net_minor} for {intent}, unknown to the journal")
                continue
            by_sale[payment.sale] = by_sale.get(payment.sale, 0) + net_minor
            if kept_minor(payment) != net_minor:
                faults.append(f"{intent} is {payment.verdict}, the bank has {net_minor}")
        for sale, net_minor in by_sale.items():
            paid = payments_of_sale(reader, sale)
            place = ended(reader, sale)
            if place is not None and place.state == "completed":
                body = selling.till.record_of(sale).body()
                assert isinstance(body, SaleCompleted)
                if sum(each.paid_minor for each in paid) != body.payable_minor:
                    faults.append(f"sale {sale} was not paid to the cent")
            elif place is not None and net_minor:
                faults.append(f"sale {sale} is {place.state}, and the bank has {net_minor}")


def kept_minor(payment: Payment) -> int:
    """Return what of a payment its bank should have now."""
    if payment.state != "approved":
        return 0
    back = (one for one in payment.refunds if one.state == "given_back" and not one.in_cash)
    return payment.charged_minor - sum(one.amount_minor for one in back)
