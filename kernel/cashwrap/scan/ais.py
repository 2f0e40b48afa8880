"""The GS1 application identifiers (AIs): format of each, what it needs and what it excludes.

Facts of the GS1 General Specifications, release 24, sections 3 and 4.14. A row holds

- identifiers: ``310n`` is a series whose last digit counts decimals, ``703?`` ten identifiers;
- the format: N digits, X character set 82, Y set 39, Z base64url; ``X1-20`` is 1 to 20 characters,
  a trailing ``?`` an optional part, ``:name`` a check of `cashwrap.scan.ai_checks`;
- what it needs: one of each group (groups divided by ";", choices by ","), by first digits;
- what it excludes, by first digits.

Structures inside coupons (8110, 8112) are not taken apart.
"""

import re
from typing import Literal

import msgspec

_GOODS = "01,02,8006,8026"
_MEASURED = "30,31,32,35,36"
_NET, _GROSS = "01,02", "00,01"

_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("00 03", "N18:check", "", ""),
    ("01", "N14:check", "", "02,255,37"),
    ("02", "N14:check", "37", ""),
    ("10", "X1-20", _GOODS, ""),
    ("11 13 15 16", "N6:date0", _GOODS, ""),
    ("12", "N6:date0", "8020", ""),
    ("17", "N6:date0", f"{_GOODS},255", ""),
    ("20", "N2", _GOODS, ""),
    ("21", "X1-20", "01,8006", "235"),
    ("22", "X1-20", "01", ""),
    ("235", "X1-28", "01", ""),
    ("240 241", "X1-30", _GOODS, ""),
    ("242", "N1-6", _GOODS, ""),
    ("243", "X1-20", "01", ""),
    ("250", "X1-30", "01,8006;21", ""),
    ("251", "X1-30", "01,8006", ""),
    ("253", "N13:check X1-17?", "", ""),
    ("254", "X1-20", "414", ""),
    ("255", "N13:check N1-12?", "", "01,02,415,8006,8020,8026"),
    ("30", "N1-8", _NET, ""),
    ("310n 311n 312n 313n 314n 315n 316n 350n 351n 352n 356n 357n", "N6", _NET, ""),
    ("320n 321n 322n 323n 324n 325n 326n 327n 328n 329n", "N6", _NET, ""),
    ("360n 361n 364n 365n 366n", "N6", _NET, ""),
    ("330n 331n 332n 333n 334n 335n 336n 353n 354n 355n", "N6", _GROSS, ""),
    ("340n 341n 342n 343n 344n 345n 346n 347n 348n 349n", "N6", _GROSS, ""),
    ("362n 363n 367n 368n 369n", "N6", _GROSS, ""),
    ("337n", "N6", "01", ""),
    ("37", "N1-8", "02,8026", ""),
    ("390n", "N1-15", "255,8020", "391,394,8111"),
    ("391n", "N3 N1-15", "8020", ""),
    ("392n", "N1-15", f"01;{_MEASURED}", "393"),
    ("393n", "N3 N1-15", _MEASURED, ""),
    ("394n", "N4", "255", "8111"),
    ("395n", "N6", _MEASURED, "392,393,8005"),
    ("400", "X1-30", "", ""),
    ("401", "X1-30", "", ""),
    ("402", "N17:check", "", ""),
    ("403", "X1-30", "00", ""),
    ("410 411 412 413 414 416 417", "N13:check", "", ""),
    ("415", "N13:check", "8020", ""),
    ("420", "X1-20", "", "421"),
    ("421", "N3 X1-9", "", "4307"),
    ("422", "N3", _GOODS, "426"),
    ("423 425", "N3-15:threes", _NET, "426"),
    ("424", "N3", _NET, "426"),
    ("426", "N3", _NET, ""),
    ("427", "X1-3", "01,02;422", ""),
    ("4300 4301 4310 4311 4320", "X1-35", "00", ""),
    ("4302 4304 4305 4306 4312 4314 4315 4316", "X1-70", "00", ""),
    ("4303", "X1-70", "4302", ""),
    ("4313", "X1-70", "4312", ""),
    ("4307 4317", "X2:country", "00", ""),
    ("4308 4319", "X1-30", "00", ""),
    ("4309", "N20:place", "00", ""),
    ("4318", "X1-20", "00", ""),
    ("4321 4322 4323", "N1:flag", "00", ""),
    ("4324 4325", "N6:date0 N4:late_time", "00", ""),
    ("4326", "N6:date", "00", ""),
    ("4330 4332", "N6 X1?:minus", "00", "4331,4333"),
    ("4331 4333", "N6 X1?:minus", "00", ""),
    ("7001", "N13", _GOODS, ""),
    ("7002", "X1-30", _NET, ""),
    ("7003", "N6:date N4:time", _NET, ""),
    ("7004", "N1-4", "01;10", ""),
    ("7005", "X1-12", _NET, ""),
    ("7006", "N6:date", _NET, ""),
    ("7007", "N6:date N6?:date", _NET, ""),
    ("7008", "X1-3", _NET, ""),
    ("7009", "X1-10", _NET, ""),
    ("7010", "X1-2", _NET, ""),
    ("7011", "N6:date N4?:time", _NET, ""),
    ("7020", "X1-20", "01,8006;416", ""),
    ("7021", "X1-20", "01,8006", ""),
    ("7022", "X1-20", "7021", ""),
    ("7023", "X1-30", "", ""),
    ("703?", "N3 X1-27", _NET, ""),
    ("7040", "N1 X3", "", ""),
    ("7041", "X1-4", "00", ""),
    ("710 711 712 713 714 715 716 717", "X1-20", "01", ""),
    ("723?", "X2 X1-28", "01,8004", ""),
    ("7240", "X1-20", "01,8006", ""),
    ("7241", "N2", "8017,8018", ""),
    ("7242", "X1-25", "8017,8018", ""),
    ("7250", "N8:long_date", "8018", ""),
    ("7251", "N8:long_date N4:time", "8018", ""),
    ("7252", "N1", "8018", ""),
    ("7253 7254 7259", "X1-40", "8017,8018", ""),
    ("7255", "X1-10", "8017,8018", ""),
    ("7256", "X1-90", "8017,8018", ""),
    ("7257", "X1-70", "8018", ""),
    ("7258", "X3:birth_order", "8018", ""),
    ("8001", "N4 N5 N3 N1 N1", "01", ""),
    ("8002", "X1-20", "", ""),
    ("8003", "N1:zero N13:check X1-16?", "", ""),
    ("8004", "X1-30", "", ""),
    ("8005", "N6", _NET, ""),
    ("8006", "N14:check N4:piece", "", "01,37"),
    ("8007", "X1-34:iban", "415", ""),
    ("8008", "N6:date N2:time N2-4?:minutes", _NET, ""),
    ("8009", "X1-50", _GROSS, ""),
    ("8010", "Y1-30", "", ""),
    ("8011", "N1-12:no_leading_zero", "8010", ""),
    ("8012", "X1-20", "01,8006", ""),
    ("8013", "X1-25:model", "", ""),
    ("8014", "X1-25", "", ""),
    ("8017", "N18:check", "", "8018"),
    ("8018", "N18:check", "", ""),
    ("8019", "N1-10", "8017,8018", ""),
    ("8020", "X1-25", "415", ""),
    ("8026", "N14:check N4:piece", "37", "02,8006"),
    ("8030", "Z1-90", "00,01,253,255,8003,8004,8006,8010,8017,8018", ""),
    ("8040 8041", "N15", "", ""),
    ("8042", "N32", "", ""),
    ("8043", "N18-20", "", ""),
    ("8110 8112", "X1-70", "", ""),
    ("8111", "N4", "255", ""),
    ("8200", "X1-70", "01", ""),
    ("90", "X1-30", "", ""),
    ("91 92 93 94 95 96 97 98 99", "X1-90", "", ""),
)

