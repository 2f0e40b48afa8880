"""Who works at the demo shop."""

from cashwrap.staff.people import DeviceOwner
from cashwrap.till import Till

EARLY, LATE, MANAGER = "王芳", "李强", "店长"
PINS = {EARLY: "4711", LATE: "5826", MANAGER: "9035"}


def enroll(till: Till) -> None:
    """Give everybody an account and a PIN."""
    opening = DeviceOwner("开店")
    till.staff.enroll(MANAGER, MANAGER, role="manager", pin=PINS[MANAGER], by=opening)
    for clerk in (EARLY, LATE):
        till.staff.enroll(clerk, clerk, role="cashier", pin=PINS[clerk], by=opening)
