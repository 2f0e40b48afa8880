"""Build sdist and wheel, look inside, install them into empty environments, and use them.

The wheel of the running Python is built from the sdist; python3.12 and python3.13, where they run,
build from the sdist on their own. Nothing is left behind.
"""

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SMOKE = Path(__file__).with_name("smoke.py")
OTHERS = ("python3.11", "python3.12", "python3.13")


def main(arguments: list[str]) -> None:
    """Check the running Python and the interpreters named, else those of OTHERS that run."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sdist, wheel = build(place)
        check_contents(sdist, wheel)
        use(sys.executable, wheel, place)
        for other in arguments or [each for each in OTHERS if runs(each)]:
            use(other, sdist, place)
    print("sdist and wheel are whole")


def build(place: Path) -> tuple[Path, Path]:
    """Return the sdist, and the wheel that was built from it."""
    run([sys.executable, "-m", "build", "--outdir", str(place), str(ROOT)])
    return next(place.glob("*.tar.gz")), next(place.glob("*.whl"))


def check_contents(sdist: Path, wheel: Path) -> None:
    """Stop when a source, a stub or a compiled module is missing, or something is too much."""
    native = ROOT / "native" / "cashwrap_native"
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    in_wheel = zipfile.ZipFile(wheel).namelist()
    for source in sorted(native.glob("*.py[xi]")) + sorted(native.glob("*.pxd")):
        need(f"native/cashwrap_native/{source.name}" in in_sdist, f"sdist lacks {source.name}")
        need(f"cashwrap_native/{source.name}" in in_wheel, f"wheel lacks {source.name}")
    for source in sorted(native.glob("*.pyx")):
        stem = f"cashwrap_native/{source.stem}."
        found = [name for name in in_wheel if name.startswith(stem) and name.endswith(".so")]
        need(len(found) == 1, f"wheel has {found or 'nothing'} compiled from {source.name}")
    for package in ("cashwrap", "cashwrap_plugins", "cashwrap_native"):
        need(f"{package}/py.typed" in in_wheel, f"wheel lacks {package}/py.typed")
    for path in files_of_plugins():
        need(f"plugins/{path}" in in_sdist, f"sdist lacks {path}")
        need(path in in_wheel, f"wheel lacks {path}")
    stray = [name for name in in_wheel if name.endswith(".c") or name.startswith("tests/")]
    need(not stray, f"wheel has {stray}")


def files_of_plugins() -> list[str]:
    """Return what first-party plugins have beside Python: manifests, and the files of pages."""
    plugins = ROOT / "plugins"
    home = plugins / "cashwrap_plugins"
    found = [*home.glob("*/manifest.toml"), *home.glob("*/static/**/*")]
    return [path.relative_to(plugins).as_posix() for path in found if path.is_file()]


def use(python: str, artifact: Path, place: Path) -> None:
    """Install into an empty environment, then import and price from an empty folder.

    And write a plugin there, as its author would, and run its tests.
    """
    home = Path(tempfile.mkdtemp(dir=place))
    run([python, "-m", "venv", str(home / "venv")])
    own = str(home / "venv" / "bin" / "python")
    run([own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(artifact)])
    (home / "empty").mkdir()
    run([own, "-I", str(SMOKE)], cwd=home / "empty")
    run([own, "-m", "pip", "install", "--quiet", "cashwrap[testing]"], cwd=home / "empty")
    run([own, "-m", "cashwrap", "new-plugin", "loyalty_stamp", "--with", "all"], cwd=home / "empty")
    plugin = home / "empty" / "loyalty_stamp"
    run([own, "-W", "error", "-m", "pytest", "-q"], cwd=plugin)


def runs(python: str) -> bool:
    """Whether a command is there, works (a version manager's shim may not) and is another one."""
    code = f"import sys, venv; sys.exit(sys.version_info[:2] == {sys.version_info[:2]})"
    try:
        return subprocess.run([python, "-c", code], capture_output=True).returncode == 0
    except OSError:
        return False


def run(command: list[str], cwd: Path = ROOT) -> None:
    """Run a command; stop with its output when it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    if command[1] == "-I":
        print(done.stdout, end="")


def need(holds: bool, problem: str) -> None:
    """Stop with the problem unless it holds."""
    if not holds:
        sys.exit(problem)


if __name__ == "__main__":
    main(sys.argv[1:])
