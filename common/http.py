"""The outgoing client: one pool of kept-alive connections a process to the service below, within a budget."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict

from common import request_id
from common.problems import CONTENT_TYPE as PROBLEM
from common.problems import BadGateway, GatewayTimeout, Relayed, Unavailable

CONNECT_SECONDS = 0.5
POOL_SIZE = 64

# The caller's own fault, told by the service below: it knows better than we do what is wrong.
_CALLERS_FAULT = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
_DOWN_BELOW = {HTTPStatus.SERVICE_UNAVAILABLE: Unavailable, HTTPStatus.GATEWAY_TIMEOUT: GatewayTimeout}


@dataclass(frozen=True)
class ServiceClient:
    """Asks one service. `seconds` is what an answer may take; it must be less than our own caller waits.

    Sends through the pool's adapter, not through a Session: no redirects, cookies or proxies from the
    environment have a place between our services, and each request costs half as much.
    """

    name: str
    base_url: str
    seconds: float
    _adapter: HTTPAdapter = field(
        default_factory=lambda: HTTPAdapter(pool_connections=1, pool_maxsize=POOL_SIZE), repr=False
    )

    def query(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON object answered to a POST that only reads.

        Raises Relayed for the caller's own faults, Unavailable, GatewayTimeout, or BadGateway.
        """
        response = self._send("POST", path, self.seconds, orjson.dumps(body))
        answer = self._object(response)
        status = response.status_code
        if status == HTTPStatus.OK:
            return answer
        if status in _CALLERS_FAULT and response.headers.get("Content-Type") == PROBLEM:
            raise Relayed(status, answer)
        if status in _DOWN_BELOW:
            raise _DOWN_BELOW[HTTPStatus(status)](str(answer.get("detail", "")) or f"{self.name} is unavailable.")
        raise BadGateway(f"{self.name} answered with status {status}.")

    def health(self, seconds: float) -> tuple[int, dict[str, Any]]:
        """Status and body of the service's own health answer. Raises as `query` does."""
        response = self._send("GET", "/health", seconds)
        return response.status_code, self._object(response)

    def _send(self, method: str, path: str, seconds: float, body: bytes | None = None) -> requests.Response:
        try:
            return self._once(method, path, seconds, body)
        except requests.ReadTimeout:
            raise GatewayTimeout(f"{self.name} did not answer within {seconds:g} s.") from None
        except requests.RequestException:
            raise Unavailable(f"{self.name} cannot be reached.") from None

    def _once(self, method: str, path: str, seconds: float, body: bytes | None) -> requests.Response:
        headers = {request_id.HEADER: request_id.current(), "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        request = requests.PreparedRequest()
        request.method, request.url, request.body = method, self.base_url + path, body
        request.headers = CaseInsensitiveDict(headers)
        return self._adapter.send(request, timeout=(CONNECT_SECONDS, seconds))

    def _object(self, response: requests.Response) -> dict[str, Any]:
        try:
            answer = orjson.loads(response.content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise BadGateway(f"{self.name} answered something that is not JSON, with status {response.status_code}.")
        return answer
