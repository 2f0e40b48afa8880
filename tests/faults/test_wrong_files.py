"""A store folder that is short, empty, old, or somebody else's: never a crash, never a loss."""

import shutil
import sys
from functools import partial
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from apart import Tell, in_child
from kept_shop import KeptShop

from cashwrap.errors import CashwrapError
from cashwrap.store.errors import StoreCopied, StoreRolledBack
from cashwrap.store.layout import DATA_FILE
from cashwrap.testing.shop import ManualClock, SeededRandomness, Shop
from cashwrap.till import Till

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


def opened(folder: Path, seed: int = 5, adopt: str = "") -> Till:
    return Till.open(
        folder,
        plugins=False,
        clock=ManualClock(),
        randomness=SeededRandomness(seed),
        witness=[folder.parent / "state"],
        adopt=adopt,
    )


def sell(till: Till, many: int) -> None:
    for _ in range(many):
        sale = till.new_sale()
        sale.add("COLA")
        sale.pay_cash(350)


@pytest.fixture
def folder(shop_on_disk: Shop) -> Path:
    """A shop with ten sales, watched by a witness beside it."""
    shop_on_disk.till.close()
    with opened(shop_on_disk.folder) as till:
        sell(till, 10)
    return shop_on_disk.folder


def open_and_say(folder: Path, tell: Tell) -> None:
    try:
        with opened(folder) as till:
            tell(f"opened {till.takings().sales} {till.store.verify().ok}")
    except CashwrapError as error:
        tell(f"refused {error.code}: {error}")


@pytest.mark.parametrize("clean", [True, False])
def test_a_short_file_never_kills_the_till(folder: Path, clean: bool) -> None:
    """Cut anywhere, it is refused in words and left as it is; cut behind its pages, it opens."""
    kept, data = KeptShop(folder), (folder / DATA_FILE).read_bytes()
    used = len(data.rstrip(b"\0"))
    for size in (0, 4_095, 8_192, used // 2, used - 4_096, used + 8_192):
        kept.put_back()
        if not clean:
            (folder / "owner.lock").write_bytes(b"")
        (folder / DATA_FILE).write_bytes(data[:size])
        with (folder / DATA_FILE).open("r+b") as file:
            file.truncate(size)
        told = in_child(partial(open_and_say, folder))
        assert len(told) == 1, told
        if size > used:
            assert told == ["opened 10 True"]
        else:
            assert told[0].startswith("refused store.damaged"), (size, told)
            assert "restore the newest backup" in told[0]
            assert (folder / DATA_FILE).stat().st_size == size
    kept.put_back()
    assert in_child(partial(open_and_say, folder)) == ["opened 10 True"]


def records(till: Till) -> dict[tuple[int, int], bytes]:
    return {(one.envelope.epoch, one.envelope.seq): one.hash for one in till.store.records()}


@pytest.mark.req("R176")
def test_a_folder_from_two_days_ago_is_noticed_and_reuses_no_name(folder: Path) -> None:
    """The witness knows a newer head; adopted, the till goes on in an epoch of its own."""
    old = KeptShop(folder)
    old.files = {path: data for path, data in old.files.items() if path.parent == folder}
    old.place = folder
    with opened(folder, seed=6) as till:
        sell(till, 7)
        lost = records(till)
    old.put_back()
    with pytest.raises(StoreRolledBack, match="already written epoch 1"):
        opened(folder, seed=7)
    with opened(folder, seed=8, adopt="backup of Friday after the disk broke") as till:
        sell(till, 7)
        kept = records(till)
    same = [name for name in kept.keys() & lost.keys() if kept[name] != lost[name]]
    assert same == []  # whoever gathers both drops none of them for its name
    assert max(kept)[0] > max(lost)[0]


def test_a_folder_cloned_to_a_second_till_is_noticed(folder: Path, tmp_path: Path) -> None:
    """The copy does not sell; the original goes on; adopted, no name is used by both."""
    clone = tmp_path / "clone"
    shutil.copytree(folder, clone)
    with pytest.raises(StoreCopied):
        opened(clone)
    with opened(folder, seed=9) as till:
        sell(till, 3)
        ours = records(till)
    with opened(clone, seed=10, adopt="a second till") as till:
        sell(till, 3)
        theirs = records(till)
    assert [name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]] == []


@pytest.mark.parametrize("draft", [b"", b"\0" * 4096, b"\xff" * 4096, None])
def test_a_draft_that_is_gone_or_nonsense_keeps_no_till_shut(
    folder: Path, draft: bytes | None
) -> None:
    """What is in the journal is there; an open sale without its draft is not."""
    with opened(folder, seed=11) as till:
        till.new_sale().add("COLA")
    if draft is None:
        (folder / "draft").unlink()
    else:
        (folder / "draft").write_bytes(draft)
    with opened(folder, seed=12) as till:
        assert till.open_sales() == ()
        assert till.takings().sales == 10
        sell(till, 1)
