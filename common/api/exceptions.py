"""Expected faults, each with its status, code and text (contract, section 10)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from django.core.exceptions import BadRequest
from rest_framework import exceptions

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:w2meet:problem:"
# A body of 2 MiB can hold a million faults: to tell them all would cost us gigabytes.
MAX_FAULTS = 200
# So much is told of a name that a client has made up: it may be as long as the body.
MAX_NAME_LENGTH = 64


class Problem(exceptions.APIException):
    """An expected fault. Owns its status, code and text; `extra` become members of the answer."""

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.extra = extra


class RefusedRequest(Problem):
    """A request that is refused before any view sees it."""

    status_code = HTTPStatus.BAD_REQUEST
    default_code = "bad-request"
    default_detail = "This request cannot be understood."


class Conflict(Problem):
    """What was asked contradicts what is stored."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class PreconditionFailed(Problem):
    """`If-Match` names a version that is no longer the current one (RFC 9110, section 13.1.1)."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "precondition-failed"
    default_detail = "It has changed since you read it. Read it again, then repeat your change."


class RequestTimeout(Problem):
    """A body that has not come in time (RFC 9110, section 15.5.9)."""

    status_code = HTTPStatus.REQUEST_TIMEOUT
    default_code = "request-timeout"


class RequestLineTooLong(Problem):
    """A request line beyond the limit (RFC 9110, section 15.5.15)."""

    status_code = HTTPStatus.REQUEST_URI_TOO_LONG
    default_code = "request-line-too-long"


class BodyTooLarge(Problem):
    """A body beyond the limit."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "body-too-large"


class UnreadableBodyError(BadRequest):
    """Whoever reads a body is told its `fault`: by this, since Django's own forms know no APIException."""

    def __init__(self, fault: exceptions.APIException) -> None:
        super().__init__(str(fault.detail))
        self.fault = fault


class UnsupportedEncoding(Problem):
    """A body with a Content-Encoding (RFC 9110, section 15.5.16): the answer says that none is known here."""

    status_code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    default_code = "unsupported-encoding"
    default_detail = "Send the body as it is, without a Content-Encoding: none is read here."


class BadGateway(Problem):
    """The service below answered nonsense."""

    status_code = HTTPStatus.BAD_GATEWAY
    default_code = "bad-gateway"


class Unavailable(Problem):
    """What is below is down. Worth trying again."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"
    retry_after = 1  # seconds


class Overloaded(Unavailable):
    """There is too much to do already."""

    default_code = "overloaded"
    default_detail = "There is more to do than can be done at once. Try again soon."


class GatewayTimeout(Problem):
    """The service below took longer than its budget."""

    status_code = HTTPStatus.GATEWAY_TIMEOUT
    default_code = "gateway-timeout"


class Relayed(Problem):
    """A problem of the service below that is the caller's own to mend, such as an unknown attendee."""

    def __init__(self, status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.status_code = status
        self.headers = dict(headers)
        self.default_code = str(problem.get("type", "")).removeprefix(TYPE_PREFIX) or "error"
        own = {"type", "title", "status", "detail", "instance", "request_id"}
        super().__init__(str(problem.get("detail", "")), **{k: v for k, v in problem.items() if k not in own})


def find_wait(fault: exceptions.APIException) -> int | None:
    """After how many seconds it is worth trying again (Retry-After), if the fault says so."""
    if isinstance(fault, Relayed):
        text = fault.headers.get("Retry-After", "")
        return int(text) if text.isascii() and text.isdecimal() else None
    if isinstance(fault, exceptions.Throttled):
        wait: int | None = cast("Any", fault).wait
        return wait
    return fault.retry_after if isinstance(fault, Unavailable) else None


def is_problem(answer: object) -> bool:
    """Whether an answer is a problem."""
    return isinstance(answer, Mapping) and str(answer.get("type", "")).startswith(TYPE_PREFIX)