# First two digits whose fields end by their length, without FNC1 (figure 7.8.5-2).
_PREDEFINED = frozenset("00 01 02 03 04 11 12 13 14 15 16 17 18 19 20 31 32 33 34 35 36 41".split())


class Part(msgspec.Struct, frozen=True):
    """A stretch of an element's value."""

    letter: Literal["N", "X", "Y", "Z"]
    length_min: int
    length_max: int
    optional: bool
    check: str


class Ai(msgspec.Struct, frozen=True):
    """What an element may hold. ``series`` is the identifier without its decimals digit."""

    series: str
    has_decimals: bool
    parts: tuple[Part, ...]
    needs: tuple[tuple[str, ...], ...]
    excludes: tuple[str, ...]
    predefined: bool

    @property
    def length_min(self) -> int:
        """The least number of characters of a value."""
        return sum(part.length_min for part in self.parts if not part.optional)

    @property
    def length_max(self) -> int:
        """The greatest number of characters of a value."""
        return sum(part.length_max for part in self.parts)


def find(text: str, at: int = 0) -> tuple[str, Ai] | None:
    """Return the identifier that the text shows at this place, and its row, or None."""
    ai = text[at : at + _AI_DIGITS.get(text[at : at + 2], 0)]
    row = _TABLE.get(ai)
    if row is None and len(ai) == 4 and ai[3] in "0123456789":
        row = _TABLE.get(ai[:3])
        if row is None or not row.has_decimals or int(ai[3]) > _decimals_max(row.series):
            return None
    return (ai, row) if row and len(row.series) + row.has_decimals == len(ai) else None


def _decimals_max(series: str) -> int:
    if series[0] == "3" and series[1] != "9":
        return 5
    return {"394": 3, "395": 5}.get(series, 9)


def _rows() -> dict[str, Ai]:
    table = {}
    for names, form, needs, excludes in _ROWS:
        parts = tuple(_part(text) for text in form.split())
        groups = tuple(tuple(group.split(",")) for group in needs.split(";") if group)
        banned = tuple(excludes.split(",")) if excludes else ()
        for name in names.split():
            for series in [name.replace("?", str(n)) for n in range(10 if "?" in name else 1)]:
                key = series.rstrip("n")
                ends_by_length = key[:2] in _PREDEFINED
                table[key] = Ai(key, key != series, parts, groups, banned, ends_by_length)
    return table


def _part(text: str) -> Part:
    match = re.fullmatch(r"([NXYZ])([0-9]+)(?:-([0-9]+))?(\?)?(?::([a-z_0-9]+))?", text)
    assert match, text
    letter, low, high, optional, check = match.groups(default="")
    return Part(letter, int(low), int(high or low), bool(optional), check)  # type: ignore[arg-type]


_TABLE = _rows()
_AI_DIGITS = {key[:2]: len(key) + row.has_decimals for key, row in _TABLE.items()}
