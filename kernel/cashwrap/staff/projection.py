"""Accounts, roles and wrong PINs in a row, as the journal tells them."""

from collections.abc import Callable, Mapping

import msgspec

from cashwrap.events import Envelope, Event
from cashwrap.staff import events as e
from cashwrap.staff.pins import PinSecret
from cashwrap.staff.roles import SHIPPED, Role
from cashwrap.store.tables import Reader, Writer

ACCOUNTS, ROLES, DEVICE = "staff.accounts", "staff.roles", "staff.device"
_DEVICE_KEY = b"device"


class Account(msgspec.Struct, frozen=True, array_like=True):
    """One person who may sign in. ``wrong`` counts wrong PINs in a row."""

    code: str
    name: str
    role: str
    active: bool = True
    secret: PinSecret | None = None
    wrong: int = 0
    store: str = ""


class Device(msgspec.Struct, frozen=True, array_like=True):
    """Wrong PINs in a row of all accounts of the device together, and what its pepper is called."""

    wrong: int = 0
    pepper: str = ""


_encode = msgspec.msgpack.Encoder().encode
_account = msgspec.msgpack.Decoder(Account).decode
_role = msgspec.msgpack.Decoder(Role).decode
_device = msgspec.msgpack.Decoder(Device).decode


class StaffProjection:
    """Folds the staff room's events."""

    name: str = "staff"
    version: int = 1
    tables: tuple[str, ...] = (ACCOUNTS, ROLES, DEVICE)
    reads: Mapping[str, type[Event]] = {
        kind.kind: kind
        for kind in (
            e.RoleDefined,
            e.StaffEnrolled,
            e.RoleGiven,
            e.StaffDisabled,
            e.StaffEnabled,
            e.PinSet,
            e.StaffUnlocked,
            e.PepperMade,
            e.SignedIn,
            e.PinWrong,
            e.PinRight,
            e.StaffApproved,
        )
    }

    def fold(self, writer: Writer, envelope: Envelope, body: Event) -> None:
        """Apply one event."""
        match body:
            case e.RoleDefined():
                role = Role(body.role, body.grants)
                writer.put(ROLES, body.role.encode(), _encode(role))
            case e.StaffEnrolled():
                account = Account(body.account, body.name, body.role, True, body.secret)
                _put(writer, msgspec.structs.replace(account, store=body.store))
            case e.RoleGiven():
                _change(writer, body.account, role=body.role)
            case e.StaffDisabled():
                _change(writer, body.account, active=False)
            case e.StaffEnabled():
                _change(writer, body.account, active=True)
            case e.PinSet():
                _change(writer, body.account, secret=body.secret, wrong=0)
            case e.PepperMade():
                _change_device(writer, pepper=body.pepper)
            case e.PinWrong():
                _count_wrong(writer, body.account)
            case e.StaffUnlocked(account=""):
                _change_device(writer, wrong=0)
            case e.StaffUnlocked():
                _change(writer, body.account, wrong=0)
            case e.SignedIn() | e.PinRight():
                _right(writer, body.account)
            case e.StaffApproved():
                _right(writer, body.approver)


def accounts(reader: Reader) -> dict[str, Account]:
    """Return all accounts by code, disabled ones too."""
    return {row.code: row for row in (_account(value) for _, value in reader.items(ACCOUNTS))}


def names(reader: Reader) -> Callable[[str], str]:
    """Return what says for a code how its account is called; a code without one stands itself."""
    called = {code: account.name for code, account in accounts(reader).items()}
    return lambda code: called.get(code, "") or code


def roles(reader: Reader) -> dict[str, Role]:
    """Return all roles by name: the shipped ones, and those that the journal defines."""
    defined = (_role(value) for _, value in reader.items(ROLES))
    return SHIPPED | {role.name: role for role in defined}


def device(reader: Reader) -> Device:
    """Return what is known of the device as a whole."""
    found = reader.get(DEVICE, _DEVICE_KEY)
    return Device() if found is None else _device(found)


def has_accounts(reader: Reader) -> bool:
    """Return whether somebody has an account."""
    return next(iter(reader.items(ACCOUNTS)), None) is not None


def _put(writer: Writer, account: Account) -> None:
    writer.put(ACCOUNTS, account.code.encode(), _encode(account))


def _change(writer: Writer, code: str, **fields: object) -> None:
    found = writer.get(ACCOUNTS, code.encode())
    if found is not None:
        _put(writer, msgspec.structs.replace(_account(found), **fields))


def _change_device(writer: Writer, **fields: object) -> None:
    changed = msgspec.structs.replace(device(writer), **fields)
    writer.put(DEVICE, _DEVICE_KEY, _encode(changed))


def _count_wrong(writer: Writer, code: str) -> None:
    found = writer.get(ACCOUNTS, code.encode()) if code else None
    if found is not None:
        account = _account(found)
        _put(writer, msgspec.structs.replace(account, wrong=account.wrong + 1))
    _change_device(writer, wrong=device(writer).wrong + 1)


def _right(writer: Writer, code: str) -> None:
    """A right PIN ends both rows of wrong ones."""
    found = writer.get(ACCOUNTS, code.encode())
    if found is not None and (account := _account(found)).wrong:
        _put(writer, msgspec.structs.replace(account, wrong=0))
    if device(writer).wrong:
        _change_device(writer, wrong=0)
