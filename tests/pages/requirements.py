"""docs/requirements.md: every row, where it lives, and the tests that show it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROWS = TESTS / "requirements" / "rows.txt"
_ROW = re.compile(r"(R\d+) \| ([a-z, ]+) \| (.+)")

HEAD = """\
# Requirements

What cashwrap is to do, and which tests show it. This page is generated (`make docs`) from
`tests/requirements/rows.txt` and the tests marked `@pytest.mark.req("R5")`.

**met**: tests show each home's part. **in part**: some homes have shown theirs. An empty state
means that no test shows the row yet.

"""


def requirements_page() -> str:
    """Return the page.

    Raises ValueError when a test is marked with a row that is not there.
    """
    shown = markers(TESTS)
    sections = list(read_rows())
    known = {row for _, rows in sections for row, _, _ in rows}
    if unknown := sorted(set(shown) - known):
        raise ValueError(f"tests are marked with rows that do not exist: {unknown}")
    states = [state(homes, shown[row]) for _, rows in sections for row, homes, _ in rows]
    page = [HEAD, f"Of {len(states)} rows, {states.count('met')} are met ",
            f"and {states.count('in part')} in part.\n"]  # fmt: skip
    for title, rows in sections:
        page.append(f"\n## {title}\n\n| row | what | home | state | shown by |\n")
        page.append("|---|---|---|---|---|\n")
        for row, homes, text in rows:
            where = ", ".join(f"`{path}`" for path in sorted(shown[row]))
            page.append(f"| {row} | {text} | {homes} | {state(homes, shown[row])} | {where} |\n")
    return "".join(page)


def read_rows() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield each section's title and its rows (number, homes, text)."""
    for section in ROWS.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, body = section.partition("\n")
        found = [_ROW.fullmatch(line) for line in body.splitlines() if line]
        yield title, [(each[1], each[2], each[3]) for each in found if each]


def state(homes: str, paths: set[str]) -> str:
    """Return met, in part, or nothing."""
    if not paths:
        return ""
    missing = set(homes.split(", ")) - {home_of(path) for path in paths}
    return "in part" if missing else "met"


def home_of(path: str) -> str:
    """Return the home whose part a test shows: tests/plugins/NAME/..., else the kernel."""
    parts = Path(path).parts
    return parts[2] if parts[1] == "plugins" else "kernel"


def markers(folder: Path) -> dict[str, set[str]]:
    """Return the test files by the row that they are marked with."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(folder.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.req":
                for argument in node.args:
                    row = ast.literal_eval(argument)
                    found[row].add(path.relative_to(folder.parent).as_posix())
    return found
