"""Protection of what a browser shows, whoever drew it: REST framework, a page for people, or Swagger UI."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.browsable.headers import protect

DRAWN = ("text/html", "image/svg+xml")


class PageHeadersMiddleware:
    """Adds the headers that protect a page or picture, where the view has set none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; one for programs goes as it is."""
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith(DRAWN) and "Content-Security-Policy" not in response:
            protect(response)
        return response
