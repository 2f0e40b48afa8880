"""``/health`` and ``/metrics``: how the till does, without a word about anybody."""

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency

from cashwrap.api.callers import AnyRequest, AtDesk, caller_or_owner
from cashwrap.api.desk import Desk
from cashwrap.api.metrics import Metrics
from cashwrap.doctor.model import Finding
from cashwrap.host.managing import seen
from cashwrap.host.plugin import PluginInfo
from cashwrap.till import Till


class HealthView(msgspec.Struct, frozen=True):
    """Whether the till sells, and what its checks found when it was opened."""

    ok: bool
    fault: str
    training: bool
    open_sales: int
    payments_in_doubt: int
    warnings: list[str]
    findings: list[Finding]


class Care(Controller):
    """For those who look after the till."""

    path = "/"
    tags = ("care",)

    @get("/health")
    async def health(self, desk: AtDesk) -> HealthView:
        """Return how the till does; the page of it is the same for people and programs."""
        return await desk.ask(_health)

    @get("/plugins")
    async def plugins(self, request: AnyRequest, desk: AtDesk) -> list[PluginInfo]:
        """Return the till's plugins: versions, state, faults, time spent.

        Their settings are told to who has the right ``plugins.manage``, and to a program that has
        the till's own key.
        """
        who = await caller_or_owner(request)

        def work(till: Till) -> list[PluginInfo]:
            return list(till.host.infos() if who is None else seen(till, who.staff, who.register))

        return await desk.ask(work)


@get("/health", include_in_schema=False)
async def alive(desk: NamedDependency[Desk]) -> Response[dict[str, bool]]:
    """Say whether the till answers, to anybody on this machine; nothing else is told."""
    ok = await desk.ask(lambda till: not till.store.engine.fault)
    return Response({"ok": ok}, status_code=200 if ok else 503)


@get("/metrics", include_in_schema=False, media_type="text/plain; version=0.0.4; charset=utf-8")
async def metrics(desk: NamedDependency[Desk], meter: NamedDependency[Metrics]) -> str:
    """Return counters and timings for Prometheus."""
    gauges = await desk.ask(_gauges)
    return meter.text(gauges | {"cashwrap_queue_length": desk.waiting}, desk.waits)


def _health(till: Till) -> HealthView:
    sales = till.open_sales()
    return HealthView(
        ok=not till.store.engine.fault,
        fault=till.store.engine.fault,
        training=till.is_training,
        open_sales=len(sales),
        payments_in_doubt=sum(len(sale.payments.in_doubt) for sale in sales),
        warnings=list(till.store.warnings),
        findings=list(till.health),
    )


def _gauges(till: Till) -> dict[str, int]:
    stats, sales = till.store.stats(), till.open_sales()
    return {
        "cashwrap_journal_records": stats.records,
        "cashwrap_journal_last_seq": stats.last_seq,
        "cashwrap_commits": stats.commits,
        "cashwrap_flushes": till.store.engine.flushes,
        "cashwrap_file_bytes": stats.file_bytes,
        "cashwrap_used_bytes": stats.used_bytes,
        "cashwrap_journal_fault": int(bool(stats.fault)),
        "cashwrap_views_long": stats.views_long,
        "cashwrap_open_sales": len(sales),
        "cashwrap_payments_in_doubt": sum(len(sale.payments.in_doubt) for sale in sales),
    }
