"""The outgoing client: asks the service below within a budget, and tells its faults as ours."""

import http.client
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import gevent
import orjson

from common import metrics, request_id, trace
from common.problems import CONTENT_TYPE as PROBLEM
from common.problems import TYPE_PREFIX, BadGateway, GatewayTimeout, Problem, Relayed, Unavailable

JSON = "application/json"
CONNECT_SECONDS = 0.5
# A kept connection leads to one replica of the service: through new ones all get their share, also late ones.
RENEW_EVERY = 100
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024

# The caller's own fault, told by the service below: it knows better than we do what is wrong.
_CALLERS_FAULT = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
# But that it does not know a path is ours.
_UNKNOWN_PATH = f"{TYPE_PREFIX}not-found"
_DOWN_BELOW: dict[int, type[Problem]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable,
    HTTPStatus.GATEWAY_TIMEOUT: GatewayTimeout,
}


class Answer(NamedTuple):
    """What is answered. The media type is in lower case and without parameters."""

    status: int
    media_type: str
    content: bytes


class Connection(http.client.HTTPConnection):
    """A connection on which the head and the body of a request go out together."""

    unsent = b""

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

    def send(self, data: Any) -> None:
        """Keeps what is to be sent until the answer is asked for."""
        self.unsent += data

    def getresponse(self) -> http.client.HTTPResponse:
        """Sends the request, and reads the head of the answer."""
        data, self.unsent = self.unsent, b""
        super().send(data)
        return super().getresponse()


class SecureConnection(Connection, http.client.HTTPSConnection):
    """The same over TLS."""


@dataclass(frozen=True)
class ServiceClient:
    """Asks one service. `seconds` is what a whole answer may take; it must be less than our own caller waits.

    It follows no redirect and knows no cookies and no proxies: they have no place between our services. With requests
    a question would take the processor twice as long.
    """

    name: str
    base_url: str
    seconds: float
    _idle: list[Connection] = field(default_factory=list, repr=False)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def query(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON object answered to a POST that only reads.

        Raises Relayed for the caller's own faults, Unavailable, GatewayTimeout, or BadGateway.
        """
        with metrics.downstream(self.name):
            return self._query(path, body)

    def _query(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._ask("POST", path, self.seconds, orjson.dumps(body))
        if fault := _DOWN_BELOW.get(answer.status):
            raise fault(_detail(answer) or f"{self.name} is unavailable.")
        found = self._object(answer)
        if answer.status == HTTPStatus.OK:
            return found
        if answer.status in _CALLERS_FAULT and answer.media_type == PROBLEM and found.get("type") != _UNKNOWN_PATH:
            raise Relayed(answer.status, found)
        raise BadGateway(f"{self.name} answered with status {answer.status}.")

    def health(self, seconds: float) -> tuple[int, dict[str, Any]]:
        """Status and body of the service's own health answer. Raises as `query` does."""
        with metrics.downstream(self.name):
            answer = self._ask("GET", "/health", seconds)
            return answer.status, self._object(answer)

    def _ask(self, method: str, path: str, seconds: float, body: bytes | None = None) -> Answer:
        """The answer to a request that changes nothing: it may be sent again."""
        headers = self._headers(body)
        try:
            # The time-out of a connection is for each single step; gevent's, in its workers, for all of them together.
            with gevent.Timeout(seconds):
                try:
                    return self._once(method, path, seconds, body, headers)
                except (ConnectionResetError, BrokenPipeError):
                    # The server may have closed a kept connection just as it was used again; and others as well.
                    self._idle.clear()
                    return self._once(method, path, seconds, body, headers)
        except (gevent.Timeout, TimeoutError):
            raise GatewayTimeout(f"{self.name} did not answer within {seconds:g} s.") from None
        except OSError:
            raise Unavailable(f"{self.name} cannot be reached.") from None
        except (http.client.HTTPException, ValueError):
            raise BadGateway(f"{self.name} answered something that is not HTTP.") from None

    def _headers(self, body: bytes | None) -> dict[str, str]:
        headers = {request_id.HEADER: request_id.current(), "Accept": JSON, **trace.current()}
        if body is not None:
            headers["Content-Type"] = JSON
        if next(self._numbers) % RENEW_EVERY == 0:
            headers["Connection"] = "close"
        return headers

    def _once(self, method: str, path: str, seconds: float, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = self._idle.pop() if self._idle else self._new_connection()
        kept = False
        try:
            connection.open(seconds)
            connection.request(method, urlsplit(self.base_url).path + path, body, headers)
            response = connection.getresponse()
            media_type, _, _ = response.getheader("Content-Type", "").partition(";")
            answer = Answer(response.status, media_type.strip().lower(), self._content(response))
            kept = not response.will_close
            return answer
        finally:
            if kept:
                self._idle.append(connection)
            else:
                connection.close()

    def _new_connection(self) -> Connection:
        address = urlsplit(self.base_url)
        return (SecureConnection if address.scheme == "https" else Connection)(address.netloc)

    def _content(self, response: http.client.HTTPResponse) -> bytes:
        if response.length is not None:
            self._check_size(response.length)
            return response.read()
        content = b""
        while chunk := response.read(_CHUNK_BYTES):
            content += chunk
            self._check_size(len(content))
        return content

    def _check_size(self, size: int) -> None:
        if size > MAX_ANSWER_BYTES:
            raise BadGateway(f"{self.name} answered more than {MAX_ANSWER_BYTES} bytes.")

    def _object(self, answer: Answer) -> dict[str, Any]:
        found = _parse(answer.content)
        if not isinstance(found, dict):
            raise BadGateway(f"{self.name} answered something that is not a JSON object, with status {answer.status}.")
        return found


def _parse(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _detail(answer: Answer) -> str | None:
    """What a problem says; None for any other answer, such as the page of a proxy in between."""
    found = _parse(answer.content)
    return str(found.get("detail", "")) if isinstance(found, dict) else None
