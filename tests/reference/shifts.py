"""Z reports recomputed from the journal's records alone, in plain Python and another way round.

The kernel keeps running sums in tables. Here every event is first given its owner by walking the
records once, and each Z is then added up from the lists of its events. Nothing of `cashwrap.shift`
is used but the names of its events.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

Owner = tuple[str, Any]
PAID = {"tender.approved", "tender.late_approval"}


class Z:
    """One Z as the records say it must be."""

    def __init__(self, number: int, z: int, body: Any, seq: int) -> None:
        self.number, self.z, self.body, self.seq = number, z, body, seq
        self.own: list[tuple[int, str, Any, str]] = []
        self.outside: list[tuple[int, str, Any, str]] = []


def walk(records: Iterable[Any]) -> tuple[list[Z], dict[str, list[tuple[int, str, Any, str]]]]:
    """Return the Zs in order with their events, and what is still outside, by drawer."""
    shift_at: dict[str, int] = {}
    drawer_at: dict[str, str] = {}
    drawer_of: dict[int, str] = {}
    register_of: dict[str, str] = {}
    payments: dict[str, Any] = {}
    refunds: dict[str, Any] = {}
    mine: dict[Owner, list[tuple[int, str, Any, str]]] = defaultdict(list)
    zs: list[Z] = []
    for record in records:
        kind, body, seq = record.envelope.kind, record.body(), record.seq
        staff = record.envelope.staff
        room = kind.split(".")[0]
        register = getattr(body, "register", "")
        if kind == "tender.intended":
            payments[body.intent], register_of[body.intent] = body, register
        elif kind == "tender.recorded":
            payments[body.payment] = body
        elif kind == "tender.refund_intended":
            refunds[body.refund] = body
            register_of[body.refund] = register or register_of[body.intent]
        if room == "shift":
            number = body.number
            if kind in ("shift.opened", "shift.resumed"):
                drawer_of[number] = body.drawer
            if kind in ("shift.opened", "shift.resumed", "shift.joined"):
                shift_at[register], drawer_at[register] = number, drawer_of[number]
            mine["shift", number].append((seq, kind, body, staff))
            if kind in ("shift.suspended", "shift.counting", "shift.closed"):
                shift_at = {at: n for at, n in shift_at.items() if n != number}
            if kind == "shift.left":
                del shift_at[register]
            if kind == "shift.closed":
                mine["shift", number].pop()
                z = Z(number, len(zs) + 1, body, seq)
                z.own = mine.pop(("shift", number))
                z.outside = mine.pop(("drawer", drawer_of[number]), [])
                zs.append(z)
            continue
        if room not in ("sale", "tender", "drawer", "credit"):
            continue
        if kind in PAID or kind == "tender.declared":
            register = register_of[getattr(body, "refund", "") or body.intent]
        if kind == "tender.refunded":
            register = register_of[body.refund]
        event = (seq, kind, _filled(body, kind, payments, refunds), staff)
        if event[2] is None:
            continue
        number = shift_at.get(register, 0)
        owner = ("shift", number) if number else ("drawer", drawer_at.get(register, register))
        mine[owner].append(event)
    return zs, {drawer: found for (what, drawer), found in mine.items() if what == "drawer"}


COUNTED = {
    "sale.completed", "sale.cancelled", "sale.suspended", "sale.resumed", "sale.reprinted",
    "sale.price_overridden", "sale.discount_given", "drawer.opened",
}  # fmt: skip


def _filled(body: Any, kind: str, payments: dict[str, Any], refunds: dict[str, Any]) -> Any:
    """Return an event, or (tender, in, out) for one that moves money; None for what counts not."""
    if kind in COUNTED:
        return body
    match kind:
        case "tender.cash_taken":
            return ("cash", body.tendered_minor - body.change_minor, 0)
        case "tender.cash_returned":
            return ("cash", 0, body.amount_minor)
        case "tender.recorded":
            return (body.name, body.amount_minor, 0)
        case "tender.taken_back":
            return (_name(payments[body.payment]), 0, body.amount_minor)
        case "tender.approved" | "tender.late_approval":
            return (payments[body.intent].driver, body.charged_minor, 0)
        case "tender.refunded":
            return (payments[body.intent].driver, 0, body.amount_minor)
        case "credit.issued":
            return ("credit", 0, body.amount_minor)
        case "tender.declared" if body.paid:
            asked = refunds[body.refund] if body.refund else payments[body.intent]
            came = 0 if body.refund else asked.amount_minor
            return (payments[body.intent].driver, came, asked.amount_minor - came)
    return None


def _name(payment: Any) -> str:
    name: str = getattr(payment, "driver", "") or payment.name
    return name


def sums(events: list[tuple[int, str, Any, str]]) -> dict[str, Any]:
    """Return what the events of one owner come to."""
    found: Counter[str] = Counter()
    tenders: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    taxes: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    numbers = []
    for _, kind, body, _ in events:
        if isinstance(body, tuple):
            tenders[body[0]][0] += body[1]
            tenders[body[0]][1] += body[2]
        elif kind == "sale.completed":
            numbers.append(body.number)
            plural = {"sale": "sales", "return": "returns", "exchange": "exchanges"}
            name = plural.get(body.type, "post_voids")
            found[name] += 1
            found[f"{name}_minor"] += body.payable_minor
            found["tax_minor"] += body.tax_minor
            found["discount_minor"] += body.discount_minor
            found["cash_rounding_minor"] += body.cash_rounding_minor
            found["fees_minor"] += body.priced.totals.fees_minor
            found["rounding_minor"] += body.priced.totals.rounding_minor
            found["goods_back_minor"] += sum(one.refund_minor for one in body.returns)
            found["voided_lines"] += _voided(body)
            rows = [(1, tax) for tax in body.priced.taxes]
            rows += [(-1, tax) for one in body.returns for tax in one.taxes]
            for sign, tax in rows:
                taxes[tax.code, tax.rate_ppm][0] += sign * tax.base_minor
                taxes[tax.code, tax.rate_ppm][1] += sign * tax.tax_minor
        elif kind == "sale.cancelled":
            found["cancelled"] += 1
            found["cancelled_minor"] += body.total_minor
            found["voided_lines"] += _voided(body)
        elif kind == "sale.suspended":
            found["suspended"] += 1
            found["suspended_minor"] += body.total_minor
        elif kind in ("shift.paid_in", "shift.paid_out", "shift.safe_drop"):
            name = kind.removeprefix("shift.")
            found[f"{name}s"] += 1
            found[f"{name}_minor"] += body.amount_minor
        elif kind in _NAMES:
            found[_NAMES[kind]] += 1
    return {
        **{name: found[name] for name in NUMBERS},
        "tenders": {name: tuple(both) for name, both in tenders.items()},
        "taxes": {name: tuple(both) for name, both in taxes.items()},
        "first_number": min(numbers, default=0),
        "last_number": max(numbers, default=0),
    }


_NAMES = {
    "sale.resumed": "resumed",
    "sale.price_overridden": "price_overrides",
    "sale.discount_given": "manual_discounts",
    "sale.reprinted": "reprints",
    "drawer.opened": "drawer_openings",
}
NUMBERS = (
    "sales", "sales_minor", "returns", "returns_minor", "exchanges", "exchanges_minor",
    "post_voids", "post_voids_minor", "goods_back_minor", "tax_minor", "discount_minor",
    "fees_minor", "rounding_minor", "cash_rounding_minor", "cancelled", "cancelled_minor",
    "suspended", "suspended_minor", "resumed", "voided_lines", "price_overrides",
    "manual_discounts", "reprints", "drawer_openings", "paid_ins", "paid_in_minor", "paid_outs",
    "paid_out_minor", "safe_drops", "safe_drop_minor",
)  # fmt: skip


def _voided(body: Any) -> int:
    return sum(type(edit).__name__ == "LineVoided" for edit in body.history)


def as_reference(found: Any) -> dict[str, Any]:
    """Return the kernel's sums in the form of `sums`."""
    return {
        **{name: getattr(found, name) for name in NUMBERS},
        "tenders": {one.tender: (one.taken_minor, one.given_back_minor) for one in found.tenders},
        "taxes": {(one.code, one.rate_ppm): (one.base_minor, one.tax_minor) for one in found.taxes},
        "first_number": found.first_number,
        "last_number": found.last_number,
    }


