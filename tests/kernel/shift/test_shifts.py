"""Shifts as people use them: who works on what, the cash in the drawer, the count, the Z."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from cashwrap.errors import CashwrapError, InvalidInput
from cashwrap.receipt.paper import TextStyle
from cashwrap.receipt.width import display_width
from cashwrap.sale.errors import CommandReused, ReasonNeeded
from cashwrap.sale.sale import Sale
from cashwrap.shift import errors
from cashwrap.shift.counting import CountRefused
from cashwrap.shift.events import ShiftClosed
from cashwrap.shift.model import ShiftReport
from cashwrap.shift.paper import render_report
from cashwrap.shift.projection import z_of
from cashwrap.shift.verify import verify_z
from cashwrap.staff.errors import ApprovalNeeded, NotSignedIn, RightDenied
from cashwrap.store.errors import DiskFull
from cashwrap.testing.shop import Shop

OpenShop = Callable[..., Shop]
DAY_MS = 86_400_000


def begin(shop: Shop, register: str = "R1", count: int = 1) -> Sale:
    sale = shop.till.new_sale(register=register, staff="ana")
    sale.add("COLA", count)  # 3.50
    return sale


def sell(shop: Shop, register: str = "R1", tendered_minor: int = 1000) -> Sale:
    sale = begin(shop, register)
    sale.pay_cash(tendered_minor, staff="ana")
    return sale


def close(shop: Shop, number: int, cash_minor: int = 0) -> ShiftReport:
    shop.till.shifts.declare(number, {1: cash_minor}, staff="ana")
    return shop.till.shifts.close(number, staff="boss")


def settle(shop: Shop) -> None:
    for _ in range(300):
        shop.clock.pass_ms(10_000)
        shop.till.step()


@pytest.mark.req("R179")
def test_expected_cash_is_what_came_less_what_went(shop: Shop) -> None:
    """Float + paid in - paid out - drops + tendered - change - given back (lesson 49)."""
    shifts = shop.till.shifts
    shifts.open(50_000, register="R1", staff="ana")
    shifts.paid_in(2_000, "change from the office", register="R1", staff="ana")
    shifts.paid_out(3_500, "window cleaner", register="R1", staff="ana")
    shifts.safe_drop(10_000, to="safe bag 17", register="R1", staff="ana")
    sell(shop, tendered_minor=1000)  # 6.50 of change
    back = shop.till.new_sale(register="R1", staff="ana")
    back.take_back(1, [(1, 1)], reason="too small", staff="ana")
    back.refund(staff="ana")
    report = shifts.x(register="R1", staff="ana")
    assert report.cash.expected_minor == 50_000 + 2_000 - 3_500 - 10_000 + 1000 - 650 - 350
    assert (report.cash.taken_minor, report.cash.given_back_minor) == (350, 350)
    assert (report.sums.sales, report.sums.returns, report.sums.payable_minor) == (1, 1, 0)


@pytest.mark.req("R179")
def test_cash_moves_only_with_a_reason_and_a_person(shop: Shop) -> None:
    """Without either nothing is journaled."""
    shifts = shop.till.shifts
    shifts.open(0, register="R1", staff="ana")
    head = shop.till.store.head.seq
    for wrong, how in (
        (ReasonNeeded, lambda: shifts.paid_out(100, "  ", register="R1", staff="ana")),
        (ReasonNeeded, lambda: shifts.safe_drop(100, to="", register="R1", staff="ana")),
        (errors.StaffNeeded, lambda: shifts.paid_in(100, "change", register="R1", staff="")),
        (InvalidInput, lambda: shifts.paid_in(0, "change", register="R1", staff="ana")),
        (errors.NoOpenShift, lambda: shifts.paid_in(5, "change", register="R2", staff="ana")),
    ):
        with pytest.raises(wrong):
            how()
    assert shop.till.store.head.seq == head


def test_numbers_have_no_gaps_and_a_z_is_a_range_of_the_journal(shop: Shop) -> None:
    """Shifts and Zs count from 1; the Z ends at the record before its own, with its hash."""
    for number in (1, 2, 3):
        shop.till.shifts.open(0, register="R1", staff="ana")
        sell(shop)
        z = close(shop, number, 350)
        assert (z.number, z.z, z.cash.over_minor) == (number, number, 0)
        assert (z.sums.first_number, z.sums.last_number) == (number, number)
        record = shop.till.store.journal.get(z.last_seq)
        assert record is not None
        assert record.hash.hex() == z.journal_hash
        assert shop.till.shifts.shift(number).closed_seq == z.last_seq + 1
        assert z.grand_sales_minor == 350 * number


def test_the_clock_decides_nothing(shop: Shop) -> None:
    """A clock that is set back a year, or on, changes no shift and no range (lesson 5)."""
    shop.till.shifts.open(0, register="R1", staff="ana")
    for days in (-365, 800, -3000):
        sell(shop)
        shop.clock.jump(days * DAY_MS)
    z = close(shop, 1, 3 * 350)
    assert (z.sums.sales, z.cash.over_minor) == (3, 0)
    shop.clock.jump(DAY_MS)
    shop.till.shifts.open(0, register="R1", staff="ana")
    shop.till.shifts.declare(2, {}, staff="ana")
    shop.clock.jump(-DAY_MS)  # journaled beside the close itself
    assert shop.till.shifts.close(2, staff="boss").sums.sales == 0
    assert verify_z(shop.till.store).fault == ""


@pytest.mark.req("R19")
def test_opening_is_in_the_journal_before_it_returns(shop: Shop) -> None:
    """A shift is a local event: the process may die right after (lesson 6)."""
    shop.till.shifts.open(700, register="R1", staff="ana", command="c1")
    till = shop.crash()
    current = till.shifts.current("R1")
    assert current is not None
    assert (current.number, current.float_minor) == (1, 700)
    assert till.shifts.open(700, register="R1", staff="ana", command="c1") == current


def test_one_open_shift_for_a_drawer_and_one_for_a_register(shop: Shop) -> None:
    """A register works on one shift; others share the drawer by joining it."""
    shifts = shop.till.shifts
    shifts.open(0, register="R1", staff="ana")
    with pytest.raises(errors.AlreadyOnShift):
        shifts.open(0, register="R1", staff="ana")
    with pytest.raises(errors.DrawerTaken):
        shifts.open(0, register="R2", staff="ben", drawer="R1")
    assert shifts.join("R1", register="R2", staff="ben").registers == ("R1", "R2")
    sell(shop, "R2")
    assert shifts.x(register="R1", staff="ana").sums.sales == 1
    shifts.leave(register="R1", staff="ana")
    with pytest.raises(errors.LastRegister):
        shifts.leave(register="R2", staff="ben")
    with pytest.raises(errors.NoSuchShift):
        shifts.join("R9", register="R1", staff="ana")


def test_a_tray_floats_to_another_register(shop: Shop) -> None:
    """Suspended at one and resumed at another, it is the same shift; its drawer moves along."""
    shifts = shop.till.shifts
    shifts.open(100, register="R1", staff="ana")
    sell(shop)
    shifts.suspend(register="R1", staff="ana")
    assert shifts.current("R1") is None
    assert shifts.open(0, register="R1", staff="ben").number == 2  # with a tray of their own
    assert shifts.resume(1, register="R2", staff="ana").drawer == "R2"
    sell(shop, "R2")
    assert close(shop, 1, 800).cash.over_minor == 0
    with pytest.raises(errors.NotInThatState, match="it is closed"):
        shifts.resume(1, register="R3", staff="ana")


def test_a_register_without_a_shift_is_refused_where_shifts_are_required(
    open_shop: OpenShop,
) -> None:
    """It begins no sale, and one begun before takes no money, gives none back, and does not end."""
    shop = open_shop("shifts.required = true")
    with pytest.raises(errors.NoOpenShift):
        begin(shop)
    shop.till.shifts.open(0, register="R1", staff="ana")
    sale, part, free = begin(shop), begin(shop), begin(shop)
    part.pay_cash(100)
    free.discount(percent_ppm=1_000_000, reason="gift")
    close(shop, 1)
    steps = (
        lambda: sale.pay_cash(1000),
        lambda: part.payments.give_back("changed their mind"),
        free.payments.finish,
    )
    for step in steps:
        with pytest.raises(errors.NoOpenShift):
            step()
    sale.payments.give_back("there is nothing")
    shop.till.shifts.open(0, register="R1", staff="ana")
    assert sale.pay_cash(1000).change_minor == 650
    for step in steps[1:]:
        step()


def test_money_outside_of_shifts_stands_on_the_next_z_of_the_drawer(shop: Shop) -> None:
    """Nobody answered for it, so no expected cash holds it; it is on one Z and no more."""
    sell(shop)
    with shop.till.store.read() as reader:
        sold = shop.till.store.head.seq
        assert z_of(reader, sold, "R1") == 0
    shop.till.shifts.open(0, register="R1", staff="ana")
    sell(shop)
    z = close(shop, 1, 350)
    assert (z.sums.payable_minor, z.outside.payable_minor, z.cash.over_minor) == (350, 350, 0)
    shop.till.shifts.open(0, register="R1", staff="ana")
    assert close(shop, 2).outside.sales == 0
    with shop.till.store.read() as reader:
        assert z_of(reader, sold, "R1") == 1


def test_a_payment_in_doubt_is_named_and_later_marked_as_of_that_z(open_shop: OpenShop) -> None:
    """It keeps nothing from closing; the shift of the moment of its answer has it (lesson 1)."""
    shop = open_shop("", "lost_answer")
    shifts = shop.till.shifts
    shifts.open(0, register="R1", staff="ana")
    sale = begin(shop)
    payment = sale.payments.ask("card")
    shop.clock.pass_ms(5_000)
    z = close(shop, 1)
    (doubt,) = z.in_doubt
    assert (doubt.payment, doubt.sale, doubt.amount_minor, doubt.z) == (payment.id, sale.id, 350, 0)
    assert z.at_ms - doubt.asked_ms >= 5_000
    assert [row.tender for row in z.tenders] == ["cash"]
    shifts.open(0, register="R1", staff="ana")
    settle(shop)
    x = shifts.x(register="R1", staff="ana")
    assert [(one.payment, one.z, one.outcome) for one in x.sums.decided] == [
        (payment.id, 1, "paid")
    ]
    assert (x.tenders[1].taken_minor, x.sums.sales, x.in_doubt) == (350, 1, ())


def test_sales_with_money_on_them_are_named_and_suspended_ones_outlive_the_shift(
    shop: Shop,
) -> None:
    """Lesson 3: closing takes nothing away from an open or a suspended sale."""
    shop.till.shifts.open(0, register="R1", staff="ana")
    sale = begin(shop)
    sale.pay_cash(100)
    parked = begin(shop).suspend("phone call", staff="ana")
    z = close(shop, 1, 100)
    assert [(one.sale, one.paid_minor) for one in z.open_sales] == [(sale.id, 100)]
    assert (z.sums.suspended, z.sums.suspended_minor, z.cash.over_minor) == (1, 350, 0)
    shop.reopen()
    back = shop.till.holds.resume(parked.code, register="R1", staff="ana")
    assert back.sale.totals.payable_minor == 350


def test_a_blind_count_sees_nothing_before_it_is_declared(shop: Shop) -> None:
    """X hides all money that tells the expected cash; after the count it is shown."""
    shifts = shop.till.shifts
    shifts.open(5_000, register="R1", staff="ana")
    sell(shop)
    shifts.blind_close(register="R1", staff="ana")
    assert shifts.open(0, register="R1", staff="ben").number == 2  # the next clerk goes on
    blind = shifts.x(number=1, staff="ana")
    assert blind.hidden
    assert (blind.tenders, blind.sums.sales_minor, blind.grand_sales_minor) == ((), 0, 0)
    assert "53.50" not in shifts.text(blind)
    assert shifts.x(number=1, staff="boss", expected=True).cash.expected_minor == 5_350
    shifts.declare(1, {5_000: 1, 100: 3}, staff="ana")
    assert shifts.x(number=1, staff="ana").cash.over_minor == -50
    shifts.declare(1, {5_000: 1, 100: 4}, {"card": 100}, staff="ana")  # counted again
    z = shifts.close(1, staff="boss")
    assert z.declared is not None
    assert (z.declared.times, z.cash.over_minor) == (2, 50)
    assert [(row.tender, row.over_minor) for row in z.tenders] == [("cash", 50), ("card", 100)]


def test_a_shift_is_closed_after_its_count(open_shop: OpenShop) -> None:
    """The count is there, and no older than the newest cash; `require_count` lifts it."""
    shop = open_shop()
    shop.till.shifts.open(0, register="R1", staff="ana")
    with pytest.raises(errors.NotCounted, match="declare the count first"):
        shop.till.shifts.close(1, staff="boss")
    shop.till.shifts.declare(1, {}, staff="ana")
    sell(shop)
    with pytest.raises(errors.NotCounted, match="count it again"):
        shop.till.shifts.close(1, staff="boss")
    free = open_shop("shifts.require_count = false")
    free.till.shifts.open(0, register="R1", staff="ana")
    assert free.till.shifts.close(1, staff="boss").cash.over_minor is None


@pytest.mark.parametrize("cash", [{3_000: 1}, {100: -1}, {0: 1}, {"100": 1}, [(100, 1)]])
def test_a_count_is_of_notes_and_coins(shop: Shop, cash: dict[int, int]) -> None:
    """What no drawer of the currency can hold is refused in words."""
    shop.till.shifts.open(0, register="R1", staff="ana")
    with pytest.raises((CountRefused, InvalidInput)):
        shop.till.shifts.declare(1, cash, staff="ana")
    with pytest.raises(CountRefused):
        shop.till.shifts.declare(1, {}, {"cash": 5}, staff="ana")
    assert shop.till.shifts.denominations[:2] == (10_000, 5_000)


def test_the_fold_refuses_a_report_that_differs(shop: Shop) -> None:
    """A Z whose sums, number or range is not the journal's is not kept; nothing changes."""
    shop.till.shifts.open(0, register="R1", staff="ana")
    sell(shop)
    shop.till.shifts.declare(1, {1: 350}, staff="ana")
    x = shop.till.shifts.x(register="R1", staff="boss")
    good = replace(x, z=1, state="closed", closed_by="boss")
    head = shop.till.store.head.seq
    for wrong in (
        replace(good, sums=replace(good.sums, sales_minor=340)),
        replace(good, z=2),
        replace(good, last_seq=good.last_seq - 3),
        replace(good, grand_sales_minor=1),
        replace(good, tenders=()),
    ):
        with pytest.raises(errors.ReportDiffers):
            shop.till.commit([ShiftClosed(1, wrong)], staff="boss")
    assert shop.till.store.head.seq == head
    shop.till.commit([ShiftClosed(1, good)], staff="boss")
    assert shop.till.shifts.z(1) == good


