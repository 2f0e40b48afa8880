"""The product's own plugins pass the conformance that others are asked for."""

from pathlib import Path

import pytest

import cashwrap_plugins
from cashwrap.testing.plugins import conformance

HOME = Path(cashwrap_plugins.__path__[0])
PLUGINS = sorted(path.parent.name for path in HOME.glob("*/plugin.py"))


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_of_the_product_conforms(name, tmp_path):
    """As it comes, with the settings that it has by default."""
    assert conformance(HOME / name, tmp_path / "shop") == []
