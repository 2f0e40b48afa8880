"""Which business day a moment belongs to."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cashwrap.errors import CashwrapError


class UnknownTimezone(CashwrapError):
    """The settings name a time zone that this device does not know."""

    code = "settings.timezone"


class BusinessDays:
    """Business days of one time zone that begin ``starts_minutes`` after local midnight."""

    def __init__(self, timezone: str, starts_minutes: int = 0) -> None:
        try:
            self._zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise UnknownTimezone(
                f"time zone {timezone!r} is not known here: write it like Asia/Shanghai"
            ) from error
        self._starts = timedelta(minutes=starts_minutes)
        self._day, self._from_ms, self._until_ms = 0, 0, 0

    def day_of(self, wall_ms: int) -> int:
        """Return the business day of a moment as yyyymmdd."""
        if not self._from_ms <= wall_ms < self._until_ms:
            self._look_up(wall_ms)
        return self._day

    def hour_of(self, wall_ms: int) -> int:
        """Return the hour of the local day, 0 to 23."""
        return datetime.fromtimestamp(wall_ms // 1000, self._zone).hour

    def local_time(self, wall_ms: int) -> str:
        """Return the local date and time as ``2026-03-01 09:30:05``."""
        moment = datetime.fromtimestamp(wall_ms // 1000, self._zone)
        return moment.strftime("%Y-%m-%d %H:%M:%S")

    def _look_up(self, wall_ms: int) -> None:
        # Kept for the running minute: every zone's changes fall on whole minutes.
        local = datetime.fromtimestamp(wall_ms // 1000, self._zone) - self._starts
        self._day = local.year * 10_000 + local.month * 100 + local.day
        self._from_ms = wall_ms // 60_000 * 60_000
        self._until_ms = self._from_ms + 60_000
