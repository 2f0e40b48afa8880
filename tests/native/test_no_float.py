"""There is no floating point in the compiled modules."""

import re
from pathlib import Path

import pytest

import cashwrap_native

FOLDER = Path(cashwrap_native.__file__).parent


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.p[xy][xdi]*")), ids=lambda path: path.name)
def test_no_float(path):
    """Money is integers all the way down."""
    text = path.read_text()
    assert not re.search(r"\b(float|double|sqrt|pow)\b|\d\.\d|\b1e\d", text)
