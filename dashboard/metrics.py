"""Figures for a monitor, in OpenMetrics: about this process, never about a person, a paper or a corpus.

They need prometheus-client, which the extra ``hosting`` brings; without it
nothing is counted. Labels come from short fixed lists, so that no visitor can
make the monitor keep more series.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.state import PAGES

try:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
    from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
except ImportError:  # the extra is not installed
    HAS_CLIENT = False
else:
    HAS_CLIENT = True

OUTCOMES = ("shown", "stopped", "refused", "failed")
"""A run drew its page; was stopped by the visitor's next click or began anew; said what could not be done (a
snapshot, a filter); met an error that nobody foresaw."""

NO_PAGE = "none"
"""The page of a run that came to none: an empty store, a visitor at the gate."""

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0)
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


@dataclass
class Metrics:
    """The figures of one process, in a registry of their own."""

    registry: CollectorRegistry = field(default_factory=lambda: CollectorRegistry(auto_describe=True))

    def __post_init__(self) -> None:
        self._runs = Counter("topic_explorer_runs", "Runs of the script.", ["page", "outcome"], registry=self.registry)
        self._seconds = Histogram(
            "topic_explorer_run_seconds", "Time of a run.", ["page"], buckets=_SECONDS, registry=self.registry
        )
        self._visits = Gauge("topic_explorer_visits_open", "Visits with an open connection.", registry=self.registry)
        self._snapshots = Gauge("topic_explorer_snapshots_open", "Snapshots in memory.", registry=self.registry)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def note_run(self, page: str, outcome: str, seconds: float) -> None:
        """Count a run of ``page`` (one of `PAGES`, else `NO_PAGE`) that ended as one of `OUTCOMES` says."""
        page = page if page in PAGES else NO_PAGE
        self._runs.labels(page, outcome if outcome in OUTCOMES else "failed").inc()
        self._seconds.labels(page).observe(seconds)

    def watch(self, visits: Callable[[], int], n_snapshots: Callable[[], int]) -> None:
        """Ask these whenever the figures are asked for."""
        self._visits.set_function(visits)
        self._snapshots.set_function(n_snapshots)

    def text(self) -> bytes:
        """All figures in OpenMetrics' text format."""
        return generate_latest(self.registry)


METRICS = Metrics() if HAS_CLIENT else None
"""The figures of this process; ``None`` without prometheus-client."""


def note_run(page: str, outcome: str, seconds: float) -> None:
    """`Metrics.note_run` of this process, if anything counts."""
    if METRICS is not None:
        METRICS.note_run(page, outcome, seconds)


def asked_from_nearby(request: Request) -> bool:
    """Whether a request comes straight from this machine or its private network, and not through a proxy."""
    if any(name in request.headers for name in _PASSED_ON) or request.client is None:
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    return address.is_loopback or address.is_private


async def metrics(request: Request) -> Response:
    """The ``/metrics`` endpoint, for a monitor nearby; others learn nothing."""
    if not asked_from_nearby(request):
        return PlainTextResponse("Not found", status_code=404)
    if METRICS is None:
        said = "Figures for a monitor need prometheus-client: pip install 'topic-explorer[hosting]'."
        return PlainTextResponse(said, status_code=404)
    return Response(METRICS.text(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
