"""Faults as the world sees them."""

import json
from collections.abc import Callable

import pytest
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.test import APIClient

from common.api.emails import MAX_EMAILS
from common.api.exception_handler import list_errors
from common.api.exceptions import MAX_FAULTS
from tests.support.problems import MEMBERS


def test_an_unknown_path_is_a_problem(client: APIClient) -> None:
    answer = client.get("/nowhere", headers={"X-Request-ID": "the-id"})

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:w2meet:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this path. The root page lists what there is.",
        "instance": "/nowhere",
        "request_id": "the-id",
    }


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_an_unknown_path_is_unknown_to_every_method(client: APIClient, method: str) -> None:
    assert getattr(client, method)("/nowhere").status_code == 404


@pytest.mark.parametrize("path", ["/nowhere/", "/%00", "/a%0d%0aX: y", "/health/live/more", "/ünknown", "/%ff"])
def test_an_unknown_path_may_hold_anything(client: APIClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.json()["title"] == "Not Found"


def test_a_method_that_is_not_allowed_is_a_problem(client: APIClient) -> None:
    answer = client.delete("/echo")

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert answer.json().keys() == MEMBERS
    assert answer.json()["type"] == "urn:w2meet:problem:method-not-allowed"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "nonsense", "a/" * 200])
def test_a_body_that_does_not_claim_to_be_json_is_a_problem(client: APIClient, content_type: str) -> None:
    answer = client.post("/echo", b'{"text": "a"}', content_type=content_type)

    assert answer.status_code == 415
    assert answer.json().keys() == MEMBERS
    assert answer.json()["type"] == "urn:w2meet:problem:unsupported-media-type"


def test_bad_input_lists_each_fault_with_its_field(client: APIClient) -> None:
    answer = client.post("/echo", {"number": 0, "emails": ["a@b.cd", "a"], "txet": "a"}, format="json")

    assert answer.status_code == 400
    assert answer.json().keys() == MEMBERS | {"errors"}
    assert answer.json()["type"] == "urn:w2meet:problem:invalid"
    assert answer.json()["errors"] == [
        {"field": "text", "message": "This field is required.", "code": "required"},
        {"field": "number", "message": "Ensure this value is greater than or equal to 1.", "code": "min_value"},
        {"field": "emails[1]", "message": "Enter a valid email address.", "code": "invalid"},
        {"field": "txet", "message": "Unknown name. Known here: emails, number, text, truth.", "code": "unknown"},
    ]
    assert answer.json()["detail"].startswith("text: This field is required.; number: ")


@pytest.mark.parametrize(
    "body", [{"text": "a", "emails": [1] * MAX_EMAILS}, {str(number): 1 for number in range(100_000)}]
)
def test_of_very_many_faults_only_some_are_told(client: APIClient, body: dict[str, object]) -> None:
    answer = client.post("/echo", body, format="json")

    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == MAX_FAULTS
    assert len(answer.content) < 30_000


@pytest.mark.parametrize(
    "body", [{"text": "a", "x" * 2_000_000: 1}, '{"text": "a", "%s": 1, "%s": 2}' % (2 * ("x" * 999_999,))]
)
def test_a_name_as_long_as_the_body_is_told_by_its_beginning(client: APIClient, body: object) -> None:
    answer = client.generic("POST", "/echo", body if isinstance(body, str) else json.dumps(body), "application/json")

    assert answer.status_code == 400
    assert "x" * 64 in answer.json()["detail"]
    assert len(answer.content) < 1_000


def test_a_parameter_as_long_as_the_request_is_told_by_its_beginning(client: APIClient) -> None:
    for query in ("x" * 60_000, "&".join([f"{'x' * 30_000}=1"] * 2)):
        answer = client.get(f"/echo?{query}")

        assert answer.status_code == 400
        assert answer.json()["errors"][-1]["field"] == "x" * 64
        assert len(answer.content) < 1_000


@pytest.mark.parametrize(
    ("detail", "found"),
    [
        (["a"], [("", "a")]),
        ({"non_field_errors": ["a"]}, [("", "a")]),
        ({"b": ["a", "c"]}, [("b", "a"), ("b", "c")]),
        ({"b": {"non_field_errors": ["a"], "c": ["d"]}}, [("b", "a"), ("b.c", "d")]),
        ({"b": {2: ["a"], 3: {"c": ["d"]}}}, [("b[2]", "a"), ("b[3].c", "d")]),
        ({"b": {"[2][5]": ["a"]}}, [("b[2][5]", "a")]),
    ],
)
def test_a_field_is_named_by_its_path(detail: object, found: list[tuple[str, str]]) -> None:
    told = [(fault["field"], fault["message"]) for fault in list_errors(ValidationError(detail).detail)]  # type: ignore[arg-type]

    assert told == found


def test_a_fault_keeps_its_code() -> None:
    (fault,) = list_errors({"a": [ErrorDetail("b", code="c")]})

    assert fault == {"field": "a", "message": "b", "code": "c"}


def test_an_expected_fault_tells_when_to_come_again_and_what_else_it_knows(client: APIClient) -> None:
    answer = client.get("/down")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert answer.json()["detail"] == "What is below is down."
    assert answer.json()["below"] == "cellar"


@pytest.mark.parametrize("path", ["/bug", "/broken"])
def test_a_bug_is_a_problem_that_tells_no_secrets_but_to_the_log(
    client: APIClient, log: Callable[[], str], path: str
) -> None:
    answer = client.get(path, headers={"X-Request-ID": "the-id"})

    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["X-Request-ID"] == "the-id"
    assert answer.json() == {
        "type": "urn:w2meet:problem:error",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong here. The log knows this request id.",
        "instance": path,
        "request_id": "the-id",
    }
    assert "ERROR [the-id] common.api.exception_handler: A bug of ours" in log()
    assert "the secret of the bug" in log()


@pytest.mark.parametrize("host", ["elsewhere.example", "bad host", "localhost:port", "a_b"])
def test_a_foreign_host_is_a_problem(client: APIClient, host: str) -> None:
    answer = client.get("/health/live", HTTP_HOST=host)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json().keys() == MEMBERS
    assert "ALLOWED_HOSTS" in answer.json()["detail"]
    assert answer["X-Request-ID"] == answer.json()["request_id"]


def test_a_browser_sees_a_problem_as_a_page_with_its_status(client: APIClient) -> None:
    for path, status in (("/nowhere", 404), ("/echo?unknown=1", 400), ("/down", 503)):
        answer = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert answer.status_code == status
        assert answer["Content-Type"] == "text/html; charset=utf-8"
        assert "urn:w2meet:problem:" in answer.text
