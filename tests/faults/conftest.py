import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cashwrap.testing.shop import Shop

MEMORY_DISK = "/dev/shm"


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """A folder that never waits for a disk, where there is one: for the death of processes."""
    place = Path(tempfile.mkdtemp(dir=MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) else None))
    yield place
    shutil.rmtree(place)


@pytest.fixture
def shop_on_disk(memory_path: Path) -> Iterator[Shop]:
    """The small shop, closed at the end where a test leaves it open."""
    shop = Shop(memory_path / "shop")
    yield shop
    shop.till.abandon()
