"""Django's middleware, where HTTP wants it otherwise."""

from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware import common


class CommonMiddleware(common.CommonMiddleware):
    """Checks the Host, and says how long an answer is, unless it has no body (RFC 9110, section 8.6)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The answer, with its length."""
        response = super().process_response(request, response)
        if response.status_code in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            del response.headers["Content-Length"]
        return response