def test_closing_is_atomic_over_a_snapshot(shop: Shop) -> None:
    """The report is made and journaled with nothing between (lesson 48); a crash leaves both."""
    shop.till.shifts.open(0, register="R1", staff="ana")
    sell(shop)
    z = close(shop, 1, 350)
    till = shop.crash()
    assert till.shifts.z(1) == z
    assert till.store.verify().projections == ()
    proof = verify_z(till.store, 1)
    assert (proof.fault, proof.reports) == ("", (z,))


def test_a_command_given_twice_gives_the_first_answer(shop: Shop) -> None:
    """Every act of a shift may be repeated by its id; the id is not another act's."""
    shifts = shop.till.shifts
    first = shifts.open(0, register="R1", staff="ana", command="a")
    assert shifts.open(0, register="R1", staff="ana", command="a") == first
    for _ in range(2):
        shifts.paid_in(100, "change", register="R1", staff="ana", command="b")
        shifts.declare(1, {100: 1}, staff="ana", command="c")
    z = shifts.close(1, staff="boss", command="d")
    assert shifts.close(1, staff="boss", command="d") == z
    assert (z.sums.paid_ins, z.cash.over_minor) == (1, 0)
    with pytest.raises(CommandReused):
        shifts.suspend(register="R1", staff="ana", command="a")


def test_drawer_openings_and_prices_by_hand_are_on_the_report(shop: Shop) -> None:
    """No sale, overrides, manual discounts, voided lines, cancelled sales, reprints."""
    till = shop.till
    till.shifts.open(0, register="R1", staff="ana")
    till.no_sale("change", register="R1", staff="ana")
    sale = begin(shop)
    sale.add("BUN")
    sale.override_price(1, 300, "torn")
    sale.discount(percent_ppm=100_000, lines=[1], reason="regular")
    sale.void_line(2, "not wanted")
    sale.pay_cash(1000)
    till.reprint(sale.id, register="R1", staff="ana")
    begin(shop).cancel("gone")
    sums = till.shifts.x(register="R1", staff="ana").sums
    counts = (sums.drawer_openings, sums.price_overrides, sums.manual_discounts)
    assert counts == (1, 1, 1)
    assert (sums.voided_lines, sums.cancelled, sums.cancelled_minor, sums.reprints) == (
        1,
        1,
        350,
        1,
    )


def test_the_paper_fits_its_width_and_says_what_the_report_says(open_shop: OpenShop) -> None:
    """Each row by display width, in each language."""
    shop = open_shop("", "silent_paid")
    sell(shop)
    shop.till.shifts.open(50_000, register="R1", staff="安娜")
    sell(shop)
    begin(shop).payments.ask("card")
    z = close(shop, 1, 50_300)
    for columns in (24, 32, 48):
        for language in ("zh-CN", "en", "zh-CN+en"):
            style = TextStyle(columns=columns, language=language)
            text = render_report(z, shop.till.settings, style)
            assert all(display_width(row, True) <= columns for row in text.splitlines())
            assert "-0.50" in text
    marked = render_report(replace(z, training=True), shop.till.settings, TextStyle(language="en"))
    assert marked.count("TRAINING") == 2
    assert "SHORT" in marked


