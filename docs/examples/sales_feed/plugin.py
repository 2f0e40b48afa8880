"""A feed of sales for other programs: what follows a sale, and never holds it up."""

from cashwrap import hookimpl
from cashwrap.host.offers import Job, React

from . import feed

LAMP = {"commits": 0}


@hookimpl
def cashwrap_followers():
    """Each completed sale goes into a file, at least once, also after a crash."""
    return [React(name="feed", kinds=("sale.completed",), do=feed.write)]


@hookimpl
def cashwrap_jobs():
    """Every five minutes a sign of life."""
    return [Job(name="alive", every_minutes=5, run=_alive)]


@hookimpl
def cashwrap_committed(events):
    """Blink; nobody misses it when it does not."""
    LAMP["commits"] += 1


def _alive(till):
    (feed.folder(till) / "alive").write_text(str(till.now_ms), encoding="utf-8")
