"""The plugins of this tree as an installation has them: a folder for the path of a program."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def installed(place: Path) -> Path:
    """Write what an installer writes of the entry points of plugins; return the folder of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    points = project["entry-points"]["cashwrap.plugins"]
    info = place / f"{project['name']}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    lines = [f"{name} = {value}" for name, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[cashwrap.plugins]", *lines]), "utf-8")
    return place
