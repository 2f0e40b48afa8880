"""What the figures were measured on."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import msgspec


class Machine(msgspec.Struct, frozen=True):
    """A device, as far as it says what it is; and how fast it hashes records of a journal."""

    cpu: str
    cores: int
    python: str
    system: str
    filesystem: str
    measured_at: str
    sha256_mb_per_s: int = 0

    def __str__(self) -> str:
        return (
            f"{self.cpu}, {self.cores} cores; Python {self.python}; {self.system}; "
            f"{self.filesystem}; {self.measured_at}"
        )


def this_machine(folder: Path, sha256_mb_per_s: int = 0) -> Machine:
    """Return this device, with the file system that a folder is on."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _cores(),
        python=platform.python_version(),
        system=platform.platform(terse=True),
        filesystem=_filesystem(folder),
        measured_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        sha256_mb_per_s=sha256_mb_per_s,
    )


def _cores() -> int:
    return os.cpu_count() or 1


def _cpu() -> str:
    for line in _lines("/proc/cpuinfo"):
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model", "Hardware"):
            return value.strip()
    return platform.processor() or platform.machine()


def _filesystem(folder: Path) -> str:
    """Return e.g. ``ext4 on /dev/sda1 (SSD)`` for the mount that holds a folder."""
    where, best = str(folder.resolve()), ("", "unknown file system")
    for line in _lines("/proc/mounts"):
        device, mount, kind = line.split(" ")[:3]
        inside = where == mount or where.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(best[0]):
            best = (mount, f"{kind} on {device}{_disk_kind(device)}")
    return best[1]


def _disk_kind(device: str) -> str:
    name = Path(device).name
    for block in (name, name.rstrip("0123456789"), name.rpartition("p")[0]):
        if block and (found := _lines(f"/sys/block/{block}/queue/rotational")):
            return " (spinning)" if found[0].strip() == "1" else " (SSD or virtual)"
    return ""


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
