"""What is known of a caller in the services above: passed down with each request, and never kept."""

import http.client
from urllib.parse import urlsplit

import pytest
import requests

from tests.access.conftest import ANN, BOB, Ask, bear, get
from tests.support.commands import run
from tests.support.neighbour import Neighbour, answers, problem
from tests.support.problems import assert_problem
from tests.support.servers import Service

ABOVE = ("availability-service", "suggestion-service")
PATHS = {"availability-service": "/availability/common", "suggestion-service": "/suggestions"}


@pytest.mark.usefixtures("bob")
@pytest.mark.parametrize("service", ABOVE)
def test_the_token_travels_down(service: str, ann: str, system: dict[str, Service]) -> None:
    answer = get(system[service], PATHS[service], ann, attendees=[ANN, BOB])

    assert answer.status_code == 200, answer.text
    assert get(system[service], "/me", ann).json()["email"] == ANN


@pytest.mark.usefixtures("bob")
@pytest.mark.parametrize("service", ABOVE)
def test_a_caller_is_known_for_one_request_and_not_for_a_connection(
    service: str, ann: str, system: dict[str, Service]
) -> None:
    connection = http.client.HTTPConnection(urlsplit(system[service].url).netloc, timeout=10)
    statuses = []
    for token in (ann, None, "w2m_nonsense", ann, None):
        connection.request("GET", f"{PATHS[service]}?attendees={ANN}", headers=bear(token))
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()

    assert statuses == [200, 401, 401, 200, 401]


@pytest.mark.parametrize("service", ABOVE)
def test_a_scope_that_is_missing_is_told_as_below(service: str, ann: str, ask: Ask, system: dict[str, Service]) -> None:
    token = ask("POST", "/tokens", ann, {"scopes": ["self"]}).json()["token"]

    refused = get(system[service], PATHS[service], token, attendees=ANN)

    assert_problem(refused, 403, "This needs a token with the scope freebusy:read")


@pytest.mark.parametrize("service", ABOVE)
def test_a_revoked_token_is_over_in_every_worker_at_once(
    service: str, ann: str, ask: Ask, system: dict[str, Service]
) -> None:
    made = ask("POST", "/tokens", ann, {}).json()
    for _ in range(20):
        assert get(system[service], PATHS[service], made["token"], attendees=ANN).status_code == 200

    assert ask("DELETE", f"/tokens/{made['id']}", ann).status_code == 204

    for _ in range(20):
        assert get(system[service], PATHS[service], made["token"], attendees=ANN).status_code == 401


REFUSALS = {
    401: (
        "401 Unauthorized",
        "authentication-failed",
        'WWW-Authenticate: Bearer realm="w2meet", error="invalid_token"',
    ),
    403: ("403 Forbidden", "permission-denied", "X-Other: passed over"),
    429: ("429 Too Many Requests", "throttled", "Retry-After: 7"),
}


@pytest.mark.parametrize("status", REFUSALS)
def test_refusals_come_up_as_they_are_with_their_headers(status: int) -> None:
    line, code, header = REFUSALS[status]
    with Neighbour() as neighbour:
        body = {"type": f"urn:w2meet:problem:{code}", "detail": "So it is."}
        neighbour.behave = answers(body, line, "application/problem+json", header)
        with Service("availability-service", USER_SERVICE_URL=neighbour.url) as service:
            refused = get(service, "/availability/common", "a-token", attendees=ANN)

    assert_problem(refused, status, "So it is.", code=code)
    name, _, value = header.partition(": ")
    assert refused.headers.get(name) == (None if name == "X-Other" else value)
    assert neighbour.received[0].headers["Authorization"] == "Bearer a-token"


def test_what_is_down_below_is_told_where_nobody_can_say_who_calls() -> None:
    with Neighbour() as neighbour:
        neighbour.behave = problem("503 Service Unavailable", "unavailable")
        with Service("availability-service", USER_SERVICE_URL=neighbour.url) as service:
            for path in ("/availability/common", "/nothing"):
                assert_problem(get(service, path, "a-token"), 503)


def test_without_a_token_nothing_is_asked_below() -> None:
    with Neighbour() as neighbour, Service("availability-service", USER_SERVICE_URL=neighbour.url) as service:
        assert_problem(get(service, "/availability/common", attendees=ANN), 401)

    assert neighbour.received == []


def test_health_needs_no_token_and_passes_none_on() -> None:
    with Neighbour() as neighbour:
        neighbour.behave = answers({"service": "user-service", "status": "healthy", "dependencies": {}})
        with Service("availability-service", USER_SERVICE_URL=neighbour.url) as service:
            for token in (None, "a-token"):
                assert get(service, "/health", token).status_code == 200

    assert all(request.headers["Authorization"] is None for request in neighbour.received)


@pytest.mark.usefixtures("bob")
def test_commands_take_a_token_from_the_environment(ann: str, system: dict[str, Service]) -> None:
    urls = {"AVAILABILITY_SERVICE_URL": system["availability-service"].url}
    for service, command in (("availability_service", "common"), ("suggestion_service", "suggest")):
        done = run(service, command, ANN, BOB, **urls, W2MEET_TOKEN=ann)
        assert (done.code, done.err) == (0, "")
        for wrong, told in (
            ("", "were not provided. Set W2MEET_TOKEN to a valid token."),
            ("w2m_nonsense", "revoked. Set W2MEET_TOKEN to a valid token."),
            ("two words", "W2MEET_TOKEN holds something that is no token."),
        ):
            refused = run(service, command, ANN, **urls, W2MEET_TOKEN=wrong)
            assert (refused.code, refused.out) == (1, "")
            assert told in refused.err


@pytest.mark.usefixtures("users")
def test_a_service_that_is_told_to_ask_for_no_credentials_is_refused_by_the_one_below(ann: str) -> None:
    with Service("availability-service", ACCESS="open") as service:
        assert_problem(get(service, "/availability/common", attendees=ANN), 401)
        assert requests.get(f"{service.url}/health", timeout=10).status_code == 200
