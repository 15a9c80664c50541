"""What Prometheus is told of a service: the requests it answers, and what it asks of those below."""

import functools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http import HTTPStatus

from django.conf import settings
from django.utils.module_loading import import_string
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.multiprocess import MultiProcessCollector
from rest_framework.exceptions import APIException

__all__ = ["CONTENT_TYPE", "answered", "begin", "exposition", "measure_downstream", "spent_downstream"]

# Where the worker processes of one service put their numbers together. gunicorn.conf.py makes it.
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# A client may send any word as a method: as many series as words would be a way to fill our memory.
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_OTHER = "OTHER"

_own = CollectorRegistry()
_requests = Histogram(
    "w2meet_request_seconds",
    "Requests answered, and how long it took.",
    ["method", "route", "status"],
    registry=_own,
    buckets=_BUCKETS,
)
_downstream = Histogram(
    "w2meet_downstream_seconds",
    "Questions to what is below, and how long they took.",
    ["service"],
    registry=_own,
    buckets=_BUCKETS,
)
_errors = Counter(
    "w2meet_downstream_errors", "Questions to what is below that failed.", ["service", "problem"], registry=_own
)

_request_labels = functools.cache(_requests.labels)
_downstream_labels = functools.cache(_downstream.labels)
_spent: ContextVar[float] = ContextVar("spent downstream", default=0.0)


def begin() -> None:
    """A request begins: nothing has been asked on its behalf."""
    _spent.set(0.0)


def spent_downstream() -> float:
    """The seconds that the request being answered has waited for what is below."""
    return _spent.get()


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """A request has been answered."""
    _request_labels(method if method in _METHODS else _OTHER, route, status).observe(seconds)


@contextmanager
def measure_downstream(name: str) -> Iterator[None]:
    """Measures a question to what is below. An APIException that is not the client's own fault is counted as an error."""
    began = time.perf_counter()
    try:
        yield
    except APIException as fault:
        if fault.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            _errors.labels(name, fault.default_code).inc()
        raise
    finally:
        seconds = time.perf_counter() - began
        _spent.set(_spent.get() + seconds)
        _downstream_labels(name).observe(seconds)


def exposition() -> bytes:
    """The numbers of all workers, in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get(_FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_own)
    for collector in map(import_string, settings.METRICS):
        registry.register(collector)
    return generate_latest(registry)
