"""Dates inside barcodes: two-digit years, and day 00 for the end of the month."""

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def full_year(two_digits: int, this_year: int) -> int:
    """Return the year meant, from 49 years back to 50 ahead (GS1 General Specifications 7.12)."""
    ahead = two_digits - this_year % 100
    century = this_year - this_year % 100
    if ahead >= 51:
        century -= 100
    elif ahead <= -50:
        century += 100
    return century + two_digits


def full_date(yymmdd: str, this_year: int, *, day_zero: bool = True) -> int:
    """Return yyyymmdd, or 0 when there is no such day; day 00 is the last one of the month."""
    return _day(full_year(int(yymmdd[:2]), this_year), yymmdd[2:], day_zero)


def long_date(yyyymmdd: str) -> int:
    """Return yyyymmdd for eight digits, or 0 when there is no such day."""
    return _day(int(yyyymmdd[:4]), yyyymmdd[4:], day_zero=True)


def _day(year: int, mmdd: str, day_zero: bool) -> int:
    month, day = int(mmdd[:2]), int(mmdd[2:])
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return 0
    last = _DAYS[month - 1] + (month == 2 and year % 4 == 0 and (year % 100 > 0 or year % 400 == 0))
    if day == 0 and day_zero:
        day = last
    return year * 10_000 + month * 100 + day if 1 <= day <= last else 0


def is_time(digits: str) -> bool:
    """Whether the digits are hh, hhmm or hhmmss of a day of 24 hours."""
    pairs = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    return pairs[0] < 24 and all(pair < 60 for pair in pairs[1:])
