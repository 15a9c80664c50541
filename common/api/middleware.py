"""Django's middleware, where HTTP wants it otherwise."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware import common
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes


class CommonMiddleware(common.CommonMiddleware):
    """Checks the Host, leads to the path without a slash at its end, and says how long an answer is.

    An answer without a body has no length (RFC 9110, section 8.6).
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        """Raises DisallowedHost, or leads on."""
        response = super().process_request(request)
        if response is None and request.method in ("GET", "HEAD") and request.path != "/" and request.path[-1] == "/":
            # Not to another host, as a path that begins with two slashes would lead.
            path = escape_leading_slashes(escape_uri_path(request.path.rstrip("/") or "/"))
            query = request.META["QUERY_STRING"]
            return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
        return response

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, with its length."""
        response = super().process_response(request, response)
        if response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            del response.headers["Content-Length"]
        return response
