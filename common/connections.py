"""HTTP/1.1 exchanges with one server: over connections that are kept, bounded in time and in size.

On the standard library, for three reasons: a `requests` time-out is for each single read, so that an answer
which drips may last for ever; it reads an answer of any size; and it costs three times as much.
"""

import io
import time
import weakref
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from socket import socket
from typing import Any, NamedTuple
from urllib.parse import urlsplit

CONNECT_SECONDS = 0.5
MAX_KEPT = 64
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class AnswerTooLarge(HTTPException):
    """An answer beyond the limit."""


class Request(NamedTuple):
    """What is asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Answer(NamedTuple):
    """What is answered. The media type is in lower case and without parameters."""

    status: int
    media_type: str
    content: bytes


class Connections:
    """Connections to the server at an address, kept open between exchanges."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        self._kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._host, self._port, self._prefix = address.hostname or "", address.port, address.path
        self._kept: list[HTTPConnection] = []
        weakref.finalize(self, _close, self._kept)

    def exchange(self, request: Request, seconds: float) -> Answer:
        """The answer, within so many seconds from connecting to its last byte.

        Only for requests that change nothing: one that fails on a kept connection, which the server may have
        closed meanwhile, is sent a second time. Raises TimeoutError, another OSError when the server cannot be
        reached or ends the connection, and HTTPException when what it answers is broken or too large.
        """
        until = time.monotonic() + seconds
        if kept := self._take():
            with suppress(ConnectionError):
                return self._once(kept, request, until)
        return self._once(self._connect(until), request, until)

    def _take(self) -> HTTPConnection | None:
        with suppress(IndexError):
            return self._kept.pop()
        return None

    def _connect(self, until: float) -> HTTPConnection:
        connection = self._kind(self._host, self._port, timeout=min(CONNECT_SECONDS, _left(until)))
        connection.response_class = _Response
        try:
            connection.connect()
        except TimeoutError:
            raise ConnectionError("no connection in time") from None
        return connection

    def _once(self, connection: HTTPConnection, request: Request, until: float) -> Answer:
        with ExitStack() as broken:
            broken.callback(connection.close)
            connection.sock.settimeout(_left(until))
            connection.request(request.method, self._prefix + request.path, request.body, request.headers)
            connection.sock.settimeout(_left(until))
            with connection.getresponse() as response:
                content = _content(response)
            broken.pop_all()
        if connection.sock and len(self._kept) < MAX_KEPT:
            self._kept.append(connection)
        else:
            connection.close()
        return Answer(response.status, response.headers.get_content_type(), content)


def _close(connections: list[HTTPConnection]) -> None:
    for connection in connections:
        connection.close()


def _left(until: float) -> float:
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _content(response: HTTPResponse) -> bytes:
    content = response.read(MAX_ANSWER_BYTES + 1)
    if len(content) > MAX_ANSWER_BYTES:
        raise AnswerTooLarge
    if response.length:
        raise IncompleteRead(content, response.length)
    return content


class _Response(HTTPResponse):
    """An answer that takes, headers and all, no longer than the time-out that its socket has at the beginning."""

    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_Reader(sock, self.fp.detach()))


class _Reader(io.RawIOBase):
    """Reads of a socket that together take no longer than its time-out."""

    def __init__(self, sock: socket, raw: io.RawIOBase) -> None:
        self._sock, self._raw = sock, raw
        self._until = time.monotonic() + (sock.gettimeout() or 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self._until))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
