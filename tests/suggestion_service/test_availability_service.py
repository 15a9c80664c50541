"""What suggestion-service makes of an availability-service that is down, too slow, or answers nonsense."""

import time
from collections.abc import Iterator

import pytest
import requests
from rest_framework.test import APIClient

from tests.suggestion_service.test_suggestions import DAY
from tests.support.domain import minute
from tests.support.neighbour import Behaviour, Neighbour, answers, hangs_up, problem
from tests.support.people import Store, email
from tests.support.problems import assert_problem
from tests.support.servers import Service

BUDGET_SECONDS = 1
ANN, BOB = email("ann"), email("bob")
NINE, ELEVEN = minute("2026-11-23T09:00Z"), minute("2026-11-23T11:00Z")
FINE = {"people": [ANN, BOB], "segments": [[NINE, ELEVEN, "3"]], "empty_reason": None}
EMPTY = {"people": [ANN, BOB], "segments": [], "empty_reason": {"code": "no_overlap", "blockers": "2"}}


@pytest.fixture(scope="module")
def service(neighbour: Neighbour) -> Iterator[Service]:
    """A suggestion-service above the neighbour."""
    with started(neighbour.url) as service:
        yield service


@pytest.fixture(scope="module")
def chain(availability: Service) -> Iterator[Service]:
    """A suggestion-service above the real ones."""
    with started(availability.url) as service:
        yield service


def started(below: str) -> Service:
    seconds = str(BUDGET_SECONDS)
    return Service(
        "suggestion-service",
        AVAILABILITY_SERVICE_URL=below,
        AVAILABILITY_SERVICE_SECONDS=seconds,
        HEALTH_SECONDS=seconds,
    )


def ask(service: Service, **headers: str) -> requests.Response:
    question = {"attendees": [ANN, BOB], **DAY}
    return requests.get(f"{service.url}/suggestions", question, headers=headers, timeout=30)


def assert_too_slow(service: Service) -> None:
    began = time.monotonic()
    assert_problem(ask(service), 504, "availability-service did not answer within 1 s.")
    assert time.monotonic() - began < 4 * BUDGET_SECONDS


def test_common_time_is_asked_for_with_one_request(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = answers(FINE)
    neighbour.received.clear()

    answer = ask(service)

    assert answer.status_code == 200
    assert answer.json()["suggestions"][0]["start"] == "2026-11-23T09:00:00+00:00"
    (received,) = neighbour.received
    assert received.line == "POST /availability/segments HTTP/1.1"
    assert received.json == {
        "attendees": [ANN, BOB],
        "optional_attendees": [],
        "min_attendees": 2,
        "start": "2026-11-23T00:00:00+00:00",
        "end": "2026-11-24T00:00:00+00:00",
        "timezone": "UTC",
        "run_over": 0,
    }


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(b"<html>", content_type="text/html"),
        answers([FINE]),
        answers({}),
        answers({"common": [], "empty_reason": None}),
        answers(FINE | {"people": [ANN]}),
        answers(FINE | {"people": [ANN, ANN]}),
        answers(FINE | {"people": [ANN, BOB, ANN]}),
        answers(FINE | {"people": [ANN, 1]}),
        answers(FINE | {"people": None}),
        answers(FINE | {"segments": None}),
        answers(FINE | {"calendars": [NINE, [], [], []]}),
        answers(FINE | {"calendars": ["9", [], [], [], {}]}),
        answers(FINE | {"calendars": [NINE, [ANN], [], [], {}]}),
        answers(FINE | {"calendars": [NINE, [ANN], [], [], {ANN: [NINE]}]}),
        answers(FINE | {"calendars": [NINE, [ANN], [], [], {ANN: [True, None]}]}),
        answers(FINE | {"segments": "none"}),
        answers(FINE | {"segments": [[NINE, ELEVEN]]}),
        answers(FINE | {"segments": [[NINE, ELEVEN, 3]]}),
        answers(FINE | {"segments": [[NINE, ELEVEN, "x"]]}),
        answers(FINE | {"segments": [[NINE, ELEVEN, "4"]]}),
        answers(FINE | {"segments": [[NINE, ELEVEN, "-1"]]}),
        answers(FINE | {"segments": [[NINE, NINE, "3"]]}),
        answers(FINE | {"segments": [[ELEVEN, NINE, "3"]]}),
        answers(FINE | {"segments": [[None, ELEVEN, "3"]]}),
        answers(FINE | {"segments": [[NINE, 10**30, "3"]]}),
        answers(FINE | {"segments": [[0, 60, "3"]]}),
        answers(FINE | {"segments": [[NINE, ELEVEN, "3"], [NINE, ELEVEN, "3"]]}),
        answers(b'{"people": ["a"], "segments": [[Infinity, NaN, "1"]], "empty_reason": null}'),
        answers(FINE | {"empty_reason": EMPTY["empty_reason"]}),
        answers(EMPTY | {"empty_reason": "no_overlap"}),
        answers(EMPTY | {"empty_reason": {"code": "too_short", "blockers": "2"}}),
        answers(EMPTY | {"empty_reason": {"code": "no_overlap", "blockers": ["2"]}}),
        answers(EMPTY | {"empty_reason": None}),
        answers({"people": [ANN, BOB], "segments": []}),
        answers({"detail": "Oh."}, "500 Internal Server Error"),
        problem("502 Bad Gateway", "bad-gateway"),
        problem("404 Not Found", "not-found"),
        answers(FINE, "302 Found", "application/json", "Location: /suggestions"),
    ],
)
def test_nonsense_is_a_bad_gateway(service: Service, neighbour: Neighbour, behaviour: Behaviour) -> None:
    neighbour.behave = behaviour

    assert_problem(ask(service), 502, "availability-service answered ")


