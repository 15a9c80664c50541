"""What HTTP wants otherwise than Django, or than the server in front of it."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware import common
from django.urls import resolve

from common.api.exception_handler import respond
from common.api.exceptions import RequestLineTooLong

MAX_REQUEST_LINE_BYTES = 64 * 1024


class CommonMiddleware(common.CommonMiddleware):
    """Checks the Host, leads from a path with a trailing slash to that without, and says how long an answer is."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        """A redirect where the path is one of ours but for slashes at its end. Method and body are to stay as they are.

        Where nothing is either way, the answer is a 404 as for any path.
        """
        refusal = super().process_request(request)
        path = request.path_info.rstrip("/")
        if refusal or path in ("", request.path_info) or resolve(path).url_name == "not-found":
            return refusal
        path, mark, query = request.get_full_path().partition("?")
        is_read = request.method in ("GET", "HEAD")
        return HttpResponsePermanentRedirect(f"{path.rstrip('/')}{mark}{query}", preserve_request=not is_read)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, with its length, unless it has no body (RFC 9110, section 8.6)."""
        response = super().process_response(request, response)
        if response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            del response.headers["Content-Length"]
        return response


class RequestLineMiddleware:
    """Refuses a request line that is too long: gunicorn has no limit above 8 kB."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, or a problem."""
        line = (request.method or "", request.META.get("RAW_URI", ""), request.META.get("SERVER_PROTOCOL", ""))
        if len(" ".join(line)) <= MAX_REQUEST_LINE_BYTES:
            return self._get_response(request)
        detail = f"A request line may hold at most {MAX_REQUEST_LINE_BYTES} bytes. Send more in the body of a POST."
        return respond(request, RequestLineTooLong(detail))
