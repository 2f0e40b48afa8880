"""A disk that refuses to flush the draft is an error in words, and costs nothing else."""

import errno
import os

import pytest

from cashwrap.store.draft import DraftFile, DraftUnavailable
from cashwrap.testing.disk import MemoryDisk
from cashwrap.testing.shop import SETTINGS, ManualClock, SeededRandomness
from cashwrap.till import Till


def fail_flushes(moment):
    if moment == "flush":
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_till_whose_draft_cannot_be_flushed_gives_its_folder_up_all_the_same(tmp_path):
    """Closing says what the disk did; the folder is free, and the till opens again."""
    port = MemoryDisk()
    ports = {"clock": ManualClock(), "randomness": SeededRandomness(), "witness": [], "disk": port}
    Till.create(tmp_path / "shop", SETTINGS, **ports)
    till = Till.open(tmp_path / "shop", plugins=False, **ports)
    port.trouble = fail_flushes
    with pytest.raises(DraftUnavailable):
        till.close()
    port.trouble = lambda moment: None
    with Till.open(tmp_path / "shop", plugins=False, **ports) as again:
        assert again.store.verify().ok


def test_a_flush_that_failed_is_tried_again(tmp_path):
    """The next beat flushes what the one before could not."""
    port = MemoryDisk()
    draft = DraftFile(tmp_path / "draft", port)
    draft.append(b"line")
    port.trouble = fail_flushes
    port.beat()
    port.trouble = lambda moment: None
    port.beat()
    assert not port.contents[str(tmp_path / "draft")].pending
    draft.close()
