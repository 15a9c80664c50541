"""Faults of a service that passes credentials on: that those are bad is told before all else (contract, section 13)."""

from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated
from rest_framework.response import Response

from common.access import bearer
from common.access.relay import ask_who_calls
from common.api import exception_handler
from common.api.exceptions import Relayed


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler. Who is told of anything else has been found to be somebody."""
    if not _tells_of_credentials(error):
        try:
            ask_who_calls()
        except APIException as refusal:
            error = refusal
    return exception_handler.handle(error, context)


def _tells_of_credentials(error: Exception) -> bool:
    """Whether the service below has been asked already, or the fault is about credentials itself."""
    if isinstance(error, (AuthenticationFailed, NotAuthenticated, Relayed)):
        return True
    status = getattr(error, "status_code", HTTPStatus.BAD_REQUEST)
    return bearer.current() is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR
