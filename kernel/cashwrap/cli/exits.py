"""Exit codes (docs/cli.md), and which error gives which."""

OK = 0
REFUSED = 1  # a refusal, or a check that failed
USAGE = 2  # the command line itself is wrong
DAMAGED = 3  # the store cannot be trusted, or its disk failed
IN_USE = 4  # another process owns the store: try again when it has ended
LOOK = 6  # `doctor`: nothing is wrong, but somebody should have a look
FAULT = 70  # an error of cashwrap's own
INTERRUPTED = 130  # Ctrl-C
BROKEN_PIPE = 141  # whoever read the output stopped reading

_BY_CODE = {
    "usage": USAGE,
    "store.damaged": DAMAGED,
    "store.journal_fault": DAMAGED,
    "store.in_use": IN_USE,
}


def exit_code(error_code: str) -> int:
    """Return the exit code of a refusal by its stable code."""
    return _BY_CODE.get(error_code, REFUSED)
