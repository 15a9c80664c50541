"""The audit log: refusals, and acts on the record of somebody else (contract, section 13)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.access.conftest import ANN, BOB, Ask, bear
from tests.support.servers import Service
from user_service.access import own_tokens


@pytest.fixture(scope="module")
def logged() -> Iterator[Service]:
    """user-service, whose log is JSON."""
    with Service("user-service", LOG_FORMAT="json", LOG_LEVEL="DEBUG") as service:
        yield service


def audit_of(service: Service, request_id: str) -> list[dict[str, Any]]:
    """What the audit log says of a request."""
    lines = [json.loads(line) for line in service.log.splitlines() if line.startswith("{")]
    return [line for line in lines if line["logger"] == "audit" and line["request_id"] == request_id]


def call(service: Service, method: str, path: str, token: str | None, **more: Any) -> requests.Response:
    """The answer to a request."""
    return requests.request(method, service.url + path, headers=bear(token), timeout=10, **more)


def test_a_refusal_is_a_line_with_the_id_of_the_token(ann: str, bob: str, ask: Ask, logged: Service) -> None:
    (token,) = ask("GET", "/tokens", ann).json()["results"]

    refused = call(logged, "DELETE", f"/users/{BOB}", ann)

    assert refused.status_code == 403
    (line,) = audit_of(logged, refused.headers["X-Request-ID"])
    assert (line["action"], line["outcome"], line["token"]) == ("DELETE /users/<path:email>", 403, token["id"])
    assert bob


@pytest.mark.parametrize("token", [None, "nonsense", own_tokens.make_token()])
def test_so_is_one_of_nobody(token: str | None, logged: Service) -> None:
    refused = call(logged, "GET", "/users", token)

    (line,) = audit_of(logged, refused.headers["X-Request-ID"])
    assert (line["action"], line["outcome"], line["token"]) == ("GET /users", 401, "-")


def test_what_an_administrator_does_with_the_record_of_somebody_is_a_line_whatever_comes_of_it(
    ann: str, root: str, ask: Ask, logged: Service
) -> None:
    (token,) = ask("GET", "/tokens", root).json()["results"]
    acts = [
        ("GET", f"/users/{ANN}", None, 200),
        ("PATCH", f"/users/{ANN}", {"name": "Anna"}, 200),
        ("PATCH", f"/users/{ANN}", {"name": ""}, 400),
        ("POST", "/users", {"email": "new@example.org", "name": "New"}, 201),
        ("DELETE", "/users/nobody@example.org", None, 404),
    ]
    for method, path, body, status in acts:
        answer = call(logged, method, path, root, json=body)

        assert answer.status_code == status, answer.text
        (line,) = audit_of(logged, answer.headers["X-Request-ID"])
        assert (line["outcome"], line["token"]) == (status, token["id"])
    assert ann


def test_what_one_does_with_ones_own_record_and_who_asks_is_none(ann: str, bob: str, logged: Service) -> None:
    for method, path in (("GET", f"/users/{ANN}"), ("GET", f"/users/{BOB}/availability"), ("GET", "/me")):
        answer = call(logged, method, path, ann)

        assert answer.status_code == 200, answer.text
        assert audit_of(logged, answer.headers["X-Request-ID"]) == []
    assert bob


def test_no_token_and_no_email_is_ever_logged(ann: str, bob: str, root: str, logged: Service) -> None:
    for token in (ann, bob, root, f"{ann}x", "Bearer"):
        call(logged, "GET", f"/users/{ANN}?token={token}", token)
        call(logged, "POST", "/tokens", token, json={"name": token})

    log = logged.log
    assert not any(token in log or token[4:] in log for token in (ann, bob, root))
    assert not re.search(r"w2m_|example\.org", log)
