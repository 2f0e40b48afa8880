"""Refusals of pairing."""

from cashwrap.errors import CashwrapError


class PairingError(CashwrapError):
    """Base of the refusals of pairing."""

    code = "pairing"


class CodeRefused(PairingError):
    """No device is let in by this code; why is not told to who guesses."""

    code = "pairing.code"

    def __str__(self) -> str:
        return "this code is wrong, was used, or is too old: let the till show a new one"


class NameTaken(PairingError):
    """Another device goes by that name; the code is still good."""

    code = "pairing.name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"another device is called {self.name!r}: choose another name"


class NoSuchDevice(PairingError):
    """No device that is let in has this id or name."""

    code = "pairing.unknown"

    def __init__(self, named: str) -> None:
        super().__init__(named)
        self.named = named

    def __str__(self) -> str:
        return f"no paired device is called {self.named!r:.80}: `cashwrap pair --list` names them"


class TooManyDevices(PairingError):
    """As many devices are let in as may be."""

    code = "pairing.too_many"

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most

    def __str__(self) -> str:
        return f"{self.most} devices are paired, no more may be: shut one out first"
