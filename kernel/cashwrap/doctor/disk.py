"""The disk under the folder: room, rights, kind, and how long it takes to keep something."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter_ns

from cashwrap.doctor.model import Finding, Words, bad, good, look
from cashwrap.doctor.patient import NotReadable, Patient, size
from cashwrap.store.layout import DATA_FILE

DAY_MS = 86_400_000
FREE_BAD, FREE_LOOK = 64 << 20, 512 << 20
DAYS_BAD, DAYS_LOOK = 7, 60
FLUSH_LOOK_US, FLUSH_BAD_US = 30_000, 300_000
_FLUSHES = 9
_MEMORY = ("tmpfs", "ramfs", "devtmpfs")
_LAYERS = ("overlay", "aufs")
_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs")


def free(patient: Patient) -> Iterator[Finding]:
    """Room for months of sales, measured by how the store has grown so far."""
    left = _free_bytes(patient.folder)
    days = _days_left(patient, left)
    found = Words(f"{size(left)} free", f"剩余空间 {size(left)}")
    if days is not None:
        found = Words(f"{found.en}, enough for {days} days", f"{found.zh},按目前增长够用 {days} 天")
    if left < FREE_BAD or (days is not None and days < DAYS_BAD):
        yield bad("disk.free", found, Words("free some space today", "请今天就清理磁盘空间"))
    elif left < FREE_LOOK or (days is not None and days < DAYS_LOOK):
        yield look("disk.free", found, Words("free some space soon", "请尽快清理磁盘空间"))
    else:
        yield good("disk.free", found.en, found.zh)


def _free_bytes(folder: Path) -> int:
    """Return what this user may still write; `shutil` knows it too, but takes 3 ms to import."""
    if hasattr(os, "statvfs"):
        facts = os.statvfs(folder)
        return facts.f_bavail * facts.f_frsize
    import shutil

    return shutil.disk_usage(folder).free


def _days_left(patient: Patient, left: int) -> int | None:
    """Return how long the room lasts at the speed so far; None before the second day, or years."""
    try:
        book = patient.book
    except NotReadable:
        return None
    first = book.journal.get(book.identity.base.seq + 1)
    if first is None:
        return None
    days = (book.head.wall_ms - first.envelope.wall_ms) // DAY_MS
    if days < 2:
        return None
    per_day = max(1, book.engine.used // days)
    lasting = left // per_day
    return lasting if lasting < 3650 else None


def writable(patient: Patient) -> Iterator[Finding]:
    """The till may write into its folder."""
    if os.access(patient.folder, os.W_OK) and not _is_read_only(patient.folder):
        yield good("disk.writable", "the folder can be written", "文件夹可写")
        return
    yield bad(
        "disk.writable",
        Words("the folder cannot be written", "文件夹不可写"),
        Words(
            "mount the disk for writing, or give this user the folder",
            "请以可写方式挂载磁盘,或把文件夹的权限给本用户",
        ),
    )


def _is_read_only(folder: Path) -> bool:
    return hasattr(os, "statvfs") and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def kind(patient: Patient) -> Iterator[Finding]:
    """A disk of the device itself that keeps what it is given."""
    found = _file_system(patient.folder)
    if found in _MEMORY:
        yield bad(
            "disk.kind",
            Words(f"the folder is in memory ({found})", f"文件夹在内存里 ({found})"),
            Words(
                "move it to a disk: a power cut loses every sale",
                "请移到磁盘上:断电会丢失全部销售",
            ),
        )
    elif found in _NETWORK:
        yield bad(
            "disk.kind",
            Words(f"the folder is on a network ({found})", f"文件夹在网络盘上 ({found})"),
            Words("move it to a disk of this device", "请移到本机磁盘上"),
        )
    elif found in _LAYERS:
        yield look(
            "disk.kind",
            Words(
                f"the folder is in a layer of a container ({found})", f"文件夹在容器层里 ({found})"
            ),
            Words(
                "keep it on a volume: it is gone with the container",
                "请放到数据卷上,否则随容器消失",
            ),
        )
    elif found:
        yield good("disk.kind", f"a disk of this device ({found})", f"本机磁盘 ({found})")


def _file_system(folder: Path) -> str:
    """Return the kind of the file system that holds a folder, "" where it cannot be told."""
    try:
        lines = Path("/proc/self/mounts").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    path, best, found = str(folder.resolve()), "", ""
    for line in lines:
        _, place, kind, *_ = line.split(" ")
        place = place.replace("\\040", " ")
        inside = path == place or path.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(best):
            best, found = place, kind
    return found


def flushes(patient: Patient) -> Iterator[Finding]:
    """How long the disk takes to keep a sale; a till waits for it twice at each."""
    took_us = _median_flush_us(patient.folder)
    shown = f"{took_us // 1000}.{took_us // 100 % 10} ms"
    found = Words(f"the disk keeps a write within {shown}", f"磁盘落盘一次 {shown}")
    slow = Words(
        "customers wait for it: look for what else uses the disk, or replace it",
        "顾客会等待:请检查谁在占用磁盘,或更换磁盘",
    )
    if took_us > FLUSH_BAD_US:
        yield bad("disk.flush", found, slow)
    elif took_us > FLUSH_LOOK_US:
        yield look("disk.flush", found, slow)
    else:
        yield good("disk.flush", found.en, found.zh)


def _median_flush_us(folder: Path) -> int:
    path = folder / f".doctor-{os.getpid()}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        return sorted(_flush_us(descriptor) for _ in range(_FLUSHES))[_FLUSHES // 2]
    finally:
        os.close(descriptor)
        path.unlink()


def _flush_us(descriptor: int) -> int:
    began = perf_counter_ns()
    os.pwrite(descriptor, b"\0" * 4096, 0)
    os.fdatasync(descriptor)
    return (perf_counter_ns() - began) // 1000


def allocated(patient: Patient) -> Iterator[Finding]:
    """The data file has its blocks already, so that a full disk cannot stop a sale in it."""
    data = patient.folder / DATA_FILE
    if not data.exists():
        return
    facts = data.stat()
    if getattr(facts, "st_blocks", facts.st_size) * 512 >= facts.st_size:
        yield good("disk.allocated", "the data file has its blocks", "数据文件已预留空间")
        return
    yield look(
        "disk.allocated",
        Words("the data file has no blocks of its own yet", "数据文件没有预留空间"),
        Words(
            "a full disk could stop a sale: free some space and run `cashwrap compact`",
            "磁盘满时可能无法销售:请清理空间,并运行 cashwrap compact",
        ),
    )


CHECKS = (free, writable, kind, flushes, allocated)
