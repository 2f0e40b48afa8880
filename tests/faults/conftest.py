import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY_DISK = "/dev/shm"


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """A folder that never waits for a disk, where there is one: for the death of processes."""
    place = Path(tempfile.mkdtemp(dir=MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None))
    yield place
    shutil.rmtree(place)
