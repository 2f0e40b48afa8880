"""``cashwrap events``: what the journal can hold."""

import argparse

from cashwrap.cli import exits
from cashwrap.cli.output import Output

ABOUT = """\
List every kind of event that this installation can write or read, plugins included. With a
KIND: its fields, their types and defaults. The same is in docs/events.md."""

NEXT = """\
example:
  cashwrap events
  cashwrap events sale.completed"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("kind", nargs="?", metavar="KIND", help="one kind, such as sale.completed")


def run(args: argparse.Namespace, out: Output) -> int:
    """List them."""
    import inspect

    from cashwrap import till
    from cashwrap.events import UnknownEvent, known_events
    from cashwrap.plugins import load_plugins

    assert till is not None  # importing it registers the kernel's own events
    load_plugins()
    known = {kind: inspect.cleandoc(cls.__doc__ or "") for kind, cls in known_events().items()}
    if args.kind:
        if args.kind not in known:
            raise UnknownEvent(args.kind, 0)
        return _one(args.kind, known[args.kind], out)
    out.table(("Kind", "What"), [(kind, text.partition("\n")[0]) for kind, text in known.items()])
    out.result(events=[{"kind": kind, "about": text} for kind, text in known.items()])
    return exits.OK


def _one(kind: str, text: str, out: Output) -> int:
    import msgspec

    from cashwrap.events import known_events

    cls = known_events()[kind]
    fields = msgspec.structs.fields(cls)
    rows = [
        (
            field.name,
            getattr(field.type, "__name__", None)
            if isinstance(field.type, type)
            else str(field.type).replace("cashwrap.", ""),
            "" if field.default is msgspec.NODEFAULT else repr(field.default),
        )
        for field in fields
    ]
    named = [(name, str(kind_), default) for name, kind_, default in rows]
    out.say(f"{kind}, version {cls.version}\n\n{text}\n")
    out.table(("Field", "Type", "Default"), named)
    out.result(
        kind=kind,
        version=cls.version,
        about=text,
        fields=[{"name": n, "type": t, "default": d} for n, t, d in named],
    )
    return exits.OK
