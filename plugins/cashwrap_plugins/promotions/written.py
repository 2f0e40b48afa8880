"""How settings of presets are written: ``100``, ``12%``, ``8.8折``, ``COLA,category:tea``."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, NamedTuple

from cashwrap.errors import InvalidInput
from cashwrap.money import PPM, Currency
from cashwrap.promotions.rules import Off, Range, Slot

Money = Annotated[int, "money"]
"""Minor units, written as people write money."""

Percent = Annotated[int, "percent"]
"""What comes off, ppm: ``12%`` or ``8.8折``, which leaves 88 %."""

Count = Annotated[int, "count"]
Words = Annotated[tuple[str, ...], "words"]
Days = Annotated[tuple[int, ...], "days"]
Hours = Annotated[tuple[tuple[str, str], ...], "hours"]
Slots = Annotated[tuple[Slot, ...], "slots"]


class Stairs(NamedTuple):
    """Thresholds in money, each with what comes off: ``100:10,200:25`` or ``100:5%``."""

    stairs: tuple[tuple[int, Off], ...]


class Counts(NamedTuple):
    """Numbers of units and what each saves or costs: ``2:5%``, ``3:-10`` or ``6:9.90``."""

    stairs: tuple[tuple[int, Off], ...]


class Shares(NamedTuple):
    """A percentage for each name: ``gold:12%,silver:5%``."""

    shares: tuple[tuple[str, int], ...]


def money(text: str, currency: Currency) -> Money:
    """Return the minor units of ``9.90``. Raises InvalidInput."""
    minor = currency.parse(text)
    if minor < 0:
        raise InvalidInput(f"{text!r} is below 0: write an amount like 10 or 9.90")
    return minor


def percent(text: str, currency: Currency) -> Percent:
    """Return what comes off: ``12%``, or ``8.8折`` and ``88折``. Raises InvalidInput."""
    words = text.strip()
    share = _decimal(words[:-1])
    if words.endswith("%") and share is not None:
        off = share * 10_000
    elif words.endswith("折") and share is not None:
        off = PPM - share * (10_000 if share >= 10 else 100_000)
    else:
        raise InvalidInput(f"{text!r} is no percentage: write 12%, or 8.8折 for the same")
    if not 0 < off <= PPM or off != off.to_integral_value():
        raise InvalidInput(f"{text!r} takes nothing off, or more than all: write 12% or 8.8折")
    return int(off)


def count(text: str, currency: Currency) -> Count:
    """Return a whole number. Raises InvalidInput."""
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise InvalidInput(f"{text!r} is not a whole number: write it like 2")
    return int(text)


def yes(text: str, currency: Currency) -> bool:
    """Return yes or no. Raises InvalidInput."""
    if text not in ("yes", "no"):
        raise InvalidInput(f"{text!r} is not yes or no")
    return text == "yes"


def word(text: str, currency: Currency) -> str:
    """Return the text without blanks around it."""
    return text.strip()


def words(text: str, currency: Currency) -> Words:
    """Return the names of a list."""
    return tuple(_parts(text))


def goods(text: str, currency: Currency) -> Range:
    """Return a range: SKUs, ``category:X``, ``tag:X``, ``family:X``; ``!`` leaves one out."""
    named: dict[str, list[str]] = {}
    for part in _parts(text):
        without, name = part.startswith("!"), part.lstrip("!")
        kind, colon, rest = name.partition(":")
        field = _FIELDS.get(kind if colon else "sku")
        if field is None or (without and field == "families"):
            raise InvalidInput(
                f"{part!r} names no goods: write a SKU, category:X, tag:X or family:X"
            )
        named.setdefault(f"not_{field}" if without else field, []).append(rest if colon else name)
    return Range(**{field: tuple(names) for field, names in named.items()})  # type: ignore[arg-type]


_FIELDS = {"sku": "skus", "category": "categories", "tag": "tags", "family": "families"}


def slots(text: str, currency: Currency) -> Slots:
    """Return the places of a set: ``category:burger;FRIES;COLA*2``. Raises InvalidInput."""
    found = []
    for part in filter(None, map(str.strip, text.split(";"))):
        what, star, many = part.partition("*")
        found.append(Slot(range=goods(what, currency), count=count(many, currency) if star else 1))
    if not found:
        raise InvalidInput(f"{text!r} is no set: write its places like BURGER;FRIES;COLA*2")
    return tuple(found)


def stairs(text: str, currency: Currency) -> Stairs:
    """Return thresholds and what comes off. Raises InvalidInput."""
    return Stairs(
        tuple(
            (money(at, currency), _off(what, currency))
            for at, what in _pairs(text, "100:10,200:25 or 100:5%")
        )
    )


def counts(text: str, currency: Currency) -> Counts:
    """Return numbers of units and what each then costs or saves. Raises InvalidInput."""
    return Counts(
        tuple(
            (count(at, currency), _unit_off(what, currency))
            for at, what in _pairs(text, "2:5%, 3:-10 (that much off) or 6:9.90 (the price)")
        )
    )


def shares(text: str, currency: Currency) -> Shares:
    """Return a percentage for each name. Raises InvalidInput."""
    pairs = _pairs(text, "gold:12%,silver:5%")
    return Shares(tuple((name, percent(share, currency)) for name, share in pairs))


def days(text: str, currency: Currency) -> Days:
    """Return numbers of days: ``8,18,28``; -1 is the last of the month. Raises InvalidInput."""
    parts = _parts(text)
    if not all(re.fullmatch(r"-1|[1-9][0-9]?", part) for part in parts):
        raise InvalidInput(f"{text!r} are no days: write them like 8,18,28")
    return tuple(map(int, parts))


def hours(text: str, currency: Currency) -> Hours:
    """Return times of the day: ``17:00-19:00,22:00-02:00``. Raises InvalidInput."""
    found = []
    for part in _parts(text):
        one = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", part)
        if one is None:
            raise InvalidInput(f"{part!r} is no time of the day: write it like 17:00-19:00")
        found.append((one[1], one[2]))
    return tuple(found)


class Form(NamedTuple):
    """How one kind of setting is read, and how its help shows it."""

    read: Callable[[str, Currency], object]
    shown: str


FORMS: dict[object, Form] = {
    Money: Form(money, "9.90"),
    Percent: Form(percent, "12% | 8.8折"),
    Count: Form(count, "2"),
    bool: Form(yes, "yes | no"),
    str: Form(word, "text"),
    Words: Form(words, "a,b"),
    Range: Form(goods, "SKU,category:X,tag:X,!SKU"),
    Slots: Form(slots, "A;category:X;B*2"),
    Stairs: Form(stairs, "100:10,200:25"),
    Counts: Form(counts, "2:5%,3:-10,6:9.90"),
    Shares: Form(shares, "gold:12%,silver:5%"),
    Days: Form(days, "8,18,28"),
    Hours: Form(hours, "17:00-19:00"),
}


def shown(
    values: Mapping[str, object],
    forms: Mapping[str, object],
    given: Mapping[str, str],
    currency: Currency,
    language: str,
) -> dict[str, str]:
    """Return settings as a rule's name says them: ``10``, ``8.8折`` or ``12% off``."""
    texts = {name: given.get(name, "") for name in values}
    for name, value in values.items():
        if isinstance(value, int) and forms[name] == Money:
            texts[name] = currency.format(value).removesuffix("." + "0" * currency.digits)
        elif isinstance(value, int) and forms[name] == Percent:
            texts[name] = _percent_text(value, language)
        elif isinstance(value, int):
            texts[name] = str(value)
    return texts


def _percent_text(off_ppm: int, language: str) -> str:
    if off_ppm == PPM:
        return "免费" if language == "zh-CN" else "free"
    if language == "zh-CN":
        return f"{Decimal(PPM - off_ppm).scaleb(-5).normalize():f}折"
    return f"{Decimal(off_ppm).scaleb(-4).normalize():f}% off"


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _parts(text: str) -> list[str]:
    return [part for part in map(str.strip, text.split(",")) if part]


def _pairs(text: str, like: str) -> list[tuple[str, str]]:
    pairs = [(at.strip(), what.strip()) for at, _, what in (p.partition(":") for p in _parts(text))]
    if not pairs or not all(at and what for at, what in pairs):
        raise InvalidInput(f"{text!r} has no pairs: write them like {like}")
    return pairs


def _off(text: str, currency: Currency) -> Off:
    if text.endswith(("%", "折")):
        return Off(percent_ppm=percent(text, currency))
    return Off(amount_minor=money(text.removeprefix("-"), currency))


def _unit_off(text: str, currency: Currency) -> Off:
    if text.startswith("-") or text.endswith(("%", "折")):
        return _off(text, currency)
    return Off(price_minor=money(text, currency))
