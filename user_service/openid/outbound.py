"""How an OpenID provider is asked: within a time, for little data, at the address that was meant."""

import io
from collections.abc import Mapping
from typing import Any

import gevent
import orjson
import requests
import urllib3
from requests.adapters import HTTPAdapter

MAX_ANSWER_BYTES = 1024 * 1024


class BoundedAdapter(HTTPAdapter):
    """Has a whole answer within `seconds`, and of at most MAX_ANSWER_BYTES.

    Raises requests.Timeout, requests.ConnectionError, or, for an answer that is longer, requests.RequestException.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer, read. What the caller says of streams and time-outs does not count."""
        try:
            # The time-outs of requests are for each single step; gevent's, in its workers, is for all of them together.
            with gevent.Timeout(self.seconds):
                response = super().send(request, True, self.seconds, verify, cert, proxies)
                content = response.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
        except gevent.Timeout:
            raise requests.ReadTimeout(f"No answer within {self.seconds:g} s.", request=request) from None
        except urllib3.exceptions.HTTPError as fault:
            raise requests.ConnectionError(fault, request=request) from fault
        # What is left unread must not be taken for the next answer.
        response.raw.close()
        if len(content) > MAX_ANSWER_BYTES:
            raise requests.RequestException(f"An answer of more than {MAX_ANSWER_BYTES} bytes.", request=request)
        response.raw = io.BytesIO(content)
        return response


def bound(session: requests.Session, seconds: float) -> None:
    """Has the session ask by BoundedAdapter alone, and follow no redirect: it raises requests.TooManyRedirects."""
    session.max_redirects = 0
    for scheme in ("http://", "https://"):
        session.mount(scheme, BoundedAdapter(seconds))


def fetch_object(url: str, seconds: float) -> dict[str, Any]:
    """The JSON object at an address. Raises requests.RequestException, whatever else is there."""
    with requests.Session() as session:
        bound(session, seconds)
        response = session.get(url, headers={"Accept": "application/json"})
    response.raise_for_status()
    try:
        document = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise requests.exceptions.InvalidJSONError("An answer that is not a JSON object.", response=response)
    return document
