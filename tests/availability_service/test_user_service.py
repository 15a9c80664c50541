"""What availability-service makes of a user-service that is down, too slow, or answers nonsense."""

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from rest_framework.test import APIClient

from tests.availability_service.test_common import WEEK
from tests.support.domain import minute
from tests.support.neighbour import Behaviour, Neighbour, answers, hangs_up, problem, says
from tests.support.people import Store, email
from tests.support.problems import assert_problem
from tests.support.servers import Service

BUDGET_SECONDS = 1
ANN = email("ann")
ALWAYS = "f" * 42
FINE = {"timezones": {"UTC": {ANN: ALWAYS}}, "unknown": []}


@pytest.fixture(scope="module")
def service(neighbour: Neighbour) -> Iterator[Service]:
    """An availability-service above the neighbour."""
    with started(neighbour.url) as service:
        yield service


@pytest.fixture(scope="module")
def chain(users: Service) -> Iterator[Service]:
    """An availability-service above the real user-service."""
    with started(users.url) as service:
        yield service


def started(below: str) -> Service:
    seconds = str(BUDGET_SECONDS)
    return Service("availability-service", USER_SERVICE_URL=below, USER_SERVICE_SECONDS=seconds, HEALTH_SECONDS=seconds)


def ask(service: Service, **headers: str) -> requests.Response:
    question = {"attendees": [ANN], **WEEK}
    return requests.get(f"{service.url}/availability/common", question, headers=headers, timeout=30)


def test_all_attendees_are_asked_for_with_one_request(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = answers(
        {"timezones": {"UTC": {ANN: ALWAYS}, "Asia/Kathmandu": {"bob@b.cd": ALWAYS}}, "unknown": []}
    )
    neighbour.received.clear()

    question = {"attendees": ["bob@b.cd", ANN], **WEEK}
    answer = requests.post(f"{service.url}/availability/common", json=question, timeout=30)

    assert answer.status_code == 200
    assert len(answer.json()["common"]) == 1
    (received,) = neighbour.received
    assert received.line == "POST /users/availability/query HTTP/1.1"
    start, end = (minute(WEEK[side]) for side in ("start", "end"))
    assert received.json == {"emails": [ANN, "bob@b.cd"], "start": start, "end": end}


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(b"<html><body>Welcome!</body></html>", content_type="text/html"),
        answers([FINE]),
        answers("null"),
        answers(b'{"timezones": '),
        answers({}),
        answers({"timezones": {}, "unknown": []}),
        answers({"timezones": {"UTC": {}}, "unknown": [ANN, ANN]}),
        answers(FINE | {"unknown": [ANN]}),
        answers(FINE | {"unknown": ["zoe@example.org"]}),
        answers(FINE | {"unknown": None}),
        answers({"timezones": {}, "unknown": [[ANN]]}),
        answers({"timezones": [], "unknown": []}),
        answers({"timezones": {"UTC": [ANN]}, "unknown": []}),
        answers({"timezones": {"Mars/Olympus": {ANN: ALWAYS}}, "unknown": []}),
        answers({"timezones": {"UTC": {ANN: "f" * 41}}, "unknown": []}),
        answers({"timezones": {"UTC": {ANN: "F" * 42}}, "unknown": []}),
        answers({"timezones": {"UTC": {ANN: 1}}, "unknown": []}),
        answers({"timezones": {"UTC": {ANN: ALWAYS}, "Asia/Kathmandu": {ANN: ALWAYS}}, "unknown": []}),
        answers({"timezones": {"UTC": {ANN: ALWAYS, "bob@b.cd": ALWAYS}}, "unknown": []}),
        answers({"detail": "Oh."}, "500 Internal Server Error"),
        problem("409 Conflict", "email-taken"),
        problem("404 Not Found", "not-found"),
        answers(b"", "302 Found", "text/html", "Location: /users/availability/query"),
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{"),
        says(b"RTSP/1.0 200 OK\r\n\r\n"),
    ],
)
def test_nonsense_is_a_bad_gateway(service: Service, neighbour: Neighbour, behaviour: Behaviour) -> None:
    neighbour.behave = behaviour
    neighbour.received.clear()

    assert_problem(ask(service), 502, "user-service answered ")
    assert len(neighbour.received) == 1


