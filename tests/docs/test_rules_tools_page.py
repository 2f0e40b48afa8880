"""The example of docs/rules-tools.md prints what the page says."""

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "rules-tools.md"


def test_the_example_prints_what_the_page_says(tmp_path: Path) -> None:
    """Checked, compared, priced again and held against stock, as printed."""
    text = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (printed,) = re.findall(r"It prints:\n\n```\n(.*?)```", text, re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(example, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", script], cwd=tmp_path, capture_output=True, text=True,
        check=False, encoding="utf-8",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == printed
