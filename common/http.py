"""The outgoing client: asks the service below within a budget, and tells its faults as ours."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

import gevent
import orjson
import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError

from common import metrics, request_id, trace
from common.problems import CONTENT_TYPE as PROBLEM
from common.problems import TYPE_PREFIX, BadGateway, GatewayTimeout, Problem, Relayed, Unavailable

JSON = "application/json"
CONNECT_SECONDS = 0.5
# As many as a worker answers at once, unless it is told otherwise.
POOL_SIZE = 128
# A kept connection leads to one replica of the service: through new ones all get their share, also late ones.
RENEW_EVERY = 100
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024

# The caller's own fault, told by the service below: it knows better than we do what is wrong.
_CALLERS_FAULT = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
# But that it does not know a path is ours.
_UNKNOWN_PATH = f"{TYPE_PREFIX}not-found"
_TOO_SLOW = (gevent.Timeout, requests.ReadTimeout, ReadTimeoutError, TimeoutError)
_UNREACHABLE = (requests.ConnectTimeout, ConnectionError, MaxRetryError)
_DOWN_BELOW: dict[int, type[Problem]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable,
    HTTPStatus.GATEWAY_TIMEOUT: GatewayTimeout,
}


class Answer(NamedTuple):
    """What is answered. The media type is in lower case and without parameters."""

    status: int
    media_type: str
    content: bytes


@dataclass(frozen=True)
class ServiceClient:
    """Asks one service. `seconds` is what a whole answer may take; it must be less than our own caller waits.

    Sends through the pool's adapter, not through a Session: no redirects, cookies or proxies from the
    environment have a place between our services, and each request costs half as much.
    """

    name: str
    base_url: str
    seconds: float
    _adapter: HTTPAdapter = field(
        default_factory=lambda: HTTPAdapter(pool_connections=1, pool_maxsize=POOL_SIZE), repr=False
    )
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def query(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON object answered to a POST that only reads.

        Raises Relayed for the caller's own faults, Unavailable, GatewayTimeout, or BadGateway.
        """
        with metrics.downstream(self.name):
            return self._query(path, body)

    def _query(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._ask(self._request("POST", path, orjson.dumps(body)), self.seconds)
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
            answer = self._ask(self._request("GET", "/health"), seconds)
            return answer.status, self._object(answer)

    def _request(self, method: str, path: str, body: bytes | None = None) -> requests.PreparedRequest:
        headers = {request_id.HEADER: request_id.current(), "Accept": JSON, **trace.current()}
        if body is not None:
            headers |= {"Content-Type": JSON, "Content-Length": str(len(body))}
        if next(self._numbers) % RENEW_EVERY == 0:
            headers["Connection"] = "close"
        request = requests.PreparedRequest()
        request.method, request.url, request.body = method, self.base_url + path, body
        request.headers = CaseInsensitiveDict(headers)
        return request

    def _ask(self, request: requests.PreparedRequest, seconds: float) -> Answer:
        """The answer to a request that changes nothing: it may be sent again."""
        try:
            # A time-out of requests is for each single read; gevent's, in its workers, for all of them together.
            with gevent.Timeout(seconds):
                return self._exchange(request, seconds)
        except (gevent.Timeout, requests.RequestException) as fault:
            cause = _cause(fault)
            if isinstance(cause, _TOO_SLOW):
                raise GatewayTimeout(f"{self.name} did not answer within {seconds:g} s.") from None
            if isinstance(cause, _UNREACHABLE):
                raise Unavailable(f"{self.name} cannot be reached.") from None
            raise BadGateway(f"{self.name} answered something that is not HTTP.") from None

    def _exchange(self, request: requests.PreparedRequest, seconds: float) -> Answer:
        try:
            return self._once(request, seconds)
        except requests.ConnectionError as fault:
            # The server may have closed a kept connection just as it was used again.
            if isinstance(_cause(fault), ConnectionError):
                return self._once(request, seconds)
            raise

    def _once(self, request: requests.PreparedRequest, seconds: float) -> Answer:
        response = self._adapter.send(request, stream=True, timeout=(CONNECT_SECONDS, seconds))
        with response:
            content = self._content(response)
        media_type, _, _ = response.headers.get("Content-Type", "").partition(";")
        return Answer(response.status_code, media_type.strip().lower(), content)

    def _content(self, response: requests.Response) -> bytes:
        self._check_size(response.raw.length_remaining or 0)
        content = b""
        for chunk in response.iter_content(_CHUNK_BYTES):
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


def _cause(fault: BaseException) -> object:
    """What lies at the bottom of a fault of requests: it wraps urllib3's, which wrap the standard library's."""
    if not isinstance(fault, requests.ConnectionError) or isinstance(fault, requests.ConnectTimeout):
        return fault
    reason = fault.args[0]
    return reason.args[1] if isinstance(reason, ProtocolError) else reason


def _parse(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _detail(answer: Answer) -> str | None:
    """What a problem says; None for any other answer, such as the page of a proxy in between."""
    found = _parse(answer.content)
    return str(found.get("detail", "")) if isinstance(found, dict) else None
