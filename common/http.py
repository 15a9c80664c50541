"""The outgoing client: asks the service below within a budget, and tells its faults as ours."""

import json
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from common import request_id
from common.connections import MAX_ANSWER_BYTES, Answer, AnswerTooLarge, Connections, Request
from common.problems import CONTENT_TYPE as PROBLEM
from common.problems import TYPE_PREFIX, BadGateway, GatewayTimeout, Problem, Relayed, Unavailable

JSON = "application/json"

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
    """Asks one service. `seconds` is what a whole answer may take; it must be less than our own caller waits."""

    name: str
    base_url: str
    seconds: float

    @cached_property
    def _connections(self) -> Connections:
        return Connections(self.base_url)

    def query(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON object answered to a POST that only reads.

        Raises Relayed for the caller's own faults, Unavailable, GatewayTimeout, or BadGateway.
        """
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        headers = {**_headers(), "Content-Type": JSON}
        answer = self._ask(Request("POST", path, headers, text.encode()), self.seconds)
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
        answer = self._ask(Request("GET", "/health", _headers()), seconds)
        return answer.status, self._object(answer)

    def _ask(self, request: Request, seconds: float) -> Answer:
        try:
            return self._connections.exchange(request, seconds)
        except TimeoutError:
            raise GatewayTimeout(f"{self.name} did not answer within {seconds:g} s.") from None
        except OSError:
            raise Unavailable(f"{self.name} cannot be reached.") from None
        except AnswerTooLarge:
            raise BadGateway(f"{self.name} answered more than {MAX_ANSWER_BYTES} bytes.") from None
        except HTTPException:
            raise BadGateway(f"{self.name} answered something that is not HTTP.") from None

    def _object(self, answer: Answer) -> dict[str, Any]:
        found = _parse(answer.content)
        if not isinstance(found, dict):
            raise BadGateway(f"{self.name} answered something that is not a JSON object, with status {answer.status}.")
        return found


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _detail(answer: Answer) -> str | None:
    """What a problem says; None for any other answer, such as the page of a proxy in between."""
    found = _parse(answer.content)
    return str(found.get("detail", "")) if isinstance(found, dict) else None


def _headers() -> dict[str, str]:
    return {request_id.HEADER: request_id.current(), "Accept": JSON}
