"""A shop whose device has a folder of plugins."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cashwrap.ports import Clock
from cashwrap.testing.shop import Shop
from cashwrap.till import Till

HEAD = """
from cashwrap.hookspecs import hookimpl
"""


class Device:
    """A shop, and plugins as files in its folder."""

    def __init__(self, shop: Shop, patch: pytest.MonkeyPatch) -> None:
        self.shop = shop
        self._patch = patch

    def plugin(self, name: str, source: str, manifest: str | None = None) -> Path:
        """Put a plugin into the device's folder."""
        home = self.shop.folder / "plugins" / name
        home.mkdir(parents=True, exist_ok=True)
        (home / "plugin.py").write_text(HEAD + source, encoding="utf-8")
        if manifest is not None:
            (home / "manifest.toml").write_text(manifest, encoding="utf-8")
        return home

    def settings(self, more: str) -> None:
        """Add to the shop's settings."""
        path = self.shop.folder / "settings.toml"
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")

    def open(self, clock: Clock | None = None) -> Till:
        """Open the till with the plugins of the device only."""
        self.shop.till.close()
        self._patch.setattr("cashwrap.plugins.installed_plugins", list)
        self.shop.till = Till.open(
            self.shop.folder,
            clock=clock or self.shop.clock,
            randomness=self.shop.randomness,
            witness=[],
        )
        return self.shop.till


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    made = Device(Shop(tmp_path / "shop"), monkeypatch)
    yield made
    made.shop.till.close()


@pytest.fixture
def told(device: Device) -> Callable[[], list[str]]:
    """What the journal says of plugins."""

    def said() -> list[str]:
        store = device.shop.till.store
        kinds = [record.envelope.kind for record in store.records()]
        return [kind for kind in kinds if kind.startswith("plugin.")]

    return said
