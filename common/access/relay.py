"""Credentials in a service that asks another one: passed on, since user-service alone decides about them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from common.access import bearer
from common.access.authentication import BearerAuthentication

ME = "/me"


class RelayedCaller:
    """Somebody who has sent credentials. The service below knows who it is."""

    is_authenticated = True


class RelayAuthentication(BearerAuthentication):
    """Takes credentials as they come: whatever needs them asks the service below, which refuses bad ones."""

    def authenticate(self, request: Request) -> tuple[RelayedCaller, str] | None:
        """A caller, and the token; None without one. Raises AuthenticationFailed, PermissionDenied or Relayed."""
        token = bearer.read(request)
        bearer.bind(token)
        if token is None:
            return None
        if request.method == "OPTIONS":
            ask_who_calls()  # nothing else would ask the service below
        return RelayedCaller(), token


def ask_who_calls() -> dict[str, Any]:
    """What the service below says of the current token (GET /me). Raises Relayed for a bad one."""
    answer: dict[str, Any] = import_string(settings.SERVICE_BELOW).get_json(ME)
    return answer


def check_page(request: HttpRequest) -> None:
    """Whether a browser may see a page. Raises NotAuthenticated, PermissionDenied or Relayed."""
    if settings.IS_OPEN:
        return
    bearer.bind(bearer.read(request))
    if bearer.current() is None:
        raise NotAuthenticated
    ask_who_calls()