def test_a_reason_is_passed_on_without_a_second_request(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = answers(EMPTY)
    neighbour.received.clear()

    query = f"attendees={ANN}&attendees={BOB}&duration=90"
    answer = requests.get(f"{service.url}/suggestions?{query}", timeout=30).json()

    assert (answer["suggestions"], answer["empty_reason"], answer["blockers"]) == ([], "no_overlap", [ANN])
    (received,) = neighbour.received
    assert received.json["run_over"] == 90


def test_the_callers_own_fault_is_relayed_as_an_answer_of_ours(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = problem(
        "404 Not Found", "unknown-attendees", unknown_attendees=[BOB], instance="/availability/common", request_id="x"
    )

    answer = ask(service, **{"X-Request-ID": "from-the-client"})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:w2meet:problem:unknown-attendees",
        "title": "Not Found",
        "status": 404,
        "detail": "So it is.",
        "instance": "/suggestions",
        "request_id": "from-the-client",
        "unknown_attendees": [BOB],
    }


@pytest.mark.parametrize(("status", "code"), [("503 Unavailable", "unavailable"), ("504 Timeout", "gateway-timeout")])
def test_a_fault_further_below_is_told_as_what_it_is(
    service: Service, neighbour: Neighbour, status: str, code: str
) -> None:
    neighbour.behave = problem(status, code, detail="user-service is to blame.")

    assert_problem(ask(service), int(status[:3]), "user-service is to blame.")


def test_an_answer_that_never_ends_may_not_exceed_the_budget(service: Service, neighbour: Neighbour) -> None:
    for behaviour in (neighbour.hang, neighbour.drip(b"HTTP/1.1 200 OK\r\n\r\n{")):
        neighbour.behave = behaviour
        assert_too_slow(service)


def test_a_connection_that_ends_without_an_answer_is_unavailable(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = hangs_up

    answer = ask(service)

    assert_problem(answer, 503, "availability-service cannot be reached.")
    assert answer.headers["Retry-After"] == "1"


def test_an_id_is_in_the_logs_of_all_three_services(
    chain: Service, availability: Service, users: Service, person: Store
) -> None:
    person("ann", "monday 09-12")
    person("bob", "monday 09-12")

    assert ask(chain, **{"X-Request-ID": "from-the-client"}).status_code == 200
    assert "[from-the-client] access: GET /suggestions 200" in chain.log
    assert "[from-the-client] access: POST /availability/segments 200" in availability.log
    assert "[from-the-client] access: POST /users/availability/query 200" in users.log


def test_a_frozen_availability_service_is_too_slow(chain: Service, availability: Service) -> None:
    availability.freeze()
    try:
        assert_too_slow(chain)
        health = requests.get(f"{chain.url}/health", timeout=3)
        live = requests.get(f"{chain.url}/health/live", timeout=3)
    finally:
        availability.thaw()

    assert health.status_code == 503
    error = health.json()["dependencies"]["availability-service"]["error"]
    assert error == "availability-service did not answer within 1 s."
    assert live.status_code == 200


def test_a_dead_availability_service_is_unavailable_until_it_is_back(
    chain: Service, availability: Service, person: Store
) -> None:
    person("ann", "monday 09-12")
    person("bob", "monday 09-12")
    assert ask(chain).status_code == 200
    availability.stop()
    try:
        answer = ask(chain)
        health = requests.get(f"{chain.url}/health", timeout=3)
    finally:
        availability.start().wait_until_ready()

    assert_problem(answer, 503, "availability-service cannot be reached.")
    assert answer.headers["Retry-After"] == "1"
    assert health.status_code == 503
    assert [ask(chain).status_code for _ in range(4)] == [200] * 4


def test_a_dead_user_service_is_told_as_what_it_is(availability: Service, users: Service, client: APIClient) -> None:
    users.stop()
    try:
        answer = client.get("/suggestions", {"attendees": [ANN]})
        health = client.get("/health")
    finally:
        users.start().wait_until_ready()

    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    assert answer.json()["detail"] == "user-service cannot be reached."
    assert health.status_code == 503
    below = health.json()["dependencies"]["availability-service"]
    assert below["error"] == "availability-service says that it is unhealthy."
    assert below["dependencies"]["user-service"]["error"] == "user-service cannot be reached."


def test_health_tells_what_is_below(availability: Service, client: APIClient) -> None:
    answer = client.get("/health")

    assert answer.status_code == 200
    found = answer.json()
    assert (found["service"], found["status"]) == ("suggestion-service", "healthy")
    below = found["dependencies"]["availability-service"]
    assert below["status"] == "healthy"
    assert below["dependencies"]["user-service"]["status"] == "healthy"
    assert below["dependencies"]["user-service"]["dependencies"]["redis"]["status"] == "healthy"