def test_an_answer_that_drips_may_not_exceed_the_budget(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = neighbour.drip(b"HTTP/1.1 200 OK\r\n\r\n{")

    assert_too_slow(service)


def test_an_answer_that_never_comes_may_not_exceed_the_budget(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = neighbour.hang

    assert_too_slow(service)


def test_the_health_of_a_service_that_drips_is_told_in_time(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = neighbour.drip(b"HTTP/1.1 200 OK\r\n\r\n")
    began = time.monotonic()

    health = requests.get(f"{service.url}/health", timeout=30)

    assert time.monotonic() - began < 3
    assert health.status_code == 503
    error = health.json()["dependencies"]["user-service"]["error"]
    assert error == "user-service did not answer within 1 s."


def assert_too_slow(service: Service) -> None:
    began = time.monotonic()
    assert_problem(ask(service), 504, "user-service did not answer within 1 s.")
    assert time.monotonic() - began < 4 * BUDGET_SECONDS


def test_a_fault_further_below_is_told_as_what_it_is(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = problem("503 Service Unavailable", "unavailable", detail="Redis cannot be reached.")

    answer = ask(service)

    assert_problem(answer, 503, "Redis cannot be reached.")
    assert answer.headers["Retry-After"] == "1"


def test_a_connection_that_ends_without_an_answer_is_unavailable(service: Service, neighbour: Neighbour) -> None:
    neighbour.behave = hangs_up

    answer = ask(service)

    assert_problem(answer, 503, "user-service cannot be reached.")
    assert answer.headers["Retry-After"] == "1"


def test_ids_of_requests_at_the_same_time_are_not_mixed_up(service: Service, neighbour: Neighbour) -> None:
    def slowly(connection: Any) -> None:
        time.sleep(0.1)
        answers(FINE)(connection)

    neighbour.behave = slowly
    neighbour.received.clear()
    ids = [secrets.token_hex(8) for _ in range(6)]

    with ThreadPoolExecutor(len(ids)) as pool:
        given = list(pool.map(lambda name: ask(service, **{"X-Request-ID": name}), ids))

    assert [answer.headers["X-Request-ID"] for answer in given] == ids
    assert sorted(received.headers["X-Request-ID"] for received in neighbour.received) == sorted(ids)
    assert all(f"[{name}] access: GET /availability/common 200" in service.log for name in ids)


def test_an_id_is_in_the_logs_of_both_services(chain: Service, users: Service, person: Store) -> None:
    person("ann", "monday 09-12")

    assert ask(chain, **{"X-Request-ID": "from-the-client"}).status_code == 200
    assert "[from-the-client] access: GET /availability/common 200" in chain.log
    assert "[from-the-client] access: POST /users/availability/query 200" in users.log


def test_a_frozen_user_service_is_too_slow(chain: Service, users: Service, person: Store) -> None:
    person("ann", "monday 09-12")
    users.freeze()
    try:
        assert_too_slow(chain)
        health = requests.get(f"{chain.url}/health", timeout=3)
        live = requests.get(f"{chain.url}/health/live", timeout=3)
    finally:
        users.thaw()

    assert health.status_code == 503
    below = health.json()["dependencies"]["user-service"]
    assert (below["status"], below["error"]) == ("unhealthy", "user-service did not answer within 1 s.")
    assert live.status_code == 200
    assert ask(chain).status_code == 200


def test_a_dead_user_service_is_unavailable_until_it_is_back(chain: Service, users: Service, person: Store) -> None:
    person("ann", "monday 09-12")
    assert [ask(chain).status_code for _ in range(4)] == [200] * 4
    users.stop()
    try:
        answer = ask(chain)
        health = requests.get(f"{chain.url}/health", timeout=3)
        live = requests.get(f"{chain.url}/health/live", timeout=3)
    finally:
        users.start().wait_until_ready()

    assert_problem(answer, 503, "user-service cannot be reached.")
    assert answer.headers["Retry-After"] == "1"
    assert health.status_code == 503
    assert health.json()["dependencies"]["user-service"]["error"] == "user-service cannot be reached."
    assert live.status_code == 200
    assert [ask(chain).status_code for _ in range(4)] == [200] * 4


def test_health_tells_what_is_below(users: Service, client: APIClient) -> None:
    answer = client.get("/health")

    assert answer.status_code == 200
    found = answer.json()
    assert found.keys() == {"service", "status", "dependencies"}
    assert (found["service"], found["status"]) == ("availability-service", "healthy")
    below = found["dependencies"]["user-service"]
    assert below.keys() == {"status", "response_time_ms", "dependencies"}
    assert below["status"] == "healthy"
    assert below["dependencies"]["redis"].keys() == {"status", "response_time_ms", "layout"}
    assert below["dependencies"]["redis"]["status"] == "healthy"
