"""Coverage-guided fuzzing of the decoder with atheris, which is not a dependency of the project.

    pip install atheris    # into an environment of its own, with the project's dependencies
    PYTHONPATH=kernel python tests/fuzz/atheris_scan.py -max_total_time=300 -max_len=200

Any exception but a ScanError is a finding.
"""

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["cashwrap.scan"]):
    from cashwrap.scan import ScanError, ScanRules, decode
    from cashwrap.scan import store_codes as ready

RULES = (
    ScanRules(store_codes=ready.CHINA),
    ScanRules(store_codes=ready.GERMANY, separators_lost=True, separators=("|",)),
    ScanRules(zero_suppressed_gtins=True, require_keys=False, eight_digits="upce"),
)
CONTEXTS = ("cart", "payment")


def one_input(data):
    """Decode one text; the first byte chooses the rules and the context."""
    choice = data[0] if data else 0
    text = data[1:].decode("utf-8", "surrogateescape")
    rules, context = RULES[choice % len(RULES)], CONTEXTS[choice // 3 % 2]
    with contextlib.suppress(ScanError):
        assert decode(text, rules, now_ms=1_790_000_000_000, context=context).kind


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
