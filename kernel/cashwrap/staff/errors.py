"""Refusals of the staff room. Each leaves everything as it was."""

from cashwrap.errors import CashwrapError
from cashwrap.staff.rights import Act, Right

RIGHT_WORDS: dict[Right, str] = {
    "sale.sell": "selling",
    "sale.void_line": "striking a line out",
    "sale.cancel": "cancelling a sale or giving its payments back",
    "sale.override_price": "setting a price by hand",
    "sale.discount": "giving a discount",
    "sale.below_margin": "going below the least price",
    "sale.suspend": "suspending a sale",
    "sale.resume": "resuming somebody else's sale",
    "sale.return": "taking goods back",
    "sale.return_without_receipt": "taking goods back without a receipt",
    "sale.return_other_tender": "giving money back by another tender than the one that paid",
    "sale.return_late": "taking goods back after the days for it",
    "sale.adjust_price": "giving money off a finished sale",
    "sale.post_void": "reversing a finished sale",
    "sale.post_void_after_z": "reversing a sale of a closed shift",
    "sale.reprint": "printing a receipt again",
    "payment.declare": "saying how a payment in doubt ended",
    "drawer.no_sale": "opening the drawer without a sale",
    "shift.open": "opening a shift",
    "shift.join": "working on somebody else's shift",
    "shift.paid_in": "paying in",
    "shift.paid_out": "paying out",
    "shift.safe_drop": "moving cash to the safe",
    "shift.x": "an X report",
    "shift.count": "seeing what a drawer should hold",
    "shift.close": "closing a shift",
    "stock.move": "moving stock",
    "goods.publish": "publishing goods or promotions",
    "training.enter": "training",
    "plugins.manage": "changing plugins and their settings",
    "devices.pair": "letting another device drive this till",
    "journal.read": "reading the whole journal",
    "staff.manage": "changing accounts and roles",
}


class StaffError(CashwrapError):
    """A refusal of the staff room."""

    code = "staff.refused"


class NotSignedIn(StaffError):
    """Nobody, or somebody else, is signed in at the register."""

    code = "staff.not_signed_in"

    def __init__(self, staff: str, register: str) -> None:
        super().__init__(staff, register)
        self.staff = staff
        self.register = register

    def __str__(self) -> str:
        who = f"{self.staff!r:.60} is not" if self.staff else "nobody is"
        where = f" at register {self.register}" if self.register else ""
        return f"{who} signed in{where}: sign in with code and PIN first"


class RightDenied(StaffError):
    """A role does not give the right, and no approval would help."""

    code = "staff.denied"

    def __init__(self, act: Act, staff: str) -> None:
        super().__init__(act, staff)
        self.act = act
        self.staff = staff

    def __str__(self) -> str:
        what = RIGHT_WORDS.get(self.act.right, self.act.right)
        return f"{self.staff} has no right for {what} ({self.act.right})"


class ApprovalNeeded(StaffError):
    """Somebody with the right has to approve the act; then do it again as it was."""

    code = "staff.approval_needed"

    def __init__(self, act: Act, staff: str) -> None:
        super().__init__(act, staff)
        self.act = act
        self.staff = staff

    def __str__(self) -> str:
        what = RIGHT_WORDS.get(self.act.right, self.act.right)
        return f"{what} needs an approval here ({self.act.right}): let somebody who may approve it"


class NothingAsked(StaffError):
    """An approval is for an act that was asked for here, and is not done yet."""

    code = "staff.nothing_asked"

    def __str__(self) -> str:
        return "nobody asked for this act here: let them try it first, then approve it"


class OwnAct(StaffError):
    """Nobody approves their own act."""

    code = "staff.own_act"

    def __str__(self) -> str:
        return "nobody approves what they ask for themselves: call somebody else"


class WrongPin(StaffError):
    """Code or PIN is wrong, or the account is disabled; which of them is not said."""

    code = "staff.wrong_pin"

    def __str__(self) -> str:
        return "code or PIN is wrong"


class MustWait(StaffError):
    """Too many wrong PINs: the account (``device`` false) or the device waits."""

    code = "staff.must_wait"

    def __init__(self, left_ms: int, device: bool) -> None:
        super().__init__(left_ms, device)
        self.left_ms = left_ms
        self.device = device

    def __str__(self) -> str:
        who = "this device" if self.device else "this account"
        return f"too many wrong PINs: {who} takes the next one in {-(-self.left_ms // 1000)} s"


class AccountLocked(StaffError):
    """Ten wrong PINs in a row; somebody who may manage staff unlocks the account."""

    code = "staff.locked"

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account

    def __str__(self) -> str:
        return f"account {self.account} is locked after wrong PINs: a manager unlocks it"


class PinRefused(StaffError):
    """A PIN that is too easy to find, or no PIN."""

    code = "staff.pin_refused"


class PepperLost(StaffError):
    """The device's pepper file is gone, so no PIN can be checked here."""

    code = "staff.pepper_lost"

    def __init__(self, path: str, what: str) -> None:
        super().__init__(path, what)
        self.path = path
        self.what = what

    def __str__(self) -> str:
        return (
            f"{self.path} {self.what}, and no PIN can be checked without it: put it back, or set "
            'a new PIN with `cashwrap staff pin CODE --device-owner "why"`'
        )


class PinVoid(StaffError):
    """The account has no PIN that counts on this device: none was set, or the pepper was lost."""

    code = "staff.pin_void"

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account

    def __str__(self) -> str:
        return (
            f"account {self.account} has no PIN on this device: a manager sets one, or the owner "
            'of the device does with `cashwrap staff pin CODE --device-owner "why"`'
        )


class NoSuchAccount(StaffError):
    """No account has the code."""

    code = "staff.no_such_account"

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account

    def __str__(self) -> str:
        return f"there is no account {self.account!r:.60}: see `cashwrap staff list`"


class AccountExists(StaffError):
    """The code is taken; codes are never given twice."""

    code = "staff.account_exists"

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account

    def __str__(self) -> str:
        return f"account {self.account} exists already: take another code, or enable it"


class NoSuchRole(StaffError):
    """No role has the name."""

    code = "staff.no_such_role"

    def __init__(self, role: str, known: tuple[str, ...]) -> None:
        super().__init__(role, known)
        self.role = role
        self.known = known

    def __str__(self) -> str:
        return f"there is no role {self.role!r:.60}, only {', '.join(self.known)}"


class LastManager(StaffError):
    """Nobody would be left who may manage staff."""

    code = "staff.last_manager"

    def __str__(self) -> str:
        return "nobody would be left who may manage staff: give somebody else that right first"


class BeyondOwnRights(StaffError):
    """A role that may do more than one's own is neither given nor taken away."""

    code = "staff.beyond_own_rights"

    def __init__(self, by: str, role: str) -> None:
        super().__init__(by, role)
        self.by = by
        self.role = role

    def __str__(self) -> str:
        return (
            f"role {self.role} may do more than {self.by}: somebody with all its rights does that"
        )
