"""Django's middleware, where HTTP wants it otherwise."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware import common
from django.urls import resolve


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
