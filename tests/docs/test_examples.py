"""The examples that readers copy run as they are printed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIRST_EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "docs/embed.md"])
def test_the_first_example_runs_as_printed(page: str, tmp_path: Path) -> None:
    """Copied into an empty folder, it sells a can and gives 6.50 change."""
    found = FIRST_EXAMPLE.search((ROOT / page).read_text(encoding="utf-8"))
    assert found is not None
    script = tmp_path / "example.py"
    script.write_text(found[1], encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "可乐 330ml" in ran.stdout
    assert ran.stdout.rstrip().endswith("change: 650")


def test_the_example_of_promotions_runs_as_printed(tmp_path: Path) -> None:
    """Its prices hold, and the receipt shows what was saved."""
    blocks = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/embed.md").read_text("utf-8"), re.DOTALL
    )
    (example,) = [block for block in blocks if "publish" in block or "rules=RULES" in block]
    script = tmp_path / "example.py"
    script.write_text(example, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "second-half 175" in ran.stdout
    assert "TEN 1000" in ran.stdout
    assert "本单共省" in ran.stdout
