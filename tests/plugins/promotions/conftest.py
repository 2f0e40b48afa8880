"""The plugin on the path, as a package installer leaves it."""

from pathlib import Path

import pytest


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The distribution's entry point, where the tests run without installing it."""
    info = tmp_path / "site" / "cashwrap-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: cashwrap\nVersion: 0\n")
    points = "[cashwrap.plugins]\npromotions = cashwrap_plugins.promotions.plugin\n"
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(str(info.parent))
