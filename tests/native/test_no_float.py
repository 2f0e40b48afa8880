"""There is no floating point in the compiled pricing modules."""

import re
from pathlib import Path

import pytest

import cashwrap_native

FOLDER = Path(cashwrap_native.__file__).parent


@pytest.mark.parametrize("name", ["pricing.pyx", "allocate.pyx", "allocate.pxd", "fixed.pxd"])
def test_no_float(name):
    """Money is integers all the way down."""
    text = (FOLDER / name).read_text()
    assert not re.search(r"\b(float|double|sqrt|pow)\b|\d\.\d|\b1e\d", text)
