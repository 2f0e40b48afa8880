"""The draft of open sales under power cuts and misuse: what is read back was written, in order."""

import os
from pathlib import Path

import pytest

from cashwrap.store.draft import DraftFile, DraftUnavailable
from cashwrap.testing.shop import Shop


def rewritten(path: Path, *payloads: bytes) -> list[bytes]:
    """Append to the draft as the next process would, and return what the one after it reads."""
    draft = DraftFile(path)
    for payload in payloads:
        draft.append(payload)
    draft.close()
    again = DraftFile(path)
    again.close()
    return again.left_behind()


def test_frames_beyond_a_hole_never_come_back(tmp_path: Path) -> None:
    """A cut took the second of three frames; a new one of its size does not revive the third."""
    path = tmp_path / "draft"
    assert rewritten(path, b"first", b"second", b"third") == [b"first", b"second", b"third"]
    with path.open("r+b") as file:
        file.seek(path.read_bytes().index(b"second"))
        file.write(b"\0" * 6)
    assert rewritten(path) == [b"first"]
    assert rewritten(path, b"SECOND") == [b"first", b"SECOND"]


def test_frames_of_another_round_never_come_back(tmp_path: Path) -> None:
    """A cut took the first frame of a later round: nothing of either round is read as the other."""
    path = tmp_path / "draft"
    draft = DraftFile(path)
    for number in range(5):
        draft.append(b"old %d" % number)
    draft.restart()
    draft.append(b"new 0")
    draft.append(b"new 1")
    draft.close()
    with path.open("r+b") as file:
        file.write(b"\0" * 21)
    assert rewritten(path) == []
    assert rewritten(path, b"now 0") == [b"now 0"]


def test_an_open_sale_used_after_the_close_writes_nowhere(tmp_path: Path) -> None:
    """The closed draft's file number may belong to any other file by then: it is not written to."""
    shop = Shop(tmp_path / "shop")
    sale = shop.till.new_sale()
    sale.add("COLA")
    shop.till.close()
    others = [(tmp_path / f"other {number}").open("wb") for number in range(20)]
    with pytest.raises(DraftUnavailable, match="closed"):
        sale.note("too late")
    for other in others:
        assert os.fstat(other.fileno()).st_size == 0
        other.close()
    assert sale.cart.header.note == ""


def test_after_a_failed_flush_all_of_the_draft_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system may forget what it could not write, and call the next flush good all the same."""
    draft, sync = DraftFile(tmp_path / "draft", flush_seconds=60.0), os.fdatasync
    written: dict[int, bytes] = {}
    write = os.pwrite

    def pwrite(fd: int, data: bytes, offset: int) -> int:
        written[offset] = bytes(data)
        return write(fd, data, offset)

    def fails(fd: int) -> None:
        written.clear()  # the pages count as clean from now on
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pwrite", pwrite)
    draft.append(b"first")
    monkeypatch.setattr(os, "fdatasync", fails)
    with pytest.raises(DraftUnavailable):
        draft.flush()
    monkeypatch.setattr(os, "fdatasync", sync)
    draft.append(b"second")
    draft.flush()
    on_disk = b"".join(written[offset] for offset in sorted(written))
    assert on_disk.index(b"first") < on_disk.index(b"second")
    draft.close()
