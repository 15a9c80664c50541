"""Faults, each as a problem (contract, section 10), whatever a client sends."""

import json
from typing import Any

import django_redis
import pytest
import requests
from rest_framework.test import APIClient

from tests.support.problems import assert_problem, faults
from tests.support.servers import Service
from user_service.store import keys

ANN = "/users/ann@example.org"
JSON = "application/json"
MAX_BODY_BYTES = 2 * 1024 * 1024
BOB = b'{"email": "bob@example.org", "name": "Bob"}'
PATHS = ["/", "/health", "/health/live", "/users", ANN, f"{ANN}/availability", "/users/availability"]


def post(client: APIClient, body: Any, content_type: str = JSON, path: str = "/users", **headers: Any) -> Any:
    return client.generic("POST", path, body, content_type=content_type, **headers)


def nobody_is_stored(client: APIClient) -> bool:
    return client.get("/users").json()["results"] == []  # type: ignore[no-any-return]


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/user", "/user/", "/admin", "/users/a%0Ab", "/%"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_path_is_not_found(client: APIClient, method: str, path: str) -> None:
    assert_problem(client.generic(method, path), 404, code="not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/users", {"GET", "POST"}),
        ("DELETE", "/users", {"GET", "POST"}),
        ("POST", ANN, {"GET", "PATCH", "DELETE"}),
        ("PUT", ANN, {"GET", "PATCH", "DELETE"}),
        ("PATCH", f"{ANN}/availability", {"GET", "PUT"}),
        ("DELETE", f"{ANN}/availability", {"GET", "PUT"}),
        ("POST", "/users/availability", {"GET"}),
        ("GET", "/users/availability/query", {"POST"}),
        ("POST", "/health", {"GET"}),
        ("BREW", "/users", {"GET", "POST"}),
        ("TRACE", "/users", {"GET", "POST"}),
    ],
)
def test_a_method_that_a_path_does_not_have_is_told_with_those_it_has(
    client: APIClient, ann: dict[str, Any], method: str, path: str, allowed: set[str]
) -> None:
    answer = client.generic(method, path)

    assert_problem(answer, 405, code="method-not-allowed")
    assert set(answer["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize("path", PATHS)
def test_a_representation_that_there_is_not_is_told(client: APIClient, ann: dict[str, Any], path: str) -> None:
    assert_problem(client.get(path, HTTP_ACCEPT="image/png"), 406, code="not-acceptable")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/vnd.api+json",
        "json",
        ";;;=",
        "\xff",
    ],
)
def test_a_body_that_is_not_called_json_is_not_read(client: APIClient, content_type: str) -> None:
    assert_problem(post(client, BOB, content_type), 415, code="unsupported-media-type")

    assert nobody_is_stored(client)


@pytest.mark.parametrize("content_type", [JSON, "application/json; charset=utf-8", "Application/JSON;charset=nonsense"])
def test_a_body_that_is_called_json_is_read(client: APIClient, content_type: str) -> None:
    assert post(client, BOB, content_type).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"}",
        b"{'email': 'bob@example.org'}",
        b'{"email": "bob@example.org",}',
        b'{"email": bob}',
        BOB + b"x",
        BOB + BOB,
        b"\xff\xfe",
        b'{"email": "b\xe9b@example.org"}',
        b"\xef\xbb\xbf" + BOB,
        BOB.decode().encode("utf-16"),
        b"\x00",
        b'{"email": "bob\x00@example.org"}',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": -Infinity}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b'{"name": 1e999}',
        b'{"name": 01}',
        b" ",
    ],
)
def test_a_body_that_is_no_json_is_told(client: APIClient, body: bytes) -> None:
    assert_problem(post(client, body), 400, code="parse-error")

    assert nobody_is_stored(client)


@pytest.mark.parametrize("number", ["1e308", "1e-999", "1.0", "123456789012345678901234567890"])
def test_a_number_is_no_text_however_large(client: APIClient, number: str) -> None:
    assert faults(post(client, f'{{"email": {number}, "name": {number}}}')) == [
        ("email", "invalid"),
        ("name", "invalid"),
    ]


@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [33, 500, 100_000])
@pytest.mark.parametrize("field", ["email", "timezone", "availability", "strange"])
def test_nested_brackets_are_told_at_any_depth(
    client: APIClient, depth: int, brackets: tuple[str, str], field: str
) -> None:
    opening, closing = brackets
    body = f'{{"{field}": {opening * depth}1{closing * depth}}}'

    assert_problem(post(client, body), 400, code="parse-error")


