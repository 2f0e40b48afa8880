"""What installed packages declare is found as importlib.metadata finds it, without importing it."""

import sys
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from cashwrap.entry_points import EntryPoint, entry_points, parsed

TEXT = """
[console_scripts]
stamps = stamps.cli:main

# what the till loads
[cashwrap.plugins]
stamps = stamps.plugin
bonus=bonus:Plugin.instance [extra]

[other]
stamps = stamps.other
"""


def by_metadata(group: str) -> set[tuple[str, str]]:
    each = [point for one in distributions() for point in one.entry_points]
    return {(point.name, point.value) for point in each if point.group == group}


def installed(place: Path, folder: str = "stamps-1.0.dist-info") -> Path:
    info = place / folder
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stamps\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(TEXT)
    return place


@pytest.mark.parametrize(
    "folder", ["stamps-1.0.dist-info", "stamps.egg-info", "stamps.egg/EGG-INFO"]
)
def test_each_form_of_an_installed_package_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """A wheel's, a develop install's and an egg's folder are read; others' groups are not ours."""
    installed(tmp_path, folder)
    monkeypatch.syspath_prepend(str((tmp_path / folder).parent))
    found = {(point.name, point.value) for point in entry_points("cashwrap.plugins")}
    assert {("stamps", "stamps.plugin"), ("bonus", "bonus:Plugin.instance [extra]")} <= found
    assert found == by_metadata("cashwrap.plugins")


def test_whatever_is_installed_here_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real packages of this environment declare the same to us as to the standard library."""
    for group in ("console_scripts", "pytest11"):
        found = {(point.name, point.value) for point in entry_points(group)}
        assert found == by_metadata(group) != set()


def test_a_package_in_an_archive_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip file on the path is read by the standard library's own rules."""
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("stamps-1.0.dist-info/METADATA", "Name: stamps\nVersion: 1.0\n")
        archive.writestr("stamps-1.0.dist-info/entry_points.txt", TEXT)
    monkeypatch.syspath_prepend(str(tmp_path / "all.zip"))
    assert EntryPoint("stamps", "stamps.plugin") in entry_points("cashwrap.plugins")


def test_an_importer_with_packages_of_its_own_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who embeds Python may find packages elsewhere than in folders."""

    class Frozen:
        @staticmethod
        def find_spec(*_: object) -> None:
            return None

        @staticmethod
        def find_distributions(context: object) -> list[object]:
            asked.append(context)
            return []

    asked: list[object] = []
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Frozen()])
    entry_points("cashwrap.plugins")
    assert asked


def test_paths_that_are_gone_or_broken_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on the path and is not there, or is not text, stops no till."""
    installed(tmp_path)
    (tmp_path / "stamps-1.0.dist-info" / "entry_points.txt").write_bytes(b"\xff[cashwrap.plugins]")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "gone"))
    assert "stamps" not in {point.name for point in entry_points("cashwrap.plugins")}


def test_a_reference_is_loaded() -> None:
    """The module, or what its dotted attributes lead to; extras are not part of it."""
    assert EntryPoint("", "sys").load() is sys
    assert EntryPoint("", "pathlib : Path.home [x]").load() == Path.home


def test_comments_and_other_groups_are_no_entry_points() -> None:
    """Only the lines of the group count, in their order."""
    assert [point.name for point in parsed(TEXT, "cashwrap.plugins")] == ["stamps", "bonus"]
