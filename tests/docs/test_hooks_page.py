"""docs/hooks.md says what the hooks are: names, signatures, rights, all of them and no others."""

import inspect
import re
from pathlib import Path

import pytest

from cashwrap import hookspecs
from cashwrap.host.manifest import KERNEL_API, RIGHTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/hooks.md").read_text(encoding="utf-8")
HOOKS = {name: each for name, each in vars(hookspecs).items() if name.startswith("cashwrap_")}
PARTS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))


def test_the_page_has_every_hook_and_no_other():
    """One part and one row of the table for each."""
    rows = re.findall(r"^\| `(cashwrap_\w+)` \|.*\| (?:`(\w+)`)? ?\|$", PAGE, re.MULTILINE)
    assert list(PARTS) == [name for name, _ in rows]
    assert set(PARTS) == set(HOOKS)
    assert {name: right for name, right in rows if right} == RIGHTS
    assert f"kernel API **{KERNEL_API}**" in PAGE


@pytest.mark.parametrize("name", sorted(HOOKS))
def test_each_part_has_the_hooks_signature(name):
    """As it is in the code, and who uses it."""
    (shown,) = re.findall(r"```python\ndef (.*?): \.\.\.\n```", PARTS[name], re.DOTALL)
    signature = str(inspect.signature(HOOKS[name])).replace("'", "")
    assert "".join(shown.split()) == "".join(f"{name}{signature}".split())
    assert "example" in PARTS[name].lower() or "Used by" in PARTS[name] or "](" in PARTS[name]


def test_every_example_that_the_page_names_uses_the_hook():
    """Whoever follows the link finds it."""
    for name, part in PARTS.items():
        for example in re.findall(r"\(examples/(\w+)/README.md\)", part):
            source = (ROOT / f"docs/examples/{example}/plugin.py").read_text(encoding="utf-8")
            assert f"def {name}(" in source, (name, example)


def test_each_hook_is_used_by_a_first_party_plugin_and_the_page_names_it():
    """What nobody of ours uses may not work; what the page says of them is so."""
    users: dict[str, set[str]] = {name: set() for name in HOOKS}
    for plugin in sorted((ROOT / "plugins/cashwrap_plugins").glob("*/plugin.py")):
        for name in re.findall(r"^def (cashwrap_\w+)\(", plugin.read_text("utf-8"), re.MULTILINE):
            users[name].add(plugin.parent.name)
    assert {name for name, found in users.items() if not found} == set()
    for name, part in PARTS.items():
        named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"Used by(.*)", part, re.DOTALL))))
        plugins = {each.parent.name for each in ROOT.glob("plugins/cashwrap_plugins/*/plugin.py")}
        assert named & plugins <= users[name], name
        assert named & users[name], f"{name} is used by {users[name]}"


def test_the_figures_of_the_page_are_the_settings_defaults():
    """Budget, faults and slow calls."""
    from cashwrap.settings import HostSettings

    host = HostSettings()
    for name in ("budget_ms", "faults_max", "slow_max", "hang_ms"):
        assert f"`{name}` ({getattr(host, name)})" in PAGE
