"""Paying a sale: cash, drivers, split over any number, given back, and the end when all is paid."""

from collections.abc import Collection, Sequence
from hashlib import sha256

from cashwrap.errors import InvalidInput
from cashwrap.events import Event
from cashwrap.sale.balance import Balance
from cashwrap.sale.crediting import restored, scanned, spend
from cashwrap.sale.errors import CommandReused, EmptySale, NothingDue, ReasonNeeded, StillDue
from cashwrap.sale.growing import ask_grown
from cashwrap.sale.recovery import snapshot
from cashwrap.sale.vouchers import recorded
from cashwrap.scan.decode import decode
from cashwrap.staff.rights import Act
from cashwrap.tender import checks
from cashwrap.tender.cash import record_tender, remaining_minor, return_cash, take_back, take_cash
from cashwrap.tender.driver import TenderKind
from cashwrap.tender.errors import PaymentInDoubt, TenderRefused, UnknownPayment
from cashwrap.tender.pan import words
from cashwrap.tender.payments import CREDIT, Payment, apply


class Payments(Balance):
    """The payments of one sale: asked for, taken, given back, booked.

    A payment either counts, does not, or is in doubt; while one is in doubt no other is asked for.
    Where goods come back, the payments that they were bought with give money back.
    """

    def cash(self, tendered_minor: int, *, staff: str = "", command: str = "") -> Payment:
        """Take cash. Enough of it completes the sale; less is a part payment.

        Returns the payment with its change. Raises NothingDue, EmptySale, InvalidInput.
        """
        payment_id = self._payment_id(command)
        if (known := self._known(payment_id, "cash", command)) is not None:
            return known
        if type(tendered_minor) is not int or tendered_minor != 0:
            checks.amount(tendered_minor, "an amount of cash")
        due, rounding = self._ready_to_pay("cash")
        staff = self._taker(staff)
        if tendered_minor < due:
            due, rounding = self.due_minor, 0
        currency = self._desk.settings.currency.code
        event = take_cash(payment_id, self._sale.id, currency, tendered_minor, due, rounding)
        return self._take(event, staff, command)

    def record(
        self,
        tender: TenderKind,
        name: str,
        amount_minor: int,
        reference: str = "",
        *,
        staff: str = "",
        command: str = "",
    ) -> Payment:
        """Record a payment made beside the till (voucher, standalone terminal); gives no change.

        Its name is its own, none of a driver's. Raises InvalidInput, NothingDue, EmptySale,
        TenderExceedsDue.
        """
        name = words(name, "the name of a tender")
        payment_id = self._payment_id(command)
        if (known := self._known(payment_id, name, command)) is not None:
            return known
        if self._desk.runner.drives(name):
            raise InvalidInput(
                f"{name} is asked through its driver: what was paid beside it has another name"
            )
        due, _ = self._ready_to_pay(tender, name)
        staff = self._taker(staff)
        currency = self._desk.settings.currency.code
        event = record_tender(
            payment_id, self._sale.id, tender, name, amount_minor, currency, due, reference
        )
        return self._take(event, staff, command)

    def ask(
        self,
        driver: str,
        amount_minor: int = 0,
        *,
        auth_code: str = "",
        online: bool = True,
        staff: str = "",
        command: str = "",
    ) -> Payment:
        """Ask a driver for money: all that is due, or ``amount_minor`` of it.

        The intent is on the disk before the driver is asked. The answer may leave the payment
        undecided: then `Till.step` resolves it. Raises NothingDue, EmptySale, and what
        `TenderRunner.begin` raises, with nothing done.
        """
        from cashwrap.tender.runner import Request

        payment_id = self._payment_id(command)
        if (known := self._known(payment_id, driver, command)) is not None:
            return known
        due, _ = self._ready_to_pay(driver)
        staff = self._taker(staff)
        self.refuse_short()
        self.record_vouchers(staff)
        request = Request(
            intent=payment_id,
            sale=self._sale.id,
            driver=driver,
            amount_minor=amount_minor or due,
            currency=self._desk.settings.currency.code,
            due_minor=due,
            auth_code=auth_code,
            online=online,
            sale_snapshot=snapshot(self._sale.cart),
            register=self._sale.register,
        )
        try:
            payment = self._desk.runner.begin(request, self._desk.now(), staff=staff)
        except BaseException:
            self.refresh()  # the intent may be on the disk all the same
            raise
        return self.came(payment, staff=staff)

    def scan(
        self, code: str, amount_minor: int = 0, *, staff: str = "", command: str = ""
    ) -> Payment:
        """Pay with a scanned payment code, whose provider chooses the driver, or a credit note's.

        Raises GoodsAtPayment for anything else, and what `ask` or `credit` raises.
        """
        if scanned(self._desk, code):
            return self.credit(code, amount_minor, staff=staff, command=command)
        now = self._desk.now()
        scan = decode(code, self._desk.settings.scan, now_ms=now.wall_ms, context="payment")
        return self.ask(
            scan.provider, amount_minor, auth_code=code.strip(), staff=staff, command=command
        )

    def credit(
        self, code: str, amount_minor: int = 0, *, staff: str = "", command: str = ""
    ) -> Payment:
        """Pay with a credit note of this till: as much as is due and it has, or ``amount_minor``.

        Raises NothingDue, EmptySale, CreditRefused (with its reason), TenderExceedsDue,
        InvalidInput.
        """
        payment_id = self._payment_id(command)
        if (known := self._known(payment_id, CREDIT, command)) is not None:
            return known
        due, _ = self._ready_to_pay(CREDIT)
        staff = self._taker(staff)
        spent, event = spend(self._desk, self._sale.id, payment_id, code, amount_minor, due)
        return self._take(event, staff, command, beside=[spent])

    def give_back(self, reason: str, *, in_cash: bool = False, staff: str = "") -> None:
        """Give all payments back and open the sale for changes again.

        Cash, and what was recorded beside the till, goes back at once; drivers are asked to refund,
        and `Till.step` asks on where one does not answer. With ``in_cash`` what a driver cannot
        refund goes back in cash. Raises, with nothing given back: NotInThisState for a sale that
        ended (that is a return), PaymentInDoubt while nobody knows whether a payment was taken,
        TenderRefused where a driver cannot refund.
        """
        if self._sale.state != "open":  # nothing to give back is no mistake
            self._sale.check("untender")
        self.refuse_to_forget()
        for payment in self.in_doubt:
            raise PaymentInDoubt(payment.id, self._sale.id)
        reason = words(reason, "a reason")
        kept = [each for each in self.all if each.state == "approved" and each.refundable_minor]
        if kept:
            self._desk.on_shift(self._sale.register)
        at_once = {each.id: self._back(each, reason, in_cash) for each in kept}
        events = [event for back in at_once.values() for event in back]
        if kept:
            moved = [p for p in kept if p.kind != "cash" and not p.recorded and at_once[p.id]]
            staff = self._giver(kept, bool(moved), reason, staff)
        if events:
            self._sale.commit(events, staff)
            self.refresh()
        for payment in kept:
            if not at_once[payment.id]:
                self.came(self._ask_back(payment, reason, staff), staff=staff)
        self._reopen()

    def give_up(self, *, staff: str = "") -> None:
        """Stop waiting for payments in doubt: they are cancelled, and `Till.step` asks on."""
        now = self._desk.now()
        staff = self._desk.clerk(words(staff, "staff"), self._sale.register, now)
        for payment in [each for each in self.in_doubt if each.undecided]:
            self.came(self._desk.runner.give_up(payment.id, now, staff=staff))

    def declare(
        self, payment: str, paid: bool, reason: str, *, refund: str = "", staff: str = ""
    ) -> Payment:
        """Settle a payment in doubt, or its ``refund``, on the word of who saw the slip.

        For a refund ``paid`` says whether it was given back. Money that turns up after "not paid"
        still goes back by itself. Raises ReasonNeeded,
        UnknownPayment, PaymentNotInDoubt.
        """
        said = words(reason, "a reason").strip()
        if not said:
            raise ReasonNeeded("a payment declared by hand")
        if payment not in (self._giving if refund else self._by_id) and payment not in self._by_id:
            raise UnknownPayment(payment)
        now = self._desk.now()
        act = Act("payment.declare", payment, f"{refund} {'paid' if paid else 'not paid'}")
        self._sale.may(act, staff)
        who = self._desk.clerk(words(staff, "staff"), self._sale.register, now)
        decided = self._desk.runner.declare(payment, paid, said, now, staff=who, refund=refund)
        return self.came(decided, staff=who)

    def showing(self, payment: str) -> str:
        """Return what the customer has to scan to pay, or "" when there is nothing to show."""
        return self._desk.runner.showing(payment)

    def came(self, payment: Payment, *, staff: str = "") -> Payment:
        """Take note of how a payment stands now; complete the sale when money has paid all of it.

        News of a payment that never came end no sale on which nothing is due for another reason.
        """
        kept = self._by_id if payment.sale == self._sale.id else self._giving
        kept[payment.id] = payment
        if self._sale.state == "open":
            self._sale.move("tender")
        if self._moved and not self.in_doubt and self.due_minor == 0:
            self._finish(staff or self._sale.cart.opened.staff)
        else:
            self._reopen()
        return payment

    def refresh(self) -> None:
        """Read the payments again as they are committed."""
        self._by_id = {each.id: each for each in self._desk.payments_of(self._sale.id)}
        giving = self._desk.payments_given_back_by(self._sale.id)
        self._giving = {each.id: each for each in giving}
        if (self._by_id or giving) and self._sale.state == "open":
            self._sale.move("tender")
            self._reopen()

    def recovered(self) -> None:
        """After a restart: end a sale whose money was all taken but whose end was not journaled."""
        if self._sale.state == "tendering" and not self.in_doubt and self.due_minor == 0:
            self._finish(self._sale.cart.opened.staff)

    def finish(self, *, staff: str = "", command: str = "") -> None:
        """Complete the sale when nothing is due: the one moment after which a receipt may print.

        Raises EmptySale, or NotInThisState while something is due.
        """
        if self._sale.ended_by("complete", command):
            return
        if self._sale.cart.is_empty:
            raise EmptySale
        self._desk.on_shift(self._sale.register)
        self._sale.check("complete")
        if self.due_minor or self.in_doubt:
            raise StillDue(self.due_minor)
        self._finish(self._taker(staff), command)

    def book(
        self,
        events: Sequence[Event],
        made: Sequence[Payment],
        giving: Sequence[Payment] = (),
        *,
        staff: str = "",
        command: str = "",
    ) -> None:
        """Journal payments that are decided at once, in one commit with the sale's end if paid.

        The events make payments of this sale, and leave those of others that are ``giving``.
        """
        vouchers = recorded(self._desk, self._sale.id, self._vouchers())
        events, made = [*vouchers.events, *events], [*vouchers.payments, *made]
        after = self._giving | {payment.id: payment for payment in giving}
        gave = self._gave(after.values())
        taken, begun = (*self.all, *made, *gave), bool(self._by_id or self._giving)
        if remaining_minor(self._asked_minor, taken) == 0:
            ending = self._desk.completed(self._sale.cart, taken, paid=begun)
            self._sale.end("complete", [*events, *ending], staff, command)
        else:
            self.refuse_short()
            self._desk.flush_draft()
            self._sale.commit(events, staff, self._sale.scoped(command))
            self._sale.move("tender")
        self._by_id |= {payment.id: payment for payment in made}
        self._giving = after

    def _finish(self, staff: str, command: str = "") -> None:
        """Complete a sale that is paid, or relieved of what comes back."""
        if self._sale.cart.is_empty:
            raise EmptySale
        self._sale.check("complete")
        self._sale.ready_for()
        self.book([], [], staff=staff, command=command)

    def _taker(self, staff: str) -> str:
        """Return who takes money now. Raises as `Desk.allow` does."""
        if not self._desk.guarded:
            return self._sale.cart.opened.staff if staff == "" else staff
        self._sale.may(Act("sale.sell", self._sale.id), staff)
        ask_grown(self._sale, staff)
        return self._desk.clerk(words(staff, "staff"), self._sale.register, self._desk.now())

    def _giver(self, kept: Sequence[Payment], moved: bool, reason: str, staff: str) -> str:
        """Return who gives payments of an unfinished sale back. Raises as `Desk.allow` does."""
        if not self._desk.guarded:
            return staff
        back_minor = sum(payment.refundable_minor for payment in kept)
        about = self._sale.id, f"give back {len(kept)}: {reason}", back_minor
        self._sale.may(Act("sale.cancel", *about), staff)
        if moved:
            self._sale.may(Act("sale.return_other_tender", *about), staff)
        return self._desk.clerk(words(staff, "staff"), self._sale.register, self._desk.now())

    def _take(
        self, event: Event, staff: str, command: str, beside: Sequence[Event] = ()
    ) -> Payment:
        """Journal a payment that is decided at once, with what stands ``beside`` it."""
        payment = apply(None, event, self._desk.now().wall_ms)
        assert payment is not None  # these events begin a payment
        self.book([*beside, event], [payment], staff=staff, command=command)
        return payment

    def _gave(self, giving: Collection[Payment]) -> list[Payment]:
        """Return what payments of other sales gave back for the goods that come back on this."""
        if not giving:
            return []
        from cashwrap.tender.refunds import given_back

        return given_back(giving, self._sale.id)

    def record_vouchers(self, staff: str) -> None:
        """Journal the vouchers before a driver is asked for anything."""
        vouchers = recorded(self._desk, self._sale.id, self._vouchers())
        if vouchers.events:
            self._desk.flush_draft()
            self._sale.commit(vouchers.events, staff)
            self._by_id |= {payment.id: payment for payment in vouchers.payments}
            self._sale.move("tender")

    def _back(self, payment: Payment, reason: str, in_cash: bool) -> list[Event]:
        """Return the events that give a payment back at once, none when its driver can."""
        refund, kept = _back_id(payment), payment.refundable_minor
        if payment.recorded:
            taken = take_back(refund, payment, kept, reason)
            return [taken, *restored(self._desk, payment, refund, kept)]
        if payment.kind != "cash":
            try:
                self._desk.runner.check_refund(payment, kept)
                return []
            except TenderRefused:
                if not in_cash:
                    raise
        currency, rounding = payment.currency, kept - payment.relievable_minor
        return [return_cash(refund, self._sale.id, currency, kept, rounding, of=payment)]

    def _ask_back(self, payment: Payment, reason: str, staff: str) -> Payment:
        return self._desk.runner.refund(
            _back_id(payment),
            payment.id,
            payment.refundable_minor,
            self._desk.now(),
            sale=self._sale.id,
            reason=reason,
            staff=staff,
            register=self._sale.register,
            tip_minor=payment.refundable_minor - payment.relievable_minor,
        )

    def _ready_to_pay(self, *tenders: str) -> tuple[int, int]:
        """Return what is due by a tender that goes by these names, and the rounding in it."""
        if self._sale.cart.is_empty:
            raise EmptySale
        self._sale.check("tender")
        self._desk.on_shift(self._sale.register)
        for payment in self.in_doubt:  # it may still turn out to be paid
            raise PaymentInDoubt(payment.id, self._sale.id)
        self._sale.ready_for(*tenders)
        if self.due_minor <= 0:
            raise NothingDue
        if "pay" in self._desk.watched and not self._moved:
            self._desk.ask_watchers("pay", self._sale.cart)
        return self.cash_due() if tenders == ("cash",) else (self.due_minor, 0)

    def refuse_short(self) -> None:
        """Refuse what stock refuses before the first money moves, never after."""
        if not self._moved:
            self._desk.drawn(self._sale.cart)

    def _reopen(self) -> None:
        """Open the cart for changes again when no payment counts or is in doubt."""
        if self._sale.state == "tendering" and not self.in_doubt and not self._moved:
            self._sale.move("untender")

    def _known(self, payment_id: str, driver: str, command: str) -> Payment | None:
        """Return the payment of a repeated command. Raises CommandReused for another tender's."""
        known = self._by_id.get(payment_id)
        if known is not None and known.driver != driver:
            raise CommandReused(command)
        return known

    def _payment_id(self, command: str) -> str:
        """Return the provider's id of a payment: the same command gives the same id."""
        if not command:
            return self._desk.new_id()
        words(command, "a command id")
        return "C" + sha256(f"{self._sale.id}/{command}".encode()).hexdigest()[:31]


def _back_id(payment: Payment) -> str:
    """Return the id of a payment's next refund; one that was refused may be asked for anew."""
    return f"{payment.id}-back{len(payment.refunds) or ''}"
