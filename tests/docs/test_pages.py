"""What the pages of docs/ show runs, and what they link to is there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cashwrap.testing.shop import Shop

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *(ROOT / "benches").glob("*.md"),
]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def examples(page: str) -> list[str]:
    """Return the Python examples of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def run(*command: object, cwd: Path) -> str:
    """Run Python in a folder whose modules it can import; return what it printed."""
    env = os.environ | {"PYTHONPATH": str(cwd), "CASHWRAP_STATE_DIR": str(cwd / "state")}
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=cwd, env=env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def anchors(page: Path) -> set[str]:
    """Return the names that a page's headings can be linked by."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link between pages names a file that is there, and a heading that it has."""
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_reached_from_the_readme() -> None:
    """A reader who follows links from the README finds each page."""
    found, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page in found:
            continue
        found.add(page)
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists():
                left.append(target)
    assert set(PAGES) <= found


def test_the_plugin_counts_sales_that_were_made_before(tmp_path: Path) -> None:
    """Installed as the page says, it is found by its entry point and folds the whole journal."""
    plugin, reading = examples("docs/plugins.md")[:2]
    (tmp_path / "sales_by_hour.py").write_text(plugin, encoding="utf-8")
    installed = tmp_path / "sales_by_hour-1.0.dist-info"
    installed.mkdir()
    about = "Metadata-Version: 2.1\nName: sales-by-hour\nVersion: 1.0\n"
    (installed / "METADATA").write_text(about)
    entry_points = "[cashwrap.plugins]\nsales_by_hour = sales_by_hour\n"
    (installed / "entry_points.txt").write_text(entry_points)
    shop = Shop(tmp_path / "my-shop")
    for _ in range(3):
        sale = shop.till.new_sale()
        sale.scan("6901234567892")
        sale.pay_cash(350)
    shop.till.close()
    (tmp_path / "reading.py").write_text(reading, encoding="utf-8")
    assert run("reading.py", cwd=tmp_path).strip() == "{2: 3}"  # 10:00 in Shanghai


def test_the_event_of_the_page_is_journaled_once(tmp_path: Path) -> None:
    """A plugin's event goes through the till's own commit, and the same command once."""
    shop = Shop(tmp_path / "shop")
    code = examples("docs/plugins.md")[2]
    for _ in range(2):
        exec(code, {"till": shop.till})
    kinds = [record.envelope.kind for record in shop.till.store.records()]
    assert kinds.count("loyalty.stamped") == 1
    shop.till.close()


def test_the_test_of_the_page_passes(tmp_path: Path) -> None:
    """The example for people who write tests is one."""
    (tmp_path / "test_example.py").write_text(examples("docs/testing.md")[0], encoding="utf-8")
    assert "1 passed" in run("-m", "pytest", "-q", "test_example.py", cwd=tmp_path)


def test_the_settings_of_the_page_open_a_till(tmp_path: Path) -> None:
    """The example settings are valid, and their taxes follow the order type."""
    found = re.search(r"```toml\n(.*?)```", (ROOT / "docs/embed.md").read_text("utf-8"), re.DOTALL)
    assert found is not None
    items = [{"type": "item", "sku": "TEA", "name": "茶", "tax": "tea", "price": "11.30"}]
    shop = Shop(tmp_path / "shop", settings=found[1], items=items)
    sale = shop.till.new_sale("takeaway")
    sale.add("TEA")
    assert sale.totals.tax_minor == 130  # 11.30 x 13 / 113
    sale.set_order_type("dine_in")
    assert sale.totals.tax_minor == 64  # 11.30 x 6 / 106
    shop.till.close()
