"""A store's own barcodes (GS1 prefixes 02, 04, 20 to 29): item, price, weight, count.

A rule is a picture of the digits: a digit stands for itself, I is the item, P price, W weight,
N count, K the verifier of the price, weight or count, C the check digit at the end.
"""

import re
from typing import Literal

import msgspec

from cashwrap.errors import Issue
from cashwrap.money import Currency
from cashwrap.scan.digits import check_digit, check_holds, measure_verifier
from cashwrap.scan.errors import CheckDigitWrong, VerifierWrong

_LENGTHS = (8, 12, 13, 18)
_LENGTH_NAMES = "8 (EAN-8), 12 (UPC-A), 13 (EAN-13) or 18 (Code 128)"


class StoreCodeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One layout of the store's own codes, such as ``21IIIIIPPPPPC``.

    A verifier "ignored" is for scales that put something else into K.
    """

    pattern: str
    price_decimals: int = 2
    weight_decimals: int = 3
    verifier: Literal["gs1", "ignored"] = "gs1"

    def layout(self) -> "Layout":
        """Return the places of the fields; 12 digits are laid out as 13 with a leading zero."""
        pattern = f"0{self.pattern}" if len(self.pattern) == 12 else self.pattern
        return Layout(
            pattern, self.verifier == "gs1", self.price_decimals, self.weight_decimals,
            *(_span(pattern, letter) for letter in "IPWNK"),
        )  # fmt: skip


class StoreCode(msgspec.Struct, frozen=True, gc=False):
    """What a store code holds; the measures are None when the rule has no place for them."""

    item: str
    price: tuple[int, int] | None  # units and decimals
    weight_milli: int | None
    count: int | None


class Layout(msgspec.Struct, frozen=True):
    """A rule ready for use: each field is the slice of its digits."""

    pattern: str
    verified: bool
    price_decimals: int
    weight_decimals: int
    item: slice
    price: slice
    weight: slice
    count: slice
    verifier: slice

    @property
    def length(self) -> int:
        """How many digits it matches."""
        return len(self.pattern)

    def prefixes(self) -> list[str]:
        """Return every pair of first digits that can match."""
        return [p for p in (f"{n:02d}" for n in range(100)) if _fits(self.pattern[:2], p)]

    def matches(self, digits: str) -> bool:
        """Whether the literal digits stand where they must."""
        return len(digits) == len(self.pattern) and _fits(self.pattern, digits)

    def read(self, digits: str) -> StoreCode:
        """Return the fields. Raises CheckDigitWrong, then VerifierWrong."""
        if not check_holds(digits):
            raise CheckDigitWrong(digits, check_digit(digits[:-1]), "store code")
        self._verify(digits)
        price, weight, count = digits[self.price], digits[self.weight], digits[self.count]
        return StoreCode(
            digits[self.item],
            (int(price), self.price_decimals) if price else None,
            int(weight) * 10 ** (3 - self.weight_decimals) if weight else None,
            int(count) if count else None,
        )

    def _verify(self, digits: str) -> None:
        verifier = digits[self.verifier]
        if verifier and self.verified:
            measure = digits[self.price] or digits[self.weight] or digits[self.count]
            expected = measure_verifier(measure)
            if expected != int(verifier):
                raise VerifierWrong(digits, expected, int(verifier))


def _span(pattern: str, letter: str) -> slice:
    first = pattern.find(letter)
    return slice(first, pattern.rfind(letter) + 1) if first >= 0 else slice(0, 0)


def _fits(pattern: str, digits: str) -> bool:
    return all(p == d or p.isalpha() for p, d in zip(pattern, digits, strict=True))


def rule_issues(rules: tuple[StoreCodeRule, ...], currency: Currency) -> list[Issue]:
    """Return all that is wrong with the rules, each by itself and then in pairs."""
    issues = []
    for at, rule in enumerate(rules):
        for problem in [*_pattern_problems(rule), *_decimal_problems(rule, currency)]:
            issues.append(Issue(f"store_codes[{at}]", "scan.rules", f"{rule.pattern!r} {problem}"))
    if not issues:
        issues = _overlaps(rules)
    return issues


def _pattern_problems(rule: StoreCodeRule) -> list[str]:
    pattern, problems = rule.pattern, []
    if not re.fullmatch(r"[0-9IPWNKC]+", pattern):
        return ["may hold digits and the letters I P W N K C only"]
    if len(pattern) not in _LENGTHS:
        problems.append(f"has {len(pattern)} places, must have {_LENGTH_NAMES}")
    if pattern.find("C") != len(pattern) - 1:
        problems.append("must have one C, at the end")
    for letter in "IPWNK":
        if re.search(rf"{letter}[^{letter}]+{letter}", pattern):
            problems.append(f"must have all its {letter} side by side")
    if "I" not in pattern:
        problems.append("must have an item (I)")
    if len(pattern) != 18 and not _restricted(pattern):
        problems.append("must begin with 02, 04 or 20 to 29 (UPC-A 2 or 4, EAN-8 0 or 2)")
    if len(pattern) == 18 and not re.match(r"[0-9]{2}", pattern):
        problems.append("must begin with two digits")
    return problems + _verifier_problems(rule)


def _restricted(pattern: str) -> bool:
    """Whether the first digits are kept for stores' own use (General Specifications 1.4.2)."""
    if len(pattern) == 8:
        return pattern[0] in "02"
    return pattern[0] in "24" if len(pattern) == 12 else bool(re.match("2|0[24]", pattern))


