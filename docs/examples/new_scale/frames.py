"""The lines that the scale sends: ``ST,GS,+  1.234kg`` at rest, ``US,...`` while it moves."""

import re

from cashwrap.host.scales import Reading

_FRAME = re.compile(r"(ST|US),(GS|NT),([+-])\s*(\d{1,6})\.(\d{3})kg")


def parse(frame: str) -> Reading:
    """Return the weight in a line. Raises ValueError for any other line."""
    found = _FRAME.fullmatch(frame.strip())
    if found is None:
        raise ValueError(f"{frame!r} is no line of this scale")
    state, _, sign, whole, thousandths = found.groups()
    milli = int(whole + thousandths)
    return Reading(-milli if sign == "-" else milli, "kg", stable=state == "ST")
