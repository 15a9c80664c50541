"""HTTP/1.1 (RFC 9112) with one client: reads its requests, and has each answered by the WSGI application (PEP 3333)."""

import functools
import io
import logging
import os
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate
from http import HTTPStatus
from typing import IO, Any

import gevent.socket
import httptools
import orjson
from gevent import monkey

from common import request_head
from common.api import exceptions
from common.observability import request_id
from common.request_head import RequestError, RequestHead

logger = logging.getLogger(__name__)
_PlainSocket = monkey.get_original("socket", "socket")

Application = Callable[..., Iterable[bytes]]
Environ = dict[str, Any]

# A client that asks again and again is told, with its next answer, that the connection ends. Others just see it end.
IDLE_SECONDS = 0.5
_RECEIVE_BYTES = 16 * 1024
_READABLE = 1
_BODILESS = ("204", "304")
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection:
    """A client's socket.

    `environ` is what WSGI is to know of every request on it, `believed` whether the client may say by which scheme it
    was asked itself, and `stays` whether another request is welcome.
    """

    def __init__(
        self,
        client: socket.socket,
        application: Application,
        environ: Environ,
        stays: Callable[[], bool],
        *,
        believed: bool,
    ) -> None:
        self._client = client
        self._application = application
        self._environ = environ
        self._stays = stays
        self._believed = believed
        self._readable = gevent.get_hub().loop.io(client.fileno(), _READABLE)
        self._unread = b""
        self._body_left = 0
        self._expects = False
        self._since = 0.0
        self._idles = False

    def serve(self) -> None:
        """Answers all that comes, until one of the two sides ends it."""
        try:
            while self._serve_one():
                pass
        except OSError:
            logger.debug("A client broke off.", exc_info=True)
        except Exception:
            # Django answers its own bugs: this one is outside of it.
            logger.exception("A bug of ours")
        finally:
            self._readable.close()
            self._client.close()

    def end_if_idle(self) -> None:
        """Lets a client that asks for nothing see an end."""
        if self._idles:
            self.end_if_slow(IDLE_SECONDS)

    def end_if_slow(self, seconds: float) -> None:
        """Reads no more of a request whose head, or then whose body, has not come within so long."""
        if self._since and time.monotonic() - self._since > seconds:
            # gevent's own would raise in whoever reads, rather than let them see an end.
            with suppress(OSError), _PlainSocket(fileno=os.dup(self._client.fileno())) as plain:
                plain.shutdown(socket.SHUT_RD)

    def read_body(self, size: int) -> bytes:
        """The next of the body of the request being answered, at most `size` bytes; none at its end."""
        if not self._body_left:
            return b""
        if self._expects:
            self._expects = False
            self._send(_CONTINUE)
        data = self._take(min(size, self._body_left))
        self._body_left = self._body_left - len(data) if data else 0
        return data

    def _serve_one(self) -> bool:
        """Whether another request may follow."""
        self._await(idles=True)
        try:
            environ = self._read_head()
        except RequestError as refusal:
            self._refuse(refusal)
            return self._linger()
        if environ is None:
            return False
        self._await(idles=False)
        environ["wsgi.input"] = self._body(environ)
        if not self._answer(environ):
            return self._linger()
        while self.read_body(_RECEIVE_BYTES):
            pass
        return True

    def _await(self, *, idles: bool) -> None:
        self._since, self._idles = time.monotonic(), idles

    def _read_head(self) -> Environ | None:
        """What the client asks; None if it asks no more."""
        head = RequestHead()
        parser = httptools.HttpRequestParser(head)
        unread, fed = self._unread, 0
        while (end := unread.find(request_head.END, max(0, fed + 1 - len(request_head.END)))) < 0:
            request_head.feed(parser, unread[fed:])
            fed = len(unread)
            if fed > request_head.MAX_BYTES:
                raise RequestError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The head of the request is too long.")
            self._unread = b""
            more = self._take(_RECEIVE_BYTES)
            if not more:
                return None
            # RFC 9112, section 2.2: an empty line before a request means nothing.
            unread = (unread + more).lstrip(b"\r\n")
        end += len(request_head.END)
        request_head.feed(parser, unread[fed:end])
        self._unread = unread[end:]
        environ = self._environ | head.environ(parser.get_method().decode(), parser.get_http_version())
        if self._believed and environ.get("HTTP_X_FORWARDED_PROTO") == "https":
            environ["wsgi.url_scheme"] = "https"
        return environ

    def _body(self, environ: Environ) -> IO[bytes]:
        """The body, as far as it has an end that is known: a coding makes the length mean nothing (RFC 9112, 6.3)."""
        length = 0 if "HTTP_TRANSFER_ENCODING" in environ else int(environ.get("CONTENT_LENGTH", 0))
        self._body_left = length
        self._expects = length > len(self._unread) and environ.get("HTTP_EXPECT", "").lower() == "100-continue"
        return io.BytesIO(self.read_body(length)) if length <= len(self._unread) else io.BufferedReader(_Body(self))

    def _answer(self, environ: Environ) -> bool:
        """Whether the connection may be kept."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        content = self._application(environ, lambda status, headers, _=None: started.append((status, headers)))
        try:
            ((status, headers),) = started
            bodiless = environ["REQUEST_METHOD"] == "HEAD" or status.startswith(_BODILESS)
            framed = bodiless or any(name == "Content-Length" for name, _ in headers)
            kept = framed and not self._expects and self._stays() and _wants_more(environ)
            self._since = 0.0
            head = _head(status, headers, kept=kept)
            for part in () if bodiless else content:
                self._send(head + part)
                head = b""
            if head:
                self._send(head)
            return kept
        finally:
            if close := getattr(content, "close", None):
                close()

    def _refuse(self, refusal: RequestError) -> None:
        identifier = request_id.bind(None)
        logger.info("Refused: %s", refusal.detail)
        content = orjson.dumps(exceptions.problem_document("/", refusal.status, refusal.code, refusal.detail))
        headers = [
            ("Content-Type", exceptions.CONTENT_TYPE),
            ("Content-Length", str(len(content))),
            (request_id.HEADER, identifier),
        ]
        self._send(_head(f"{refusal.status.value} {refusal.status.phrase}", headers, kept=False) + content)

    def _linger(self) -> bool:
        """Reads on to the end: what a client sends to a closed socket could cost it the answer (RFC 9112, 9.6)."""
        self._await(idles=True)
        self._client.shutdown(socket.SHUT_WR)
        while self._take(_RECEIVE_BYTES):
            pass
        return False

    def _take(self, size: int) -> bytes:
        """Some of what the client sends, at most `size` bytes; none if it sends no more."""
        if not self._unread:
            # Others come first, who have waited longer: a client that is quick to ask again would hold them up.
            gevent.socket.wait(self._readable)
            self._unread = self._client.recv(_RECEIVE_BYTES)
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken

    def _send(self, data: bytes) -> None:
        sent = self._client.send(data)
        if sent < len(data):
            self._client.sendall(memoryview(data)[sent:])


class _Body(io.RawIOBase):
    """A body that is still to come."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads some of it."""
        data = self._connection.read_body(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _wants_more(environ: Environ) -> bool:
    """Whether the client may ask again on the same connection (RFC 9112, section 9.3)."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return False
    options = {option.strip() for option in environ.get("HTTP_CONNECTION", "").lower().split(",")}
    return "close" not in options and (environ["SERVER_PROTOCOL"] == "HTTP/1.1" or "keep-alive" in options)


def _head(status: str, headers: list[tuple[str, str]], *, kept: bool) -> bytes:
    fields = "".join([f"{name}: {value}\r\n" for name, value in headers])
    connection = "keep-alive" if kept else "close"
    return f"HTTP/1.1 {status}\r\nDate: {_date(int(time.time()))}\r\nConnection: {connection}\r\n{fields}\r\n".encode(
        "latin-1"
    )


@functools.lru_cache(maxsize=1)
def _date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
