"""How often sales are suspended, why, when and by whom, and what becomes of them."""

from collections.abc import Callable, Iterable

import msgspec

from cashwrap.errors import InvalidInput, whole
from cashwrap.money import PPM, div_round
from cashwrap.sale.holds import projection
from cashwrap.sale.holds.model import Hold
from cashwrap.store.tables import Reader

HOUR_MS = 3_600_000


class HoldSums(msgspec.Struct, frozen=True):
    """Counts of holds, and money in minor units.

    Every hold was ``suspended``, and either ``resumed``, or cancelled as it was, or it is
    ``waiting``, or has been for so long that it counts as ``abandoned``. ``finished`` were resumed
    and paid, which brought in ``recovered_minor``; ``cancelled`` ended without, resumed or not.
    A sale that was suspended again counts among the finished, cancelled, waiting or abandoned by
    its newest hold. ``waited_ms`` is for how long those waited that were resumed.
    """

    suspended: int = 0
    suspended_minor: int = 0
    resumed: int = 0
    finished: int = 0
    recovered_minor: int = 0
    cancelled: int = 0
    cancelled_minor: int = 0
    waiting: int = 0
    waiting_minor: int = 0
    abandoned: int = 0
    abandoned_minor: int = 0
    waited_ms: int = 0

    @property
    def lost_minor(self) -> int:
        """Return what was on sales that were cancelled or abandoned."""
        return self.cancelled_minor + self.abandoned_minor

    @property
    def resumed_ppm(self) -> int:
        """Return the share of holds that were resumed."""
        return self._share(self.resumed)

    @property
    def abandoned_ppm(self) -> int:
        """Return the share of holds that nobody came back for."""
        return self._share(self.abandoned)

    @property
    def waited_average_ms(self) -> int:
        """Return for how long those waited that were resumed."""
        return div_round(self.waited_ms, self.resumed, "half_up") if self.resumed else 0

    def _share(self, count: int) -> int:
        return div_round(count * PPM, self.suspended, "half_up") if self.suspended else 0


class HoldReport(msgspec.Struct, frozen=True):
    """The holds of some business days (yyyymmdd): in sum, and by reason, hour of the day, staff.

    They count on the day on which they were suspended, as they stand now.
    """

    first_day: int
    last_day: int
    total: HoldSums
    by_reason: dict[str, HoldSums]
    by_hour: dict[int, HoldSums]
    by_staff: dict[str, HoldSums]


def report(
    reader: Reader, first_day: int, last_day: int, now_ms: int, abandoned_hours: int
) -> HoldReport:
    """Return the report of business days (yyyymmdd), both included. Raises InvalidInput."""
    for day in (first_day, last_day):
        if not 0 < whole(day, "a business day") < 1_0000_00_00:
            raise InvalidInput(f"{day} is not a business day: write it like 20260301")
    abandoned_before_ms = now_ms - abandoned_hours * HOUR_MS
    holds = list(projection.of_days(reader, first_day, last_day))

    def by(group: Callable[[Hold], str]) -> dict[str, HoldSums]:
        return _grouped(holds, group, abandoned_before_ms)

    return HoldReport(
        first_day,
        last_day,
        _sums(holds, abandoned_before_ms),
        by(lambda hold: hold.reason),
        {int(hour): sums for hour, sums in by(lambda hold: f"{hold.hour:02d}").items()},
        by(lambda hold: hold.staff),
    )


def _grouped(
    holds: Iterable[Hold], group: Callable[[Hold], str], abandoned_before_ms: int
) -> dict[str, HoldSums]:
    groups: dict[str, list[Hold]] = {}
    for hold in holds:
        groups.setdefault(group(hold), []).append(hold)
    return {name: _sums(groups[name], abandoned_before_ms) for name in sorted(groups)}


def _sums(holds: Iterable[Hold], abandoned_before_ms: int) -> HoldSums:
    sums: dict[str, int] = dict.fromkeys(HoldSums.__struct_fields__, 0)

    def add(count: str, amount: int, total: str) -> None:
        sums[count] += 1
        sums[total] += amount

    for hold in holds:
        add("suspended", hold.total_minor, "suspended_minor")
        if hold.resumed_ms:
            add("resumed", max(0, hold.resumed_ms - hold.at_ms), "waited_ms")
        if hold.state == "completed":
            add("finished", hold.paid_minor, "recovered_minor")
        elif hold.state == "cancelled":
            add("cancelled", hold.total_minor, "cancelled_minor")
        elif hold.state == "waiting":
            name = "abandoned" if hold.at_ms < abandoned_before_ms else "waiting"
            add(name, hold.total_minor, f"{name}_minor")
    return HoldSums(**sums)
