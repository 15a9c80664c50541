"""Faults as the world sees them: RFC 9457 `application/problem+json` (contract, section 10)."""

import logging
import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.encoding import escape_uri_path
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.api.exceptions import (
    CONTENT_TYPE,
    MAX_FAULTS,
    TYPE_PREFIX,
    RefusedRequest,
    Relayed,
    Unavailable,
    UnreadableBodyError,
    UnsupportedEncoding,
)
from common.api.renderers import JSONRenderer, wants_page
from common.observability import request_id

logger = logging.getLogger(__name__)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler: the same shape for every fault of a view; None for a bug."""
    if isinstance(error, UnreadableBodyError):
        error = error.fault
    elif isinstance(error, Http404):  # only REST framework's negotiation raises it: our views raise NotFound
        known = ", ".join(sorted(str(renderer.format) for renderer in context["view"].get_renderers()))
        error = exceptions.NotFound(f"This is not answered in such a format. Known here: {known}.")
    response = exception_handler(error, context)
    if response is None:
        return None
    if not isinstance(error, exceptions.APIException):
        error = exceptions.PermissionDenied()  # which is what the framework made of Django's
    request = context["request"]
    response.data = describe(request, error)
    for name, value in _headers(error).items():
        response[name] = value
    if not wants_page(request):
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        response.content_type = CONTENT_TYPE
    return response


def _headers(error: exceptions.APIException) -> dict[str, str]:
    """What the head of an answer says of a fault."""
    if isinstance(error, UnsupportedEncoding):
        return {"Accept-Encoding": "identity"}
    if isinstance(error, Relayed):
        return error.headers
    return {"Retry-After": str(error.retry_after)} if isinstance(error, Unavailable) else {}


def describe(request: HttpRequest, error: exceptions.APIException) -> dict[str, Any]:
    """A fault as a problem, for the request that is being answered."""
    if isinstance(error, exceptions.ValidationError):
        errors = list(islice(list_errors(error.detail), MAX_FAULTS))
        code, detail, extra = "invalid", "; ".join(map(format_error, errors[:5])), {"errors": errors}
    else:
        code, detail = str(error.default_code).replace("_", "-"), str(error.detail)
        extra = getattr(error, "extra", {})
    return {
        "type": TYPE_PREFIX + code,
        "title": HTTPStatus(error.status_code).phrase,
        "status": int(error.status_code),
        "detail": detail,
        "instance": escape_uri_path(request.path),
        "request_id": request_id.current(),
        **extra,
    }


def list_errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Each fault of a ValidationError's nested detail as {field, message, code}; a field is like `a.b[2]`."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from list_errors(inner, _join(field, name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from list_errors(inner, field)
    else:
        yield {"field": field, "message": str(detail), "code": getattr(detail, "code", "invalid")}


def format_error(fault: Mapping[str, str]) -> str:
    """One fault of bad input, with the field to mend."""
    return f"{fault['field']}: {fault['message']}" if fault["field"] else fault["message"]


def _join(field: str, name: object) -> str:
    if name == "non_field_errors":
        return field
    if isinstance(name, int) or str(name).startswith("["):
        return f"{field}[{name}]" if isinstance(name, int) else f"{field}{name}"
    return f"{field}.{name}" if field else str(name)


def respond(request: HttpRequest, fault: exceptions.APIException) -> JsonResponse:
    """The answer to a fault outside of the views, where no content negotiation has taken place."""
    document, headers = describe(request, fault), _headers(fault)
    return JsonResponse(document, status=fault.status_code, content_type=CONTENT_TYPE, headers=headers)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's handler400: a request that Django itself refuses, or a body that one of its forms cannot read."""
    if isinstance(exception, UnreadableBodyError):
        return respond(request, exception.fault)
    if isinstance(exception, DisallowedHost):
        detail = "The Host header names a host that is not served here. ALLOWED_HOSTS lists those that are."
        return respond(request, RefusedRequest(detail))
    return respond(request, RefusedRequest())


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's handler500: a bug of ours. The log holds its trace under the same request id."""
    logger.error("A bug of ours", exc_info=sys.exc_info())
    return respond(request, exceptions.APIException("Something went wrong here. The log knows this request id."))
