"""W3C Trace Context: what a caller traces its request by is passed on as it came."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

# https://www.w3.org/TR/trace-context/#traceparent-header: version 00 has no more than four parts, a later one may.
_VALID = re.compile(
    r"(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?", re.ASCII
)
_NONE: Mapping[str, str] = MappingProxyType({})
_current: ContextVar[Mapping[str, str]] = ContextVar("trace", default=_NONE)


def current() -> Mapping[str, str]:
    """The headers that a request to another service carries on behalf of the one being answered."""
    return _current.get()


def bind(environ: Mapping[str, str]) -> None:
    """Makes the trace of a request, given as its WSGI environment, the current one, if it is valid."""
    parent = environ.get("HTTP_TRACEPARENT")
    _current.set(_headers(parent, environ) if parent and _VALID.fullmatch(parent) else _NONE)


def _headers(parent: str, environ: Mapping[str, str]) -> dict[str, str]:
    state = environ.get("HTTP_TRACESTATE")
    return {"traceparent": parent, "tracestate": state} if state else {"traceparent": parent}
