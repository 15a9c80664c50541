"""The client of the service below: asks it within a budget, and tells its faults as ours."""

import functools
import itertools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from types import MappingProxyType
from typing import Any

import gevent
import orjson
import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

from common.access import bearer
from common.api.exceptions import CONTENT_TYPE as PROBLEM
from common.api.exceptions import TYPE_PREFIX, BadGateway, GatewayTimeout, Problem, Relayed, Unavailable
from common.observability import metrics, request_id, trace_context

CONNECT_SECONDS = 0.5
MAX_ANSWER_BYTES = 64 * 1024 * 1024
# A kept connection leads to one replica of the service: through new ones all get their share, also late ones.
RENEW_EVERY = 100

_NONE: Mapping[str, str] = MappingProxyType({})
_PIECE_BYTES = 64 * 1024
_JSON = "application/json"
# The caller's own fault, told by the service below: it knows better than we do what is wrong.
_CALLERS_FAULT = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
)
# What such a fault says in its head.
_RELAYED_HEADERS = ("WWW-Authenticate", "Retry-After")
# But that it does not know a path is ours.
_UNKNOWN_PATH = f"{TYPE_PREFIX}not-found"
# The other side has ended the connection. http.client says so by a subclass of the first.
_CLOSED = (ConnectionResetError, BrokenPipeError)
_DOWN_BELOW: dict[int, type[Problem]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable,
    HTTPStatus.GATEWAY_TIMEOUT: GatewayTimeout,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered. The media type is in lower case and without parameters; `json` is None if it is none."""

    status: int
    media_type: str
    json: Any
    headers: Mapping[str, str]


class ServiceClient:
    """Asks one service. `seconds` is what a whole answer may take; it must be less than our own caller waits.

    It follows no redirect and knows no cookies and no proxies: they have no place between our services.
    """

    def __init__(self, name: str, base_url: str, seconds: float) -> None:
        self.name = name
        self.base_url = base_url
        self.seconds = seconds
        self._numbers = itertools.count(1)
        self._session = requests.Session()
        self._session.trust_env = False
        # What `trust_env` would have read besides proxies and passwords.
        self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=settings.MAX_IN_FLIGHT))

    def post_json(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON object answered to a POST that only reads.

        Raises Relayed for the caller's own faults, Unavailable, GatewayTimeout, or BadGateway.
        """
        return self._ask_on_behalf("POST", path, orjson.dumps(body))

    def get_json(self, path: str) -> dict[str, Any]:
        """The JSON object answered to a GET. Raises as `post_json` does."""
        return self._ask_on_behalf("GET", path)

    def _ask_on_behalf(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        token = bearer.current()
        credentials = {bearer.HEADER: f"{bearer.SCHEME} {token}"} if token else {}
        with metrics.measure_downstream(self.name):
            answer = self._ask(method, path, self.seconds, body, credentials)
            if fault := _DOWN_BELOW.get(answer.status):
                detail = answer.json.get("detail") if isinstance(answer.json, dict) else None
                raise fault(str(detail or f"{self.name} is unavailable."))
            document = self._object(answer)
            if answer.status == HTTPStatus.OK:
                return document
            is_relayed = answer.status in _CALLERS_FAULT and answer.media_type == PROBLEM
            if is_relayed and document.get("type") != _UNKNOWN_PATH:
                headers = {name: answer.headers[name] for name in _RELAYED_HEADERS if name in answer.headers}
                raise Relayed(answer.status, document, headers)
            raise BadGateway(f"{self.name} answered with status {answer.status}.")

    def health(self, seconds: float) -> tuple[int, dict[str, Any]]:
        """Status and body of the service's own health answer. Raises as `post_json` does."""
        with metrics.measure_downstream(self.name):
            answer = self._ask("GET", "/health", seconds)
            return answer.status, self._object(answer)

    def _ask(
        self, method: str, path: str, seconds: float, body: bytes | None = None, headers: Mapping[str, str] = _NONE
    ) -> Answer:
        """The answer to a request that changes nothing: it may be sent again."""
        try:
            # The time-outs of requests are for each single step; gevent's, in its workers, is for all of them together.
            with gevent.Timeout(seconds):
                try:
                    return self._ask_once(method, path, seconds, body, headers)
                except requests.RequestException as fault:
                    if not _was_caused_by(fault, *_CLOSED):
                        raise
                # The server may have closed a kept connection just as it was used again; and others as well.
                self._session.close()
                return self._ask_once(method, path, seconds, body, headers)
        except gevent.Timeout:
            raise self._too_slow(seconds) from None
        except requests.RequestException as fault:
            raise self._translate(fault, seconds) from None

    def _ask_once(
        self, method: str, path: str, seconds: float, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        request = _prepare(method, self.base_url + path).copy()
        request.headers.update({request_id.HEADER: request_id.current(), **trace_context.current(), **headers})
        if body:
            request.headers["Content-Type"] = _JSON
            request.prepare_body(body, None)
        if next(self._numbers) % RENEW_EVERY == 0:
            request.headers["Connection"] = "close"
        with self._session.send(
            request,
            timeout=(min(CONNECT_SECONDS, seconds), seconds),
            verify=self._session.verify,
            allow_redirects=False,
            stream=True,
        ) as response:
            media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Answer(response.status_code, media_type, _parse(self._read(response)), response.headers)

    def _read(self, response: requests.Response) -> bytes:
        content = bytearray()
        too_long = BadGateway(f"{self.name} answered more than {MAX_ANSWER_BYTES} bytes.")
        if (response.raw.length_remaining or 0) > MAX_ANSWER_BYTES:
            raise too_long
        for piece in response.iter_content(_PIECE_BYTES):
            content += piece
            if len(content) > MAX_ANSWER_BYTES:
                raise too_long
        return bytes(content)

    def _translate(self, fault: requests.RequestException, seconds: float) -> Problem:
        if _was_caused_by(fault, TimeoutError, requests.ReadTimeout) and not isinstance(fault, requests.ConnectTimeout):
            return self._too_slow(seconds)
        is_http = not _was_caused_by(fault, HTTPException) or _was_caused_by(fault, *_CLOSED)
        if is_http and isinstance(fault, requests.ConnectionError):
            return Unavailable(f"{self.name} cannot be reached.")
        return BadGateway(f"{self.name} answered something that is not HTTP.")

    def _too_slow(self, seconds: float) -> GatewayTimeout:
        return GatewayTimeout(f"{self.name} did not answer within {seconds:g} s.")

    def _object(self, answer: Answer) -> dict[str, Any]:
        if not isinstance(answer.json, dict):
            raise BadGateway(f"{self.name} answered something that is not a JSON object, with status {answer.status}.")
        return answer.json


@functools.cache
def _prepare(method: str, url: str) -> requests.PreparedRequest:
    # Once: to make a request, and merge it with all that a session may hold, takes ten times as long as a copy.
    return requests.Request(method, url, {"Accept": _JSON, "Accept-Encoding": "identity"}).prepare()


def _was_caused_by(fault: BaseException | None, *kinds: type[BaseException]) -> bool:
    """Whether the fault, or what it was raised from, is of one of these: urllib3 wraps what the socket said."""
    while fault and not isinstance(fault, kinds):
        fault = fault.__cause__ or fault.__context__
    return fault is not None


def _parse(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
