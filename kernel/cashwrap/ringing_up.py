"""Sales and other acts of the register: begun here, ended by `cashwrap.sale` and its rooms."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from cashwrap.events import Event
from cashwrap.publishing import Publishing
from cashwrap.questions import Questions
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart
from cashwrap.sale.errors import NoSuchSale, ReasonNeeded, UnknownOrderType
from cashwrap.sale.events import DrawerOpened, SaleCompleted
from cashwrap.sale.sale import Sale
from cashwrap.staff.rights import Act
from cashwrap.tender.pan import command_id, words

if TYPE_CHECKING:
    from cashwrap.sale.returning.post_void import PostVoided
    from cashwrap.stock.view import Stock


class RingingUp(Publishing, Questions):
    """A counter that sells, takes whole sales back, moves stock and opens its drawer."""

    def new_sale(
        self,
        order_type: str = "",
        *,
        customer: str = "",
        register: str = "",
        staff: str = "",
        command: str = "",
    ) -> Sale:
        """Begin a sale; the same command again gives the one it began, while that is open.

        ``register`` is one of the settings' that share this till. Raises UnknownOrderType,
        UnknownRegister, NoOpenShift, NoCatalog, InvalidInput.
        """
        self._check_open()
        self.known_register(register)
        known = self.settings.order_types
        if order_type and order_type not in known:
            raise UnknownOrderType(order_type, known)
        if (begun := self._begun_by(command)) is not None:
            return begun
        self.on_shift(register)
        self.allow(Act("sale.sell", register, "new sale"), staff, register)
        rules = self.shop_rules.in_force(self.now().wall_ms)
        opened = edits.SaleOpened(
            sale=self.new_id(),
            order_type=order_type or known[0],
            customer=words(customer, "a customer"),
            catalog_version=self.catalog.catalog_version,
            rules=None if rules is None else self.rules_at(rules),
            at_ms=(now := self.now()).wall_ms,
            staff=self.clerk(words(staff, "staff"), register, now),
            command=command_id(command),
            register=register,
        )
        edits.sound(opened)
        sale = Sale(self, Cart(opened, self.engine, rules))
        self.write_draft(sale.id, opened, self.engine.source)
        self._open[sale.id] = sale
        return sale

    def sale(self, sale: str) -> Sale:
        """Return an open sale by its id. Raises NoSuchSale."""
        found = self._open.get(sale)
        if found is None:
            raise NoSuchSale(f"sale {sale!r} is not open here: it ended, or never began")
        return found

    def step(self) -> bool:
        """Ask on about one payment in doubt or one refund; return whether there was one to ask.

        Call it when `next_step_ms` has come, from the same thread. Never blocks longer than one
        call of a driver.
        """
        now = self.now()
        payment = self.runner.step(now)
        if payment is None:
            return self.runner.watch_step(now)
        for sale in dict.fromkeys([payment.sale, *[each.sale for each in payment.refunds]]):
            if sale in self._open:
                self._open[sale].payments.came(payment)
        return True

    @property
    def next_step_ms(self) -> int | None:
        """Return the steady time at which `step` next has something to do, or None."""
        return self.runner.next_ms

    def post_void(
        self,
        number: int | str,
        reason: str,
        *,
        register: str = "",
        staff: str = "",
        command: str = "",
    ) -> PostVoided:
        """Reverse a whole finished sale: goods, money, taxes, limits and coupons go back.

        It is a record of its own with its own receipt number; both name the other. ``number`` is
        the receipt's, the square code on it, or the sale's id. The same command again answers as it
        did, and does the rest of what a crash cut off. Raises NoSuchSale, CommandReused,
        PostVoidRefused once something of it came back, and what `Sale.refund` raises.
        """
        from cashwrap.sale.returning.post_void import PostVoided, go_on, post_void
        from cashwrap.shift.projection import z_of

        self._check_open()
        self.known_register(register)
        original = self.original(number)
        if command and (done := self._ended_by_command(original.voided_by, command)):
            return PostVoided(original.sale.number, done, original.voided_by)
        if (begun := self._begun_by(command)) is not None:
            if (stands := go_on(self, begun, original, staff)) is not None:
                return stands
        with self.store.read() as reader:
            z = z_of(reader, original.seq, original.sale.register)

        def begin() -> Sale:
            return self.new_sale(register=register, staff=staff, command=command)

        return post_void(self, begin, original, reason, z=z, register=register, staff=staff)

    def _begun_by(self, command: str) -> Sale | None:
        """Return the open sale that a command began, or None."""
        named = command_id(command)
        open_now = self._open.values() if named else ()
        return next((sale for sale in open_now if sale.cart.opened.command == named), None)

    def _ended_by_command(self, number: int, command: str) -> str:
        """Return the id of a sale with a receipt number if a command began it, else ""."""
        if not number:
            return ""
        record = self.record_of(self.sale_of_number(number))
        sale = record.body()
        assert isinstance(sale, SaleCompleted)  # see `record_of`
        return sale.sale if sale.history[0].command == command_id(command) else ""

    def move_stock(self, decide: Callable[[Stock], Event], *, staff: str = "") -> Event:
        """Decide a stock document on the stock as it is and journal it; return its event.

        ``decide`` is one of `cashwrap.stock.documents` or `cashwrap.stock.reservations` with
        its arguments: ``till.move_stock(lambda stock: receive(stock, ...))``.
        """
        self._check_open()
        event = self.ask_stock(decide)
        if self.guarded:
            self.allow(Act("stock.move", event.kind, _document(event)), staff)
        self.commit([event], staff=staff)
        return event

    def no_sale(self, reason: str, *, register: str = "", staff: str = "") -> None:
        """Journal that the drawer is opened without a sale. Raises ReasonNeeded."""
        self.known_register(register)
        said = words(reason, "a reason").strip()
        if not said:
            raise ReasonNeeded("opening the drawer without a sale")
        self.allow(Act("drawer.no_sale", register, said), staff, register)
        self.commit([DrawerOpened(said)], staff=staff, register=register)


def _document(event: Event) -> str:
    """Return what tells one stock document from all others, whatever its number is going to be."""
    fields = {name: getattr(event, name) for name in event.__struct_fields__}
    own = {name: value for name, value in fields.items() if name not in ("document", "reservation")}
    return sha256(msgspec.msgpack.encode(own)).hexdigest()
