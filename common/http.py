"""The outgoing client: asks the service below within a budget, and tells its faults as ours."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, urlsplit

import gevent
import orjson

from common.api.exceptions import CONTENT_TYPE as PROBLEM
from common.api.exceptions import TYPE_PREFIX, BadGateway, GatewayTimeout, Problem, Relayed, Unavailable
from common.observability import metrics, request_id, trace_context
from common.outgoing import MAX_ANSWER_BYTES, Answer, AnswerError, Connection, SecureConnection, TooLongError

JSON = "application/json"
# A kept connection leads to one replica of the service: through new ones all get their share, also late ones.
RENEW_EVERY = 100

# The caller's own fault, told by the service below: it knows better than we do what is wrong.
_CALLERS_FAULT = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
# But that it does not know a path is ours.
_UNKNOWN_PATH = f"{TYPE_PREFIX}not-found"
_DOWN_BELOW: dict[int, type[Problem]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable,
    HTTPStatus.GATEWAY_TIMEOUT: GatewayTimeout,
}


@dataclass(frozen=True)
class ServiceClient:
    """Asks one service. `seconds` is what a whole answer may take; it must be less than our own caller waits.

    It follows no redirect and knows no cookies and no proxies: they have no place between our services. With requests
    a question would take the processor more than twice as long.
    """

    name: str
    base_url: str
    seconds: float
    _idle: list[Connection] = field(default_factory=list, repr=False)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def post_json(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON object answered to a POST that only reads.

        Raises Relayed for the caller's own faults, Unavailable, GatewayTimeout, or BadGateway.
        """
        with metrics.Downstream(self.name):
            return self._post_json(path, body)

    def _post_json(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
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
        """Status and body of the service's own health answer. Raises as `post_json` does."""
        with metrics.Downstream(self.name):
            answer = self._ask("GET", "/health", seconds)
            return answer.status, self._object(answer)

    def _ask(self, method: str, path: str, seconds: float, body: bytes = b"") -> Answer:
        """The answer to a request that changes nothing: it may be sent again."""
        headers = self._headers(body)
        try:
            # The time-out of a connection is for each single step; gevent's, in its workers, for all of them together.
            with gevent.Timeout(seconds):
                try:
                    return self._once(method, path, seconds, headers, body)
                except (ConnectionResetError, BrokenPipeError):
                    # The server may have closed a kept connection just as it was used again; and others as well.
                    self._idle.clear()
                    return self._once(method, path, seconds, headers, body)
        except (gevent.Timeout, TimeoutError):
            raise GatewayTimeout(f"{self.name} did not answer within {seconds:g} s.") from None
        except OSError:
            raise Unavailable(f"{self.name} cannot be reached.") from None
        except AnswerError:
            raise BadGateway(f"{self.name} answered something that is not HTTP.") from None
        except TooLongError:
            raise BadGateway(f"{self.name} answered more than {MAX_ANSWER_BYTES} bytes.") from None

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {request_id.HEADER: request_id.current(), "Accept": JSON, **trace_context.current()}
        if body:
            headers["Content-Type"] = JSON
        if next(self._numbers) % RENEW_EVERY == 0:
            headers["Connection"] = "close"
        return headers

    def _once(self, method: str, path: str, seconds: float, headers: Mapping[str, str], body: bytes) -> Answer:
        address = urlsplit(self.base_url)
        connection = self._idle.pop() if self._idle else _connection(address)
        try:
            connection.open(seconds)
            return connection.ask(method, address.path + path, headers, body)
        finally:
            if connection.kept:
                self._idle.append(connection)
            else:
                connection.close()

    def _object(self, answer: Answer) -> dict[str, Any]:
        found = _parse(answer.content)
        if not isinstance(found, dict):
            raise BadGateway(f"{self.name} answered something that is not a JSON object, with status {answer.status}.")
        return found


def _connection(address: SplitResult) -> Connection:
    kind = SecureConnection if address.scheme == "https" else Connection
    return kind(address.hostname or "", address.port)


def _parse(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _detail(answer: Answer) -> str | None:
    """What a problem says; None for any other answer, such as the page of a proxy in between."""
    found = _parse(answer.content)
    return str(found.get("detail", "")) if isinstance(found, dict) else None
