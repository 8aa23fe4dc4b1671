"""What Prometheus is told: requests by route, and jobs by status. Labels are templates, never ids."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError
from starlette.types import Scope

from adloom.core.errors import Invalid
from adloom.jobs import queries as jobs

MEDIA_TYPE = CONTENT_TYPE_LATEST

_REGISTRY = CollectorRegistry()
_REQUESTS = Counter("adloom_http_requests", "Requests answered.", ("method", "route", "status"), registry=_REGISTRY)
_SECONDS = Histogram(
    "adloom_http_request_seconds",
    "Time from a request's first byte to its answer's last.",
    ("method", "route"),
    registry=_REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class _Jobs(Collector):
    """Asks the queue when it is scraped. A door that has no worker's login cannot see it, and tells nothing."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily("adloom_jobs", "Jobs in the queue, by status.", labels=("status",))
        try:
            for status, count in jobs.counts().items():
                family.add_metric((status.value,), count)
        except (Invalid, DBAPIError):
            return
        yield family

    def describe(self) -> list[GaugeMetricFamily]:
        return []


_REGISTRY.register(_Jobs())


def note(scope: Scope, *, status: int, seconds: float) -> None:
    """Counts an answered request under its route's template."""
    method = scope["method"] if scope["method"] in _METHODS else "other"
    route = template(scope)
    _REQUESTS.labels(method, route, str(status)).inc()
    _SECONDS.labels(method, route).observe(seconds)


def template(scope: Scope) -> str:
    """The template of the route that took a request: `/v1/ads/{ad_id}`; `none` where none did."""
    return str(getattr(scope.get("route"), "path", None) or "none")


def exposition() -> bytes:
    """All of it, in Prometheus' text format."""
    return generate_latest(_REGISTRY)
