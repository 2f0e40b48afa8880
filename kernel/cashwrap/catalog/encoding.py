"""Which encoding a text file is in, line by line, so that a mixed file is refused by name."""

import codecs
from pathlib import Path

from cashwrap.catalog.issues import Issues

LINE_BYTES_MAX = 4 * 1024 * 1024
_BLOCK = 1024 * 1024


def detect(path: Path, issues: Issues) -> str:
    """Return ``utf-8-sig`` or ``gb18030``, or "" after noting why the file cannot be read.

    Lines with characters beyond ASCII decide. A line of Han characters that is valid UTF-8 is
    hardly ever GB18030 by chance; a file with both kinds is mixed and refused.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as fault:
        issues.add(path.name, "file.unreadable", f"it cannot be read: {fault.strerror}")
        return ""
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        issues.add(f"{path.name}:1", "text.encoding", "UTF-16: save it as UTF-8")
        return ""
    return "utf-8-sig" if _is_utf8(path) else _judge(path, issues)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                if b"\0" in block:
                    return False
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _judge(path: Path, issues: Issues) -> str:
    """Return ``gb18030`` for a clean file of it, else note each line that is in the way."""
    utf8_lines: list[int] = []
    other_lines: list[int] = []
    bad = False
    for number, line in enumerate(path.read_bytes().replace(b"\r", b"\n").split(b"\n"), 1):
        if b"\0" in line:
            issues.add(f"{path.name}:{number}", "text.nul", "a NUL byte: this is no text file")
            bad = True
        elif not line.isascii():
            if _decodes(line, "utf-8"):
                if any(byte >= 0xE0 for byte in line):
                    utf8_lines.append(number)
            elif _decodes(line, "gb18030"):
                other_lines.append(number)
            else:
                text = "neither UTF-8 nor GB18030: save the file as UTF-8"
                issues.add(f"{path.name}:{number}", "text.encoding", text)
                bad = True
    if utf8_lines and other_lines:
        for number in min(utf8_lines, other_lines, key=len):
            text = "this line's encoding differs from the others: UTF-8 and GB18030 are mixed"
            issues.add(f"{path.name}:{number}", "text.encoding", text)
        bad = True
    return "" if bad else "gb18030" if other_lines else "utf-8-sig"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
