"""What happens around every request: its id, a check of its Host, and one line in the log."""

import logging
import time
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from common import errors, request_id
from common.health import LIVE

logger = logging.getLogger("access")

# RFC 9110, section 8.6: what has no body says nothing of its length.
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
_ENVIRON_KEY = "HTTP_" + request_id.HEADER.upper().replace("-", "_")


def around_request(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware. The log names the route, never the path: an email in a path is personal data."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        accepted = request_id.adopt(request.META.get(_ENVIRON_KEY))
        try:
            request.get_host()
        except DisallowedHost as refused:
            response: HttpResponseBase = errors.bad_request(request, refused)
        else:
            response = get_response(request)
        response.headers[request_id.HEADER] = accepted
        if isinstance(response, HttpResponse) and response.status_code not in _BODILESS:
            response.headers["Content-Length"] = str(len(response.content))
        route = request.resolver_match.route if request.resolver_match else "-"
        milliseconds = (time.perf_counter() - began) * 1000
        # Whoever watches over a process asks every second.
        level = logging.DEBUG if route == LIVE else logging.INFO
        logger.log(level, "%s /%s %d %.1fms", request.method, route, response.status_code, milliseconds)
        return response

    return middleware
