"""What happens around every request: its id, a check of its Host, a limit, one line in the log, and its numbers."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from common.api import exception_handler
from common.health.checks import LIVE
from common.load_shedding import Load
from common.observability import metrics, request_id, trace_context

logger = logging.getLogger("access")

# ALLOWED_HOSTS may name a whole domain, and a host may come with any port.
MAX_HOSTS = 64

# RFC 9110, section 8.6: what has no body says nothing of its length.
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
_ENVIRON_KEY = "HTTP_" + request_id.HEADER.upper().replace("-", "_")
_LINE = "%(method)s %(route)s %(status)d %(milliseconds).1fms, of which %(downstream_milliseconds).1fms downstream"


def around_request(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware."""
    load = Load()
    served: set[str] = set()

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        accepted = request_id.bind(request.META.get(_ENVIRON_KEY))
        trace_context.bind(request.META)
        metrics.begin()
        try:
            _check_host(request, served)
        except DisallowedHost as refused:
            response: HttpResponseBase = exception_handler.bad_request(request, refused)
        else:
            response = load.answer(request, get_response)
        response.headers[request_id.HEADER] = accepted
        if isinstance(response, HttpResponse) and response.status_code not in _BODILESS:
            response.headers["Content-Length"] = str(len(response.content))
        _tell(request, response.status_code, time.perf_counter() - began)
        return response

    return middleware


def _check_host(request: HttpRequest, served: set[str]) -> None:
    """Raises DisallowedHost for a foreign one. Those that are served stay so, and need not be looked up again."""
    host = request.META.get("HTTP_HOST")
    if host not in served:
        request.get_host()
        if host and len(served) < MAX_HOSTS:
            served.add(host)


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    """The log and the numbers name the route, never the path: an email in a path is personal data."""
    method, route = request.method or "", f"/{request.resolver_match.route}" if request.resolver_match else "-"
    metrics.answered(method, route, status, seconds)
    # Whoever watches over a process asks every second.
    logger.log(
        logging.DEBUG if route == f"/{LIVE}" else logging.INFO,
        _LINE,
        {
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
            "downstream_milliseconds": round(metrics.spent_downstream() * 1000, 1),
        },
    )
