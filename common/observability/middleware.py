"""What happens around every request: its id, its trace, one line in the log, and its numbers."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.observability import metrics, request_id, trace_context

logger = logging.getLogger("access")

_LINE = "%(method)s %(route)s %(status)d %(milliseconds).1fms, of which %(downstream_milliseconds).1fms downstream"


class ObservabilityMiddleware:
    """Binds what is said and asked on behalf of a request to it, and tells how it was answered.

    The log and the numbers name the route, never the path: an email in a path is personal data.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, with the id of its request."""
        began = time.perf_counter()
        accepted = request_id.bind(request.headers.get(request_id.HEADER))
        trace_context.bind(request.META)
        metrics.begin()
        response = self._get_response(request)
        response.headers[request_id.HEADER] = accepted
        seconds = time.perf_counter() - began
        method, route = request.method or "", f"/{request.resolver_match.route}" if request.resolver_match else "-"
        metrics.answered(method, route, response.status_code, seconds)
        logger.log(
            logging.DEBUG if route in settings.QUIET_ROUTES else logging.INFO,
            _LINE,
            {
                "method": method,
                "route": route,
                "status": response.status_code,
                "milliseconds": round(seconds * 1000, 1),
                "downstream_milliseconds": round(metrics.spent_downstream() * 1000, 1),
            },
        )
        return response
