import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from apart import memory_root

from cashwrap.testing.shop import Shop


@pytest.fixture
def memory_path() -> Iterator[Path]:
    """A folder that never waits for a disk, where there is one: for the death of processes."""
    place = Path(tempfile.mkdtemp(dir=memory_root()))
    yield place
    shutil.rmtree(place)


@pytest.fixture
def shop_on_disk(memory_path: Path) -> Iterator[Shop]:
    """The small shop, closed at the end where a test leaves it open."""
    shop = Shop(memory_path / "shop")
    yield shop
    shop.till.abandon()
