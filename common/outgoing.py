"""HTTP/1.1 (RFC 9112) with a service below: a request goes out at once, and httptools' parser reads its answer."""

import http.client
from collections.abc import Mapping
from typing import NamedTuple

import httptools

CONNECT_SECONDS = 0.5
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_MAX_HEAD_BYTES = 64 * 1024
_RECEIVE_BYTES = 64 * 1024
_PROTOCOL = b"HTTP/"
_INFORMATIONAL = range(100, 200)


class AnswerError(Exception):
    """What came is no answer, or not the whole of one."""


class TooLongError(Exception):
    """The answer is longer than MAX_ANSWER_BYTES."""


class Answer(NamedTuple):
    """What is answered. The media type is in lower case and without parameters."""

    status: int
    media_type: str
    content: bytes


class Connection(http.client.HTTPConnection):
    """A connection that may be kept for the next request, if the server agrees."""

    kept = False

    def __del__(self) -> None:
        self.close()

    def open(self, seconds: float) -> None:
        """Connects, unless it is connected. From then on the other side may take `seconds` for each of its steps."""
        if not self.sock:
            self.timeout = CONNECT_SECONDS
            try:
                self.connect()
            except TimeoutError:
                raise ConnectionError from None
        self.sock.settimeout(seconds)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """The answer to a request. Raises OSError, AnswerError, or TooLongError, and is not to be used again then."""
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        host = f"[{self.host}]" if ":" in self.host else self.host
        head = f"{method} {path} HTTP/1.1\r\nHost: {host}:{self.port}\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
        self.kept = False
        self.sock.sendall(head.encode("ascii") + body)
        reader = _Reader()
        parser = httptools.HttpResponseParser(reader)
        while not reader.ended or parser.get_status_code() in _INFORMATIONAL:
            data = self.sock.recv(_RECEIVE_BYTES)
            if not data:
                reader.end()
                break
            reader.check(data)
            _feed(parser, data)
            if reader.length > MAX_ANSWER_BYTES:
                raise TooLongError
        self.kept = reader.says_its_end and not reader.closes and parser.get_http_version() == "1.1"
        return Answer(parser.get_status_code(), reader.media_type, b"".join(reader.parts))


class SecureConnection(Connection, http.client.HTTPSConnection):
    """The same over TLS."""


class _Reader:
    """What the parser tells of an answer."""

    def __init__(self) -> None:
        self.size = 0
        self.on_message_begin()

    def on_message_begin(self) -> None:
        self.media_type = ""
        self.parts: list[bytes] = []
        self.length = 0
        self.says_its_end = self.closes = self.has_head = self.ended = False

    def on_header(self, name: bytes, value: bytes) -> None:
        match name.lower():
            case b"content-type":
                self.media_type = value.partition(b";")[0].strip().lower().decode("latin-1")
            case b"content-length":
                self.says_its_end, self.length = True, int(value)
            case b"transfer-encoding":
                self.says_its_end = True
            case b"connection":
                self.closes = b"close" in value.lower()

    def on_headers_complete(self) -> None:
        self.has_head = True

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)

    def on_message_complete(self) -> None:
        self.ended = True

    def end(self) -> None:
        """The connection has ended. Raises ConnectionResetError if nothing came, AnswerError if more should have."""
        if not self.size:
            raise ConnectionResetError
        if not self.has_head or self.says_its_end:
            raise AnswerError

    def check(self, data: bytes) -> None:
        """More has come, and will be read."""
        if not self.size and not _PROTOCOL.startswith(data[: len(_PROTOCOL)]):
            raise AnswerError  # the parser also reads what is like HTTP
        self.size += len(data)
        if self.size > _MAX_HEAD_BYTES and not self.has_head:
            raise AnswerError
        if self.size > MAX_ANSWER_BYTES + _MAX_HEAD_BYTES:
            raise TooLongError


def _feed(parser: httptools.HttpResponseParser, data: bytes) -> None:
    try:
        parser.feed_data(data)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade) as fault:
        raise AnswerError from fault
