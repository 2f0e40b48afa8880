"""Every error is one or two plain lines, and has an exit code of its own."""

import json
import signal
import subprocess
import sys

import pytest

from cashwrap.cli import doctor
from cashwrap.cli.main import main

PYTHON = (sys.executable, "-c", "import sys; from cashwrap.cli.main import main; sys.exit(main())")


def test_unknown_command(capsys):
    """A misspelt command is answered with the one that was meant."""
    assert main(["verfy"]) == 2
    assert capsys.readouterr().err == (
        "cashwrap: there is no command 'verfy': did you mean 'verify'?; see `cashwrap --help`\n"
    )


def test_wrong_usage(capsys):
    """What the command line lacks is named, in JSON too."""
    assert main(["receipt"]) == 2
    assert "NUMBER" in capsys.readouterr().err
    assert main(["--json", "receipt"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "usage"


def test_bytes_that_are_no_text(capsys):
    """Arguments that are not UTF-8 are refused before they reach a store."""
    assert main(["find", "\udcff"]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_refusal_is_one_line(tmp_path, capsys):
    """A missing store is refused with what to do, and exit code 1."""
    assert main(["verify", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert "cashwrap init" in printed.err


def test_file_that_is_not_there(tmp_path, capsys):
    """An error of the operating system names the file."""
    missing = str(tmp_path / "none.toml")
    assert main(["init", str(tmp_path / "shop"), "--settings", missing]) == 1
    assert capsys.readouterr().err == f"cashwrap: {missing}: No such file or directory\n"


def test_fault_of_our_own(tmp_path, capsys, monkeypatch):
    """An unforeseen error is no traceback, unless that is asked for."""

    def broken(args, out):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(doctor, "run", broken)
    assert main(["doctor", str(tmp_path)]) == 70
    assert "ZeroDivisionError" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        main(["doctor", str(tmp_path), "--debug"])


def test_interrupted(tmp_path, capsys, monkeypatch):
    """Ctrl-C ends a command with one line and exit code 130."""

    def stopped(args, out):
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", stopped)
    assert main(["doctor", str(tmp_path)]) == 130
    assert capsys.readouterr().err.startswith("cashwrap: stopped")


def test_version(capsys):
    """The version is told in both forms."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("cashwrap 0")
    assert main(["--version", "--json"]) == 0
    assert "version" in json.loads(capsys.readouterr().out)


def test_help_loads_nothing_heavy():
    """Help is quick: neither the store nor rich is loaded for it."""
    script = (
        "import sys; from cashwrap.cli.main import main; main(['--help']); main(['demo', '-h']);"
        "sys.exit(bool({'rich', 'lmdb', 'cryptography'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", script], stdout=subprocess.DEVNULL).returncode == 0


def test_reader_that_stops_reading(demo):
    """A closed pipe ends the command without a word on stderr."""
    command = [*PYTHON, "journal", demo, "--jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline().startswith(b"{")
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode in (141, -signal.SIGPIPE)


def test_plain_when_piped(demo):
    """Into a pipe there are no colors, no frames and no loose spaces."""
    found = subprocess.run([*PYTHON, "takings", "-f", demo], capture_output=True, check=True)
    text = found.stdout.decode()
    assert "\x1b" not in text
    assert "─" not in text
    assert all(line == line.rstrip() for line in text.splitlines())
