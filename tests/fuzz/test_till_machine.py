"""Random clerks on a real till: any command at any time, repeated, refused, with crashes between.

After every step the totals are the reference engine's and a refused step changed nothing; at the
end the journal verifies, and stock, takings and the terminal's ledger tell the same story.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from reference import pricing as reference
from reference.ledger import Ledger

from cashwrap.errors import CashwrapError
from cashwrap.pricing.model import Adjustment, Fee, MealPart
from cashwrap.sale.events import SaleCancelled, SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.sale.state import TRANSITIONS
from cashwrap.store import opening
from cashwrap.testing.shop import Shop
from cashwrap.testing.terminal import FakeTerminal

MEMORY_DISK = "/dev/shm"
DAY_MS = 86_400_000
EDGE = 2**63 - 1

CODES = (
    "6901234567892", "16901234567899", "2110001005001", "10001", "]C1010690123456789210LOT1",
    "6901234567893", "", "134567890123456789", "99999999999999999999", "\ud800", "可乐",
)  # fmt: skip
SKUS = ("COLA", "APPLE", "TEA-L", "TEA-M", "SET", "BUN", "CAKE", "TEA", "NOTHING", "\0")
QUANTITIES = (1, 2, 3, 24, 0, -1, EDGE, "0.532", "1.2345", "1e9", "", "９", str(EDGE), "9" * 40)
AMOUNTS = (0, 1, 50, 350, 1_000, 5_000, 100_000, -1, EDGE, EDGE + 1, 10**30)
TEXTS = ("", "错单", "x" * 600, "\ud800", "a\x00b", "4111 1111 1111 1111")
MEAL = {"点心": ["CAKE"], "饮品": ["TEA-M"]}
PEARLS_PER_LARGE_TEA_MILLI = 52_500  # 50 g and 5 % waste

which = st.integers(0, 5)
lines = st.integers(0, 6)
amounts = st.sampled_from(AMOUNTS) | st.integers(1, 3_000)
quantities = st.sampled_from(QUANTITIES) | st.integers(1, 9)
texts = st.sampled_from(TEXTS)
commands = st.just("") | st.sampled_from(("c1", "c2", "c3"))
Act = Callable[[Sale], object]


class Clerk(RuleBasedStateMachine):
    """What a clerk, a hostile program and a bad power supply may do to one till."""

    @initialize(seed=st.integers(0, 10**6))
    def open_shop(self, seed: int) -> None:
        self.place = Path(
            tempfile.mkdtemp(dir=MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None)
        )
        self.probe, opening.probe = opening.probe, lambda folder: None  # a process each time
        self.terminal = FakeTerminal(seed=seed)
        self.shop = Shop(self.place / "shop", drivers={"card": self.terminal})
        self.received: Counter[str] = Counter()
        self.seen: dict[str, Sale] = {}
        self.payable: dict[str, int] = {}  # of sales that completed, as the clerk saw it
        self.done: dict[tuple[str, str], object] = {}

    # What the clerk does

    @rule(order_type=st.sampled_from(("", "dine_in", "takeaway", "nowhere")), command=commands)
    def new_sale(self, order_type: str, command: str) -> None:
        before = len(self.shop.till.open_sales())
        try:
            sale = self.shop.till.new_sale(order_type, command=command)
        except CashwrapError as refused:
            self.said(refused)
            assert len(self.shop.till.open_sales()) == before
            return
        if sale.id not in self.seen:
            assert len(self.shop.till.open_sales()) == before + 1
        self.seen[sale.id] = sale

    @rule(which=which, code=st.sampled_from(CODES), command=commands)
    def scan(self, which: int, code: str, command: str) -> None:
        self.act(which, lambda sale: sale.scan(code, command=command), command)

    @rule(which=which, sku=st.sampled_from(SKUS), quantity=quantities, command=commands)
    def add(self, which: int, sku: str, quantity: int | str, command: str) -> None:
        choices = MEAL if sku == "SET" else None
        self.act(
            which, lambda sale: sale.add(sku, quantity, choices=choices, command=command), command
        )

    @rule(which=which, sku=st.sampled_from(("COLA", "APPLE", "BUN", "TEA-L", "TEA-M")))
    def add_something(self, which: int, sku: str) -> None:
        self.act(which, lambda sale: sale.add(sku))

    @rule(which=which, line=lines, quantity=quantities, command=commands)
    def set_quantity(self, which: int, line: int, quantity: int | str, command: str) -> None:
        self.act(which, lambda sale: sale.set_quantity(line, quantity, command=command), command)

    @rule(which=which, line=lines, reason=texts, command=commands)
    def void(self, which: int, line: int, reason: str, command: str) -> None:
        self.act(which, lambda sale: sale.void_line(line, reason, command=command), command)

    @rule(which=which, line=lines, sku=st.sampled_from(SKUS), extras=st.booleans())
    def change_spec(self, which: int, line: int, sku: str, extras: bool) -> None:
        modifiers = ["PEARLS"] if extras else None
        self.act(which, lambda sale: sale.change_spec(line, sku, modifiers=modifiers))

    @rule(which=which, line=lines, text=texts, command=commands)
    def note(self, which: int, line: int, text: str, command: str) -> None:
        self.act(which, lambda sale: sale.note(text, line, command=command), command)

    @rule(which=which, command=commands)
    def undo(self, which: int, command: str) -> None:
        self.act(which, lambda sale: sale.undo(command=command), command)

    @rule(which=which, line=lines, unit_minor=amounts, reason=texts)
    def override(self, which: int, line: int, unit_minor: int, reason: str) -> None:
        self.act(which, lambda sale: sale.override_price(line, unit_minor, reason))

    @rule(
        which=which,
        kind=st.sampled_from(("percent_ppm", "amount_minor", "unit_price_minor")),
        value=amounts | st.sampled_from((50_000, 1_000_000, 1_000_001)),
        some=st.lists(lines, max_size=2),
        command=commands,
    )
    def discount(self, which: int, kind: str, value: int, some: list[int], command: str) -> None:
        given = {kind: value}
        self.act(
            which,
            lambda sale: sale.discount(lines=some, reason="会员", command=command, **given),  # type: ignore[arg-type]
            command,
        )

    @rule(which=which, number=st.integers(0, 9))
    def remove_discount(self, which: int, number: int) -> None:
        self.act(which, lambda sale: sale.remove_discount(f"manual:{number}"))

    @rule(which=which, percent=st.booleans(), value=amounts)
    def charge(self, which: int, percent: bool, value: int) -> None:
        kind = "percent" if percent else "fixed"
        self.act(which, lambda sale: sale.charge(Fee("service", "服务费", kind, value)))

    @rule(which=which, customer=st.sampled_from(("", "vip", "\ud800")))
    def set_customer(self, which: int, customer: str) -> None:
        self.act(which, lambda sale: sale.set_customer(customer))

    @rule(which=which, order_type=st.sampled_from(("", "dine_in", "nowhere")))
    def set_order_type(self, which: int, order_type: str) -> None:
        self.act(which, lambda sale: sale.set_order_type(order_type))

    @rule(which=which, amount=amounts, command=commands)
    def pay_cash(self, which: int, amount: int, command: str) -> None:
        self.act(which, lambda sale: sale.pay_cash(amount, command=command))

    @rule(which=which)
    def pay_in_full(self, which: int) -> None:
        self.act(which, lambda sale: sale.pay_cash(sale.payments.cash_due()[0]))

    @rule(which=which, amount=amounts, command=commands, driver=st.sampled_from(("card", "no")))
    def ask_card(self, which: int, amount: int, command: str, driver: str) -> None:
        self.act(which, lambda sale: sale.payments.ask(driver, amount, command=command))

    @rule(which=which)
    def pay_by_card(self, which: int) -> None:
        self.act(which, lambda sale: sale.payments.ask("card"))

    @rule(which=which, amount=amounts, reference=texts)
    def record(self, which: int, amount: int, reference: str) -> None:
        self.act(which, lambda sale: sale.payments.record("voucher", "券", amount, reference))

    @rule(which=which)
    def give_back(self, which: int) -> None:
        self.act(which, lambda sale: sale.payments.give_back("改主意"))

    @rule(which=which)
    def give_up(self, which: int) -> None:
        self.act(which, lambda sale: sale.payments.give_up())

    @rule(which=which, reason=texts, command=commands)
    def cancel(self, which: int, reason: str, command: str) -> None:
        self.act(which, lambda sale: sale.cancel(reason, command=command))

    # What happens to the till

    @rule(ms=st.sampled_from((100, 1_000, 30_000, 90_000)), calls=st.integers(1, 8))
    def wait_and_step(self, ms: int, calls: int) -> None:
        for _ in range(calls):
            self.shop.clock.pass_ms(ms)
            self.shop.till.step()
        self.notice_ends()

    @rule(days=st.sampled_from((-3650, -1, 1, 400)))
    def clock_jumps(self, days: int) -> None:
        if self.shop.clock.wall_ms + days * DAY_MS > 0:  # no clock is before 1970
            self.shop.clock.jump(days * DAY_MS)

    @rule(sku=st.sampled_from(("COLA", "BUN")), pieces=st.integers(1, 50))
    def goods_arrive(self, sku: str, pieces: int) -> None:
        self.shop.receive(sku, pieces * 1000, pieces * 123)
        self.received[sku] += pieces * 1000

    @precondition(lambda self: self.shop.till.open_sales())
    @rule(orderly=st.booleans())
    def down_and_up(self, orderly: bool) -> None:
        before = {sale.id: as_restored(sale) for sale in self.shop.till.open_sales()}
        if orderly:
            self.shop.reopen()
        else:
            self.shop.crash()
        after = {sale.id: as_restored(sale) for sale in self.shop.till.open_sales()}
        assert after == before
        self.seen = {sale.id: sale for sale in self.shop.till.open_sales()}

    # What must hold

    def act(self, which: int, what: Act, command: str = "") -> None:
        """Do one thing to a sale; refused or repeated, it leaves everything as it was."""
        if not self.seen:
            return
        sale = list(self.seen.values())[which % len(self.seen)]
        before, payable = snapshot(sale), sale.totals.payable_minor
        try:
            answer = what(sale)
        except CashwrapError as refused:
            self.said(refused)
            answer = refused
        after = snapshot(sale)
        if isinstance(answer, CashwrapError):
            assert after == before, f"refused, yet changed: {answer!r}"
            return
        history, was = after[1], before[1]
        assert history[: len(was)] == was, "history was rewritten"
        if command and (sale.id, command) in self.done:
            assert after == before, "a repeated command did something"
        elif command:
            self.done[sale.id, command] = answer
        if before[0] != after[0]:
            assert after[0] in {
                state for (was, _), state in TRANSITIONS.items() if was == before[0]
            }
        if after[0] == "completed" and before[0] != "completed":
            self.payable[sale.id] = payable

    def notice_ends(self) -> None:
        for sale in self.seen.values():
            if sale.state == "completed" and sale.id not in self.payable:
                self.payable[sale.id] = sale.totals.payable_minor

    def said(self, refused: CashwrapError) -> None:
        assert refused.code
        assert "." in refused.code
        assert str(refused)

    @invariant()
    def totals_are_the_reference_engine_s(self) -> None:
        for sale in self.seen.values():
            if sale.state in ("open", "tendering"):
                expected = reference.price(inputs_of(self.shop, sale))
                assert sale.totals == expected.totals
                priced = sale.priced()
                assert (priced.lines, priced.taxes) == (expected.lines, expected.taxes)
                assert priced.allocations == expected.allocations

    @invariant()
    def a_sale_is_open_or_ended(self) -> None:
        there = {sale.id for sale in self.shop.till.open_sales()}
        for sale in self.seen.values():
            assert (sale.id in there) == (sale.state in ("open", "tendering"))

    def teardown(self) -> None:
        if not hasattr(self, "shop"):
            return
        try:
            self.notice_ends()
            self.settle()
            self.audit()
            self.shop.till.close()
        finally:
            self.shop.till.abandon()
            opening.probe = self.probe
            shutil.rmtree(self.place)

    def settle(self) -> None:
        """Ask on as long as the terminals may still answer."""
        for _ in range(100):
            due_ms = self.shop.till.next_step_ms
            if due_ms is None:
                break
            self.shop.clock.pass_ms(max(0, due_ms - self.shop.clock.steady_ms))
            self.shop.till.step()
        self.notice_ends()

    def audit(self) -> None:
        till = self.shop.till
        assert till.store.verify(all_seals=True).ok
        bodies = [record.body() for record in till.store.records()]
        sold = [body for body in bodies if isinstance(body, SaleCompleted)]
        assert [body.number for body in sold] == list(range(1, len(sold) + 1))
        assert {body.sale: body.payable_minor for body in sold}.items() >= self.payable.items()
        for day in {body.day for body in sold}:
            of_day = [body for body in sold if body.day == day]
            totals = till.takings(day)
            assert totals.sales == len(of_day)
            assert totals.payable_minor == sum(body.payable_minor for body in of_day)
            kept: Counter[str] = Counter()
            for body in of_day:
                for payment in body.payments:
                    kept[payment.kind] += payment.tendered_minor - payment.change_minor
            assert sum(each.amount_minor for each in totals.takings) <= sum(kept.values())
        ended = {body.sale for body in bodies if isinstance(body, SaleCompleted | SaleCancelled)}
        assert not ended & {sale.id for sale in till.open_sales()}
        self.audit_stock(sold)
        self.audit_terminal()

    def audit_stock(self, sold: list[SaleCompleted]) -> None:
        """The tables equal the plain ledger of the moves, and the plain sum of what was sold."""
        expected = Counter(self.received)
        ledgers: dict[str, Ledger] = {}
        for body in sold:
            for move in body.moves:
                ledgers.setdefault(move.sku, Ledger()).fold([move])
            for line in body.lines:
                large = line.sku == "TEA-L"
                sku, per_unit = ("PEARL", PEARLS_PER_LARGE_TEA_MILLI) if large else (line.sku, None)
                drawn = line.quantity_milli * (per_unit or line.base_milli)
                expected[sku] -= (drawn + 500) // 1000
        for sku in ("COLA", "APPLE", "BUN", "CAKE", "PEARL"):
            on_hand = self.shop.till.ask_stock(lambda stock, sku=sku: stock.on_hand(sku))  # type: ignore[misc]
            assert on_hand == expected[sku], sku
            rows = ledgers.get(sku, Ledger()).rows.items()
            moved = sum(row[2] for place, row in rows if place[0].startswith("store:"))
            assert on_hand == self.received[sku] + moved, sku

    def audit_terminal(self) -> None:
        """What the terminal holds is what the payments say, but for those still in doubt."""
        till = self.shop.till
        for charge in self.terminal.charges.values():
            payments = {each.id: each for each in till.payments_of(charge.intent.sale)}
            payment = payments[charge.intent.id]
            assert charge.begun == 1, "asked for the money twice"
            if payment.verdict == "in_doubt":
                continue
            back = sum(each.amount_minor for each in payment.refunds if each.state == "given_back")
            kept = payment.charged_minor - back if payment.verdict == "paid" else 0
            if not payment.open:
                assert charge.net_minor == kept, payment


def reachable(state: object) -> set[str]:
    """Return the states that follow from one by the table, within one call."""
    found = {str(state)}
    for _ in range(2):  # a payment may begin and end within one call
        found |= {after for (was, _), after in TRANSITIONS.items() if was in found}
    return found


def snapshot(sale: Sale) -> tuple[object, ...]:
    """Return everything about a sale that a refused step must leave alone."""
    payments = sorted((each.id, each.state, each.refunds) for each in sale.payments.all)
    return sale.state, sale.history, proof(sale), payments, sale.due_minor


def as_restored(sale: Sale) -> tuple[object, ...]:
    """Return what must be the same after a restart."""
    return (*snapshot(sale)[:3], sorted(p.id for p in sale.payments.all), sale.due_minor)


def proof(sale: Sale) -> bytes:
    return msgspec.msgpack.encode(sale.priced())


def inputs_of(shop: Shop, sale: Sale) -> reference.Inputs:
    """Return what the reference engine needs to know of a cart."""
    header = sale.cart.header
    inputs = reference.Inputs(
        shop.till.settings.price, list(shop.till.tax_codes().values()), header.order_type
    )
    for line in sale.lines:
        goods = line.goods
        if line.parts:
            parts = [part for part in sale.lines if part.parent == line.number]
            inputs.meals.append(
                reference.MealIn(
                    line.number,
                    goods.unit_minor,
                    line.quantity_milli,
                    [
                        MealPart(
                            part.number,
                            part.goods.unit_minor,
                            part.part_milli,
                            part.goods.tax,
                            part.goods.tax_included,
                            part.upcharge_minor,
                        )
                        for part in parts
                    ],
                    line.override_minor,
                )
            )
        elif not line.parent:
            base = (line.quantity_milli * goods.base_milli + 500) // 1000
            inputs.lines.append(
                reference.LineIn(
                    line.number,
                    goods.unit_minor,
                    line.quantity_milli,
                    goods.tax,
                    goods.tax_included,
                    0 if line.approved else goods.minimum_minor,
                    line.override_minor,
                    None if goods.base_milli == 1000 else base,
                )
            )
    inputs.adjustments = [
        Adjustment(each.id, each.discount, each.value, each.lines, reason=each.reason)
        for each in header.discounts.values()
    ]
    inputs.fees = list(header.fees.values())
    return inputs


TestClerk = Clerk.TestCase
TestClerk.settings = settings(
    max_examples=max(20, settings.default.max_examples // 3) if settings.default else 20,
    stateful_step_count=40,
)
