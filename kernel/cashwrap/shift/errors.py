"""What a shift refuses, in words that say what to do."""

from cashwrap.errors import CashwrapError


class ShiftError(CashwrapError):
    """Root of what the shift room refuses; nothing was changed."""

    code = "shift"


class NoOpenShift(ShiftError):
    """The register works on no shift."""

    code = "shift.none"

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.register = register

    def __str__(self) -> str:
        return f"{named(self.register)} has no open shift: open, resume or join one first"


class AlreadyOnShift(ShiftError):
    """A register works on one shift at a time."""

    code = "shift.busy"

    def __init__(self, register: str, shift: int) -> None:
        super().__init__(register, shift)
        self.register = register
        self.shift = shift

    def __str__(self) -> str:
        return (
            f"{named(self.register)} works on shift {self.shift}: "
            "suspend, leave or close that one first"
        )


class DrawerTaken(ShiftError):
    """A drawer has one open shift at a time."""

    code = "shift.drawer_taken"

    def __init__(self, drawer: str, shift: int) -> None:
        super().__init__(drawer, shift)
        self.drawer = drawer
        self.shift = shift

    def __str__(self) -> str:
        return (
            f"shift {self.shift} is open on the drawer {self.drawer!r}: "
            "join it, or name another drawer"
        )


class NoSuchShift(ShiftError):
    """There is no such shift, or no such Z report."""

    code = "shift.unknown"


class NotInThatState(ShiftError):
    """The shift is not in a state in which that can be done."""

    code = "shift.state"

    def __init__(self, shift: int, state: str, act: str) -> None:
        super().__init__(shift, state, act)
        self.shift = shift
        self.state = state
        self.act = act

    def __str__(self) -> str:
        return f"cannot {self.act} shift {self.shift}: it is {self.state}"


class LastRegister(ShiftError):
    """A shift that is open has a register that works on it."""

    code = "shift.last_register"

    def __init__(self, shift: int) -> None:
        super().__init__(shift)
        self.shift = shift

    def __str__(self) -> str:
        return (
            f"no other register works on shift {self.shift}: suspend it, close it blind or close it"
        )


class NotCounted(ShiftError):
    """A Z report needs a count of the cash, and one that is not older than its money."""

    code = "shift.not_counted"

    def __init__(self, shift: int, *, outdated: bool = False) -> None:
        super().__init__(shift)
        self.shift = shift
        self.outdated = outdated

    def __str__(self) -> str:
        if self.outdated:
            return f"cash moved in shift {self.shift} since it was counted: count it again"
        return f"the cash of shift {self.shift} was not counted: declare the count first"


class StaffNeeded(ShiftError):
    """What moves the money of a drawer is done by somebody."""

    code = "shift.staff_needed"

    def __init__(self, act: str) -> None:
        super().__init__(act)
        self.act = act

    def __str__(self) -> str:
        return f"{self.act} needs a person who answers for it: say who (staff=...)"


class ReportDiffers(ShiftError):
    """A Z report does not say what the journal says; it is not kept."""

    code = "shift.report_differs"

    def __init__(self, z: int, what: str) -> None:
        super().__init__(z, what)
        self.z = z
        self.what = what

    def __str__(self) -> str:
        return f"Z report {self.z} differs from the journal in its {self.what}: make it again"


def named(register: str) -> str:
    """Return how a register is called in a sentence."""
    return f"register {register!r}" if register else "this register"
