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
