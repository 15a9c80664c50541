"""What happens around every request where callers have to say who they are."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.access import audit, bearer


class AccessMiddleware:
    """Forgets who called before, on the same connection, and writes what belongs into the audit log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer."""
        bearer.bind(None)
        audit.begin()
        response = self._get_response(request)
        route = f"/{request.resolver_match.route}" if request.resolver_match else "-"
        audit.tell(f"{request.method} {route}", response.status_code)
        return response
