"""``cashwrap events``: what the journal can hold."""

import argparse
import re

from cashwrap.cli import exits
from cashwrap.cli.output import Output

ABOUT = """\
List every kind of event that this installation can write or read, plugins included. With a
KIND: its fields, their types and defaults. The same is in docs/events.md."""

NEXT = """\
example:
  cashwrap events
  cashwrap events sale.completed"""

_MODULE = re.compile(r"\b(?:\w+\.)+(?=\w)")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("kind", nargs="?", metavar="KIND", help="one kind, such as sale.completed")


def run(args: argparse.Namespace, out: Output) -> int:
    """List them."""
    import inspect

    from cashwrap import till
    from cashwrap.events import UnknownEvent, known_events
    from cashwrap.host.looking import without_till

    assert till is not None  # importing it registers the kernel's own events
    without_till(None)
    known = {kind: inspect.cleandoc(cls.__doc__ or "") for kind, cls in known_events().items()}
    if args.kind:
        if args.kind not in known:
            raise UnknownEvent(args.kind, 0)
        return _one(args.kind, known[args.kind], out)
    out.table(("Kind", "What"), [(kind, text.partition("\n")[0]) for kind, text in known.items()])
    out.result(events=[{"kind": kind, "about": text} for kind, text in known.items()])
    return exits.OK


def _one(kind: str, text: str, out: Output) -> int:
    import inspect

    import msgspec

    from cashwrap.events import known_events

    cls = known_events()[kind]
    named = [
        (
            field.name,
            _MODULE.sub("", inspect.formatannotation(field.type)),
            "" if field.default is msgspec.NODEFAULT else repr(field.default),
        )
        for field in msgspec.structs.fields(cls)
    ]
    out.say(f"{kind}, version {cls.version}\n\n{text}\n")
    out.table(("Field", "Type", "Default"), named)
    out.result(
        kind=kind,
        version=cls.version,
        about=text,
        fields=[{"name": n, "type": t, "default": d} for n, t, d in named],
    )
    return exits.OK
