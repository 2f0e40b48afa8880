"""The steps of a sale: each is made whole, written to the draft, and answered once."""

from collections.abc import Sequence

from cashwrap.errors import CashwrapError
from cashwrap.events import Event
from cashwrap.pricing.errors import UnknownTax
from cashwrap.sale import edits
from cashwrap.sale.cart import Cart
from cashwrap.sale.desk import Desk
from cashwrap.sale.edits import AnyEdit
from cashwrap.sale.errors import CommandReused
from cashwrap.sale.state import Act, State, next_state
from cashwrap.staff import rights
from cashwrap.tender.pan import command_id, words


class EditedSale:
    """A sale's cart, its state, and how edits come to both."""

    def __init__(self, desk: Desk, cart: Cart) -> None:
        self._desk = desk
        self._cart = cart
        self.id = cart.opened.sale
        self.state: State = "open"
        self._answers = {edit.command: edit for edit in cart.history[1:] if edit.command}
        self._ended_by: tuple[Act, str] | None = None

    @property
    def register(self) -> str:
        """Return the register at which the sale was opened, or last resumed."""
        return self._cart.header.register

    @property
    def desk(self) -> Desk:
        """Return the till that it is rung up on."""
        return self._desk

    def move(self, act: Act) -> None:
        """Go to the state after an act. Raises NotInThisState."""
        self.state = next_state(self.state, act)

    def check(self, act: Act) -> None:
        """Raise NotInThisState when an act is not allowed now."""
        next_state(self.state, act)

    def end(self, act: Act, events: Sequence[Event], staff: str, command: str) -> None:
        """Journal the sale's last events, all or none, and leave the till."""
        self.leave(act, events, staff, self.scoped(command))
        self.ended_as(act, command)

    def leave(self, act: Act, events: Sequence[Event], staff: str, command: str) -> None:
        """Do the same by a command id as it stands in the journal."""
        self.commit(events, staff, command)
        self.move(act)
        self._desk.ended(self.id)

    def commit(self, events: Sequence[Event], staff: str, command: str = "") -> None:
        """Journal events of this sale, as of its register."""
        self._desk.commit(events, staff=staff, command=command, register=self.register)

    def ended_as(self, act: Act, command: str) -> None:
        """Remember which command ended the sale."""
        self._ended_by = (act, command)

    def ended_by(self, act: Act, command: str) -> bool:
        """Return whether it was this very command that ended the sale."""
        return command != "" and self._ended_by == (act, command)

    def scoped(self, command: str) -> str:
        """Return a command id that is this sale's own in the whole journal, "" for none."""
        return command and f"{self.id}/{command_id(command)}"

    def _answered(self, command: str, *kinds: type[AnyEdit]) -> AnyEdit | None:
        if not command or (done := self._answers.get(command_id(command))) is None:
            return None
        if type(done) not in kinds:
            raise CommandReused(command)
        return done

    def _stamp(self, staff: str, command: str) -> edits.Stamp:
        now = self._desk.now()
        return {
            "at_ms": now.wall_ms,
            "staff": self._desk.clerk(words(staff, "staff"), self.register, now),
            "command": command_id(command),
        }

    def may(self, act: rights.Act, staff: str) -> str:
        """Return who approved an act on this sale. Raises as `Desk.allow` does."""
        return self._desk.allow(act, staff, self.register).approver

    def _ready(self, command: str, kind: type[AnyEdit]) -> bool:
        """Whether an edit is to be made: not when its command was done before."""
        if self._answered(command, kind) is not None:
            return False
        self.check("edit")
        return True

    def _make(self, edit: AnyEdit, event: Event | None = None) -> AnyEdit:
        """Make an edit that holds what a caller gave; `scan` gives nothing unchecked."""
        return self._edit(edits.sound(edit), event)

    def _edit(self, edit: AnyEdit, event: Event | None = None) -> AnyEdit:
        """Apply, journal what must be at once, and write the draft; or leave all as it was."""
        engine = self._cart.engine
        adds = self._adds(edit) if "add" in self._desk.watched else 0
        self._apply(edit)
        learned = b"" if self._cart.engine is engine else self._cart.engine.source
        try:
            if adds:
                self._desk.ask_watchers("add", self._cart, adds)
            if event is not None:
                self.commit([event], edit.staff)
            self._desk.write_draft(self.id, edit, learned)
        except BaseException:
            self._cart.take_back()
            if learned:
                self._cart.price_by(engine)
            raise
        if edit.command:
            self._answers[edit.command] = edit
        return edit

    def _adds(self, edit: AnyEdit) -> int:
        """Return the line onto which an edit puts goods, or more of them; 0 for any other edit."""
        match edit:
            case edits.LineAdded() | edits.GoodsChanged():
                return edit.line
            case edits.QuantitySet():
                live = self._cart.lines.get(edit.line)
                more = live is not None and edit.quantity_milli > live.quantity_milli
                return edit.line if more else 0
        return 0

    def _apply(self, edit: AnyEdit) -> None:
        """Apply an edit; tax codes newer than the sale are learned, those it has never change."""
        engine = self._cart.engine
        try:
            while True:
                try:
                    return self._cart.apply(edit)
                except UnknownTax as unknown:
                    code = self._desk.tax_codes().get(unknown.tax)
                    if code is None:
                        raise
                    self._cart.price_by(self._cart.engine.knowing(code))
        except CashwrapError:
            if self._cart.engine is not engine:
                self._cart.price_by(engine)
            raise
