"""GS1 Digital Link URIs (standard 1.4, uncompressed form): elements in the path and the query."""

import re

from cashwrap.scan import ais
from cashwrap.scan.errors import LinkMalformed
from cashwrap.scan.masking import shown
from cashwrap.scan.model import Elements, ScanRules

# Primary keys and the orders in which qualifiers may follow them in the path (section 4.6).
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "00": ((),),
    "01": (("22", "10", "21"), ("235",)),
    "253": ((),), "255": ((),), "401": ((),), "402": ((),),
    "414": (("254",), ("7040",)),
    "415": (("8020",),),
    "417": (("7040",),),
    "8003": ((),),
    "8004": (("7040",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8013": ((),),
    "8017": (("8019",),), "8018": (("8019",),),
}  # fmt: skip
_QUALIFIERS = {ai for orders in _KEYS.values() for order in orders for ai in order}
_URI = re.compile(r"(?:https?|HTTPS?)://([^/?#]+)(/[^?#]*)(?:\?([^#]*))?(?:#.*)?")
_ESCAPED = re.compile("%([0-9A-Fa-f]{2})")


def split_link(uri: str, rules: ScanRules) -> Elements | None:
    """Return the elements of the URI, or None when its path holds no GS1 key.

    Raises LinkMalformed when it holds one and then breaks a rule.
    """
    match = _URI.fullmatch(uri)
    pairs = _path_elements(match[2]) if match else None
    if match is None or pairs is None:
        return None
    key = pairs[0][0]
    _check_qualifiers(key, [ai for ai, _ in pairs[1:]])
    decoded = [(ai, _unescape(value)) for ai, value in pairs]
    decoded += _query_elements(match[3] or "")
    return tuple((ai, _whole_gtin(ai, value, rules)) for ai, value in decoded)


def _path_elements(path: str) -> list[tuple[str, str]] | None:
    """Return the last primary key of the path and what follows it."""
    segments = path.rstrip("/").split("/")
    for at in range(len(segments) - 2, 0, -2):
        if segments[at] in _KEYS:
            return list(zip(segments[at::2], segments[at + 1 :: 2], strict=True))
        if not (segments[at].isascii() and segments[at].isdigit()):
            return None
    return None


def _check_qualifiers(key: str, given: list[str]) -> None:
    for order in _KEYS[key]:
        places = [order.index(ai) for ai in given if ai in order]
        if len(places) == len(given) and places == sorted(set(places)):
            return
    allowed = " or ".join(", ".join(order) for order in _KEYS[key] if order) or "nothing"
    got = shown(", ".join(given))
    raise LinkMalformed(f"after ({key}) may stand {allowed} in this order, not {got}")


def _query_elements(query: str) -> list[tuple[str, str]]:
    pairs = []
    for item in re.split("[&;]", query):
        name, _, value = item.partition("=")
        if not (name.isascii() and name.isdigit()):
            continue  # not GS1's: an extension or somebody's tracking
        found = ais.find(name)
        if found is None or found[0] != name:
            raise LinkMalformed(f"({name[:8]}) is not an application identifier")
        pairs.append((name, _unescape(value.replace("+", " "))))
    return pairs


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _whole_gtin(ai: str, value: str, rules: ScanRules) -> str:
    """Return 14 digits for a GTIN written without its leading zeros, where that is allowed."""
    if ai not in ("01", "02") or len(value) not in (8, 12, 13):
        return value
    if not rules.zero_suppressed_gtins:
        raise LinkMalformed(f"({ai}) has {len(value)} digits, must have 14 with leading zeros")
    return value.zfill(14)
