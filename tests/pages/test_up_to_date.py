"""The generated pages are what the code and the tests say."""

import pytest
from pages.contents import PAGES, ROOT
from pages.requirements import read_rows


@pytest.mark.parametrize("path", sorted(PAGES))
def test_page_is_up_to_date(path):
    """Run `make docs` when this fails, and commit what it wrote."""
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path]()


def test_rows_are_numbered_without_gaps():
    """R1 to R301, each once and in order."""
    numbers = [row for _, rows in read_rows() for row, _, _ in rows]
    assert numbers == [f"R{number}" for number in range(1, 302)]
