"""A real file system of 64 MB, and how to fill it."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(place: Path, kind: str) -> Iterator[Path]:
    """Give a mounted file system of 64 MB, or skip where one may not mount."""
    place.mkdir()
    image = place.with_suffix(".img")
    commands = [["mount", "-t", "tmpfs", "-o", "size=64m", "none", str(place)]]
    if kind == "ext4":
        image.write_bytes(b"")
        os.truncate(image, 64 << 20)
        commands = [["mkfs.ext4", "-q", str(image)], ["mount", "-o", "loop", str(image), str(place)]]  # fmt: skip  # noqa: E501
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a {kind} file system cannot be mounted here: {error}")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def fill(path: Path) -> None:
    """Take every byte that is left."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(1 << 16)):
            pass
