"""Bodies of requests, read in time and within bounds before anything else is taken for a request."""

import io
from collections.abc import Callable, Iterable
from typing import Any

import gevent
from django.conf import settings
from gunicorn.http.errors import ParseException
from rest_framework.exceptions import APIException, ParseError

from common.api.exceptions import BodyTooLarge, Overloaded, RequestTimeout, UnreadableBodyError, UnsupportedEncoding
from common.api.parsers import MAX_BODY_BYTES

PIECE_BYTES = 64 * 1024
# What the bodies that a worker holds may take together, beyond the first piece of each.
MAX_BYTES_IN_FLIGHT = 16 * MAX_BODY_BYTES
_INCOMPLETE = "The body has not come to the end that was announced."

Environ = dict[str, Any]
Application = Callable[..., Iterable[bytes]]


class BodyReader:
    """WSGI middleware (PEP 3333): the application gets each body whole, and with its length, also one sent in chunks.

    What is wrong with a body (400, 408, 413, 415, 503) is raised to the view that reads it, which answers as ever.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._bytes_in_flight = 0

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers a request."""
        environ["CONTENT_TYPE"] = _without_charset(environ.get("CONTENT_TYPE", ""))
        if "HTTP_TRANSFER_ENCODING" not in environ and not environ.get("CONTENT_LENGTH"):
            return self._application(environ, start_response)
        with io.BytesIO() as content:
            try:
                self._read(environ, content)
                environ["wsgi.input"], length = content, content.tell()
                content.seek(0)
            except APIException as fault:
                environ["wsgi.input"], length = UnreadableBody(fault), 1
            finally:
                held = max(0, content.getbuffer().nbytes - PIECE_BYTES)
            environ["CONTENT_LENGTH"] = str(length)
            environ.pop("HTTP_TRANSFER_ENCODING", None)
            try:
                return self._application(environ, start_response)
            finally:
                self._bytes_in_flight -= held

    def _read(self, environ: Environ, content: io.BytesIO) -> None:
        if environ.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
            raise UnsupportedEncoding
        announced = int(environ.get("CONTENT_LENGTH") or 0)
        too_large = BodyTooLarge(f"A body may hold at most {MAX_BODY_BYTES} bytes.")
        if announced > MAX_BODY_BYTES:
            raise too_large
        try:
            with gevent.Timeout(settings.BODY_SECONDS, TimeoutError):
                while piece := environ["wsgi.input"].read(PIECE_BYTES):
                    if content.tell():
                        if self._bytes_in_flight + len(piece) > MAX_BYTES_IN_FLIGHT:
                            raise Overloaded
                        self._bytes_in_flight += len(piece)
                    content.write(piece)
                    if content.tell() > MAX_BODY_BYTES:
                        raise too_large
        except TimeoutError:
            raise RequestTimeout(f"The body has not come within {settings.BODY_SECONDS:g} s.") from None
        except (OSError, ParseException):
            raise ParseError(_INCOMPLETE) from None
        if content.tell() < announced:
            raise ParseError(_INCOMPLETE)


def _without_charset(content_type: str) -> str:
    """All that we read is UTF-8 (RFC 8259, section 8.1). Django would try any codec, as zlib."""
    return ";".join(part for part in content_type.split(";") if not part.strip().lower().startswith("charset"))


class UnreadableBody:
    """In place of a body: whoever reads it is told what is wrong with it."""

    def __init__(self, fault: APIException) -> None:
        self._fault = fault

    def read(self, size: int = -1) -> bytes:
        """Raises UnreadableBodyError."""
        raise UnreadableBodyError(self._fault)

    readline = read