def _verifier_problems(rule: StoreCodeRule) -> list[str]:
    verifiers = rule.pattern.count("K")
    measures = [n for letter in "PWN" if (n := rule.pattern.count(letter))]
    if not verifiers or rule.verifier == "ignored":
        return []
    if verifiers > 1 or len(measures) != 1 or measures[0] not in (4, 5):
        return ["has a verifier (K): needs one K and one price, weight or count of 4 or 5 digits"]
    return []


def _decimal_problems(rule: StoreCodeRule, currency: Currency) -> list[str]:
    problems = []
    if "P" in rule.pattern and not 0 <= rule.price_decimals <= currency.digits:
        problems.append(
            f"has {rule.price_decimals} price decimals, {currency.code} has {currency.digits}"
        )
    if "W" in rule.pattern and not 0 <= rule.weight_decimals <= 3:
        problems.append(f"has {rule.weight_decimals} weight decimals, must have 0 to 3")
    return problems


def _overlaps(rules: tuple[StoreCodeRule, ...]) -> list[Issue]:
    patterns = [rule.layout().pattern for rule in rules]
    return [
        Issue(f"store_codes[{later}]", "scan.rules", _overlap_text(rules[earlier], rules[later]))
        for later in range(len(patterns))
        for earlier in range(later)
        if _may_both_fit(patterns[earlier], patterns[later])
    ]


def _overlap_text(one: StoreCodeRule, other: StoreCodeRule) -> str:
    return f"{other.pattern!r} overlaps {one.pattern!r}: some code fits both, tell them apart"


def _may_both_fit(one: str, other: str) -> bool:
    return len(one) == len(other) and all(
        a == b or a.isalpha() or b.isalpha() for a, b in zip(one, other, strict=True)
    )


# China, price-computing scales: 13 digits with the amount, 18 with amount and weight.
CHINA_AMOUNT = StoreCodeRule("21IIIIIPPPPPC")
CHINA_AMOUNT_WEIGHT = StoreCodeRule("26IIIIIPPPPPWWWWWC")
CHINA = (CHINA_AMOUNT, CHINA_AMOUNT_WEIGHT)
# US and Canada, UPC-A type 2 for variable-measure packs.
NORTH_AMERICA = (StoreCodeRule("2IIIIIKPPPPC"),)
# Sweden: price in 20 to 22, weight in 23 to 25, decimals by prefix; Finland and the Baltics
# use the same three weights. Price 2088060112343 is 12.34.
SWEDEN = (
    StoreCodeRule("20IIIIIIPPPPC", price_decimals=2),
    StoreCodeRule("21IIIIIIPPPPC", price_decimals=1),
    StoreCodeRule("22IIIIIIPPPPC", price_decimals=0),
    StoreCodeRule("23IIIIIIWWWWC", weight_decimals=3),
    StoreCodeRule("24IIIIIIWWWWC", weight_decimals=2),
    StoreCodeRule("25IIIIIIWWWWC", weight_decimals=1),
)
FINLAND = BALTICS = SWEDEN[3:]
GREAT_BRITAIN = (StoreCodeRule("20IIIIIKPPPPC"),)
DENMARK = (
    *(StoreCodeRule(f"{prefix}IIIIIPPPPPC") for prefix in (21, 22, 23, 24)),
    *(StoreCodeRule(f"{prefix}IIIIIWWWWWC") for prefix in (26, 27, 28)),
)
GERMANY = (
    *(StoreCodeRule(f"{prefix}IIIIKPPPPPC") for prefix in (22, 23)),
    *(StoreCodeRule(f"{prefix}IIIIKNNNNNC") for prefix in (25, 26)),
    *(StoreCodeRule(f"{prefix}IIIIKWWWWWC") for prefix in (28, 29)),
)