def expected_cash(z: Z) -> int:
    """Return float + paid in - paid out - drops + tendered - change - given back."""
    float_minor = next(body.float_minor for _, kind, body, _ in z.own if kind == "shift.opened")
    found = sums(z.own)
    came, went = found["tenders"].get("cash", (0, 0))
    by_hand = found["paid_in_minor"] - found["paid_out_minor"] - found["safe_drop_minor"]
    return int(float_minor + by_hand + came - went)


def waiting(records: Iterable[Any], until_seq: int) -> dict[str, tuple[int, int]]:
    """Return the sales that are suspended before a record: their totals, and since which record."""
    found: dict[str, tuple[int, int]] = {}
    for record in records:
        if record.seq >= until_seq:
            break
        body = record.body()
        if record.envelope.kind == "sale.suspended":
            found[body.sale] = (body.total_minor, record.seq)
        elif record.envelope.kind in ("sale.resumed", "sale.cancelled"):
            found.pop(body.sale, None)
    return found


def in_doubt(records: Iterable[Any], until_seq: int) -> set[tuple[str, str]]:
    """Return (payment, refund) of all money that was without an answer before a record."""
    waiting: set[tuple[str, str]] = set()
    owed: set[str] = set()
    for record in records:
        if record.seq >= until_seq:
            break
        body = record.body()
        match record.envelope.kind:
            case "tender.intended":
                waiting.add((body.intent, ""))
            case "tender.approved" | "tender.declined" | "tender.cancelled":
                waiting.discard((body.intent, ""))
            case "tender.late_approval":
                waiting.discard((body.intent, ""))
            case "tender.refund_intended":
                waiting.add((body.intent, body.refund))
                if body.owed:
                    owed.add(body.refund)
            case "tender.refunded" | "tender.declared":
                waiting.discard((body.intent, body.refund))
            case "tender.refund_refused" if body.refund not in owed:
                waiting.discard((body.intent, body.refund))
    return waiting
