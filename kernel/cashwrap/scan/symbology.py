"""AIM symbology identifiers (ISO/IEC 15424): three characters in front that say what was read."""

_NAMES = {
    "E0": "ean13", "E3": "ean13", "E4": "ean8", "I0": "itf14", "I1": "itf14",
    "C0": "code128", "C1": "gs1-128", "A0": "code39",
    "e0": "databar", "e1": "composite", "e2": "composite", "e3": "composite",
    "d1": "datamatrix", "d2": "gs1-datamatrix", "d4": "datamatrix", "d5": "gs1-datamatrix",
    "Q0": "qr", "Q1": "qr", "Q2": "qr", "Q3": "gs1-qr", "Q4": "gs1-qr",
    "J0": "dotcode", "J1": "gs1-dotcode", "z0": "aztec", "L0": "pdf417",
}  # fmt: skip

GS1_SYMBOLOGIES = frozenset(
    {"gs1-128", "databar", "composite", "gs1-datamatrix", "gs1-qr", "gs1-dotcode"}
)
"""Symbologies whose data is always GS1 elements."""


def split_symbology(text: str) -> tuple[str, str]:
    """Return the name of the symbology, "" when the scanner sends none, and the data."""
    if len(text) >= 3 and text[0] == "]" and text[1:3].isascii() and text[1:3].isalnum():
        return _NAMES.get(text[1:3], "other"), text[3:]
    return "", text
