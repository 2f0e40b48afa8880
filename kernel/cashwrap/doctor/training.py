"""The training folder: whether this is one, and what lies in it."""

from __future__ import annotations

from collections.abc import Iterator

from cashwrap.audit import trains_for
from cashwrap.doctor.model import Finding, Words, good, look
from cashwrap.doctor.patient import Patient, size
from cashwrap.training.folder import is_marked, training_folder


def marked(patient: Patient) -> Iterator[Finding]:
    """A till for training says so."""
    with patient.book.read() as reader:
        training = trains_for(reader) is not None
    if training:
        yield good(
            "training.marked", "THIS IS A TILL FOR TRAINING", "本机为培训模式,一切不计入销售"
        )


def folder(patient: Patient) -> Iterator[Finding]:
    """What was practised takes little room."""
    place = training_folder(patient.folder)
    if not place.is_dir():
        return
    if not is_marked(place):
        yield look(
            "training.folder",
            Words(f"{place.name}/ is no training of ours", f"{place.name}/ 不是培训文件夹"),
            Words(
                "move it away: nobody can train while it is there", "请移走,否则无法进入培训模式"
            ),
        )
        return
    held = sum(each.stat().st_size for each in place.iterdir() if each.is_file())
    yield good(
        "training.folder",
        f"training holds {size(held)}; `cashwrap training wipe` gives it back",
        f"培训数据 {size(held)},可用 cashwrap training wipe 清除",
    )


CHECKS = (marked, folder)
