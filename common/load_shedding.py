"""How much a worker takes on at once: more is refused early, rather than queued without an end."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from common.api.exception_handler import respond
from common.api.exceptions import Overloaded

# Whoever watches over a service must hear from it all the more when it has too much to do.
ALWAYS_ANSWERED = {"/health", "/health/live", "/metrics"}
SMALL_ANSWER_BYTES = 64 * 1024
MAX_ANSWER_BYTES_IN_FLIGHT = 64 * 1024 * 1024

_bytes_to_send: ContextVar[int] = ContextVar("bytes to send", default=0)


class LoadSheddingMiddleware:
    """Bounds the requests that are being worked on, and the bytes of large answers until they are sent.

    A request counts only while it is worked on: clients that are slow to read hold nobody else up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._requests = self._bytes_in_flight = 0
        request_finished.connect(self._forget_answer)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or a problem when there is too much to do already."""
        if request.path_info in ALWAYS_ANSWERED:
            return self._get_response(request)
        if self._requests >= settings.MAX_IN_FLIGHT:
            return respond(request, Overloaded())
        self._requests += 1
        try:
            response = self._get_response(request)
        finally:
            self._requests -= 1
        if not isinstance(response, HttpResponse) or len(response.content) <= SMALL_ANSWER_BYTES:
            return response
        if self._bytes_in_flight + len(response.content) > MAX_ANSWER_BYTES_IN_FLIGHT:
            return respond(request, Overloaded())
        _bytes_to_send.set(len(response.content))
        self._bytes_in_flight += len(response.content)
        # REST framework's own response would keep all that it was rendered from as long as it is being sent.
        return HttpResponse(response.content, status=response.status_code, headers=response.headers)

    def _forget_answer(self, **kwargs: Any) -> None:
        """Django's signal that an answer has been sent, or cannot be."""
        self._bytes_in_flight -= _bytes_to_send.get()
        _bytes_to_send.set(0)