def test_brackets_that_the_parser_just_bears_are_told_too(client: APIClient) -> None:
    for depth in range(800, 1000):
        body = f'{{"availability": {{"intervals": [{{"day": {"[" * depth}1{"]" * depth}}}]}}}}'

        assert_problem(post(client, body), 400, code="parse-error")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/users", r'{"email": "bob@example.org", "name": "\ud800"}'),
        ("/users", r'{"email": "bob@ex\uDFFFample.org", "name": "Bob"}'),
        ("/users", r'{"email": "bob@example.org", "name": "Bob", "timezone": "\udead"}'),
        ("/users", r'{"email": "bob@example.org", "name": "Bob", "\ud83d": 1}'),
        ("/users", r'{"email": "bob@example.org", "name": "\ude00\ud83d"}'),
        ("/users", r'{"email": "bob@example.org", "name": "Bob", "availability": {"grid": ["\ud800"]}}'),
        ("/users/availability/query", r'{"emails": ["bob@ex\ud800ample.org"]}'),
        ("/users/availability/query", r'{"emails": ["bob@example.org"], "encoding": "\ud800"}'),
    ],
)
def test_half_of_a_surrogate_pair_is_told_wherever_it_stands(client: APIClient, path: str, body: str) -> None:
    assert_problem(post(client, body, path=path), 400, code="parse-error")

    assert nobody_is_stored(client)


def test_a_whole_surrogate_pair_is_a_character(client: APIClient) -> None:
    answer = post(client, r'{"email": "bob@example.org", "name": "\ud83e\udd80"}')

    assert answer.json()["name"] == "\N{CRAB}"


def test_a_body_may_hold_2_mib(client: APIClient) -> None:
    assert post(client, BOB.ljust(MAX_BODY_BYTES)).status_code == 201


@pytest.mark.parametrize("path", ["/users", "/users/availability/query"])
def test_a_body_of_a_byte_more_is_too_large(client: APIClient, path: str) -> None:
    assert_problem(post(client, BOB.ljust(MAX_BODY_BYTES + 1), path=path), 413, code="body-too-large")

    assert nobody_is_stored(client)


def test_a_body_that_lies_about_its_length_is_cut_where_it_said(client: APIClient) -> None:
    assert_problem(post(client, BOB, CONTENT_LENGTH=str(len(BOB) - 1)), 400, code="parse-error")


def test_a_body_over_http_of_a_byte_too_many_is_too_large_and_the_connection_stays_usable(server: Service) -> None:
    with requests.Session() as session:
        answer = session.post(
            f"{server.url}/users", data=BOB.ljust(MAX_BODY_BYTES + 1), headers={"Content-Type": JSON}, timeout=10
        )
        assert_problem(answer, 413, code="body-too-large")
        assert session.get(f"{server.url}/users", timeout=10).json()["results"] == []


@pytest.mark.parametrize("charset", ["zlib", "utf-16", "rot13", "idna", "nonsense", "\xff"])
def test_a_charset_has_no_say_in_how_a_request_is_read(server: Service, charset: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}".encode("latin-1")}

    created = requests.post(f"{server.url}/users", data=BOB, headers=headers, timeout=10)
    listed = requests.get(f"{server.url}/users?limit=5", headers=headers, timeout=10)

    assert created.status_code == 201
    assert [user["email"] for user in listed.json()["results"]] == ["bob@example.org"]


def test_a_million_intervals_are_refused_unread(client: APIClient) -> None:
    body = (
        '{"email": "a@example.org", "name": "A", "availability": {"intervals": [' + ",".join(["1"] * 1_000_000) + "]}}"
    )

    assert faults(post(client, body)) == [("availability.intervals", "max_length")]


def test_more_parameters_than_anybody_needs_are_a_bad_request(client: APIClient) -> None:
    assert_problem(
        client.get("/users/availability?" + "&".join(["email=a@example.org"] * 1001)), 400, code="bad-request"
    )


def test_a_foreign_host_is_a_bad_request(client: APIClient) -> None:
    assert_problem(client.get("/users", HTTP_HOST="evil.example"), 400, code="bad-request")


def test_the_instance_is_a_valid_reference_to_what_was_asked(client: APIClient) -> None:
    members = assert_problem(client.get("/users/a%20%23%25%C3%BC@example.org?x=1"), 400, code="invalid")

    assert members["instance"] == "/users/a%20%23%25%C3%BC@example.org"


def test_a_bug_is_told_without_its_trace(client: APIClient, ann: dict[str, Any]) -> None:
    django_redis.get_redis_connection().set(keys.user("ann@example.org"), b"not a record")

    members = assert_problem(client.get(ANN), 500, code="error")

    assert "layout" not in json.dumps(members)
    assert "Traceback" not in json.dumps(members)


def test_answers_without_a_body_do_not_tell_its_length(server: Service) -> None:
    requests.post(f"{server.url}/users", data=BOB, headers={"Content-Type": JSON}, timeout=10)
    bob = f"{server.url}/users/bob@example.org"
    tag = requests.get(bob, timeout=10).headers["ETag"]

    not_modified = requests.get(bob, headers={"If-None-Match": tag}, timeout=10)
    deleted = requests.delete(bob, timeout=10)

    assert (not_modified.status_code, deleted.status_code) == (304, 204)
    for answer in (not_modified, deleted):
        assert "Content-Length" not in answer.headers
        assert "Transfer-Encoding" not in answer.headers