def test_a_full_disk_keeps_no_shift_from_closing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sales are refused in plain words; counting and closing use what is held back for them."""
    shop.till.shifts.open(0, register="R1", staff="ana")
    sell(shop)
    sale, engine = begin(shop), shop.till.store.engine
    monkeypatch.setattr(engine, "used", engine.map_size)
    monkeypatch.setattr(engine, "_measure", lambda: None)
    monkeypatch.setattr(engine, "_allocate", lambda target: False)
    with pytest.raises(DiskFull):
        sale.pay_cash(1000)
    shop.till.shifts.blind_close(register="R1", staff="ana")
    assert close(shop, 1, 350).cash.over_minor == 0
    monkeypatch.undo()
    assert shop.reopen().shifts.z(1).sums.sales == 1


def test_rights_are_asked_before_anything_is_done(shop: Shop) -> None:
    """A cashier counts their own drawer, needs approval for much, and may not see a blind count."""
    till = shop.till
    till.staff.enroll("boss", "Boss", role="owner", pin="2580", by="boss")
    till.staff.sign_in("boss", "2580", register="R3")
    till.staff.enroll("ana", "Ana", role="cashier", pin="4713", by="boss")
    till.staff.sign_in("ana", "4713", register="R1")
    shifts = till.shifts
    assert shifts.open(0, register="R1", staff="").staff == ("ana",)
    head = till.store.head.seq
    with pytest.raises(NotSignedIn):
        shifts.paid_in(100, "change", register="R1", staff="boss")
    with pytest.raises(ApprovalNeeded):
        shifts.paid_out(1_000_000, "window cleaner", register="R1", staff="ana")
    assert till.store.head.seq == head
    shifts.blind_close(register="R1", staff="ana")
    assert shifts.x(number=1, staff="ana").hidden
    with pytest.raises((RightDenied, ApprovalNeeded)):
        shifts.x(number=1, staff="ana", expected=True)
    shifts.declare(1, {100: 3}, staff="ana")
    with pytest.raises((RightDenied, ApprovalNeeded)):
        shifts.declare(1, {100: 4}, staff="ana")
    assert shifts.close(1, staff="ana").cash.over_minor == 300


def test_what_is_refused_says_what_to_do(shop: Shop) -> None:
    """Every refusal has a stable code and a sentence."""
    shifts = shop.till.shifts
    acts: dict[str, Callable[[], object]] = {
        "shift.none": lambda: shifts.suspend(register="R1", staff="ana"),
        "shift.unknown": lambda: shifts.close(7, staff="ana"),
        "till.register": lambda: shifts.open(0, register="R9", staff="ana"),
        "shift.staff_needed": lambda: shifts.open(0, register="R1", staff=" "),
        "input.invalid": lambda: shifts.open(-1, register="R1", staff="ana"),
    }
    for code, act in acts.items():
        with pytest.raises(CashwrapError) as refused:
            act()
        assert refused.value.code == code
        assert str(refused.value)


def test_a_count_before_the_sales_does_not_lift_the_blindness(open_shop: OpenShop) -> None:
    """Cash that moved since makes the count an old one: what is expected is hidden again."""
    shifts = (shop := open_shop("shifts.blind = true")).till.shifts
    shifts.open(5_000, register="R1", staff="ana")
    shifts.declare(1, {5_000: 1}, staff="ana")
    assert shifts.x(register="R1", staff="ana").cash.over_minor == 0
    sell(shop)
    assert shifts.x(register="R1", staff="ana").hidden
    shifts.blind_close(register="R1", staff="ana")
    assert shifts.x(number=1, staff="ana").hidden
    shifts.declare(1, {5_000: 1, 100: 3, 50: 1}, staff="boss")
    assert not shifts.x(number=1, staff="ana").hidden


def test_no_drawer_holds_more_than_money_can_say(shop: Shop) -> None:
    """What no count could be held against any more is refused, and the shift can be closed."""
    shifts = shop.till.shifts
    shifts.open(2**63 - 1, register="R1", staff="ana")
    for move in (shifts.paid_in, shifts.paid_out):
        with pytest.raises(InvalidInput):
            move(2**63 - 1, "a code scanned as money", register="R1", staff="ana")
    shifts.declare(1, {}, staff="ana")
    assert shifts.close(1, staff="ana").z == 1
