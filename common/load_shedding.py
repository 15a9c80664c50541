"""How much a worker takes on at once: more is refused early, rather than queued without an end."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.api import exception_handler
from common.api.exceptions import RETRY_AFTER_SECONDS
from common.api.parsers import MAX_BODY_BYTES
from common.health.checks import LIVE

MAX_BODY_BYTES_IN_FLIGHT = 16 * MAX_BODY_BYTES
# Whoever watches over a service must hear from it all the more when it has too much to do.
ALWAYS_ANSWERED = {"/health", f"/{LIVE}", "/metrics"}

_GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Load:
    """The requests that are being answered, each until its last byte is sent, and the size of their bodies."""

    def __init__(self) -> None:
        self.requests = 0
        self.body_bytes = 0

    def answer(self, request: HttpRequest, get_response: _GetResponse) -> HttpResponseBase:
        """The answer, or a problem when there is too much to do already."""
        if request.path_info in ALWAYS_ANSWERED:
            return get_response(request)
        size = _body_bytes(request)
        if self.requests >= settings.MAX_IN_FLIGHT or self.body_bytes + size > MAX_BODY_BYTES_IN_FLIGHT:
            return _refusal(request)
        return self._answer(request, get_response, size)

    def _answer(self, request: HttpRequest, get_response: _GetResponse, size: int) -> HttpResponseBase:
        self.requests += 1
        self.body_bytes += size
        try:
            response = get_response(request)
        except BaseException:
            self._end(size)
            raise
        self.body_bytes -= size
        cast("Any", response)._resource_closers.append(self._end)  # noqa: SLF001
        return response

    def _end(self, size: int = 0) -> None:
        self.requests -= 1
        self.body_bytes -= size


def _body_bytes(request: HttpRequest) -> int:
    """As much of the body as will be read: a longer one, or one of unknown length, is refused by its view."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return min(int(length), MAX_BODY_BYTES) if length.isdecimal() else 0


def _refusal(request: HttpRequest) -> HttpResponseBase:
    detail = "There is more to do than can be done at once. Try again soon."
    response = exception_handler.ProblemResponse(request, HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", detail)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
