"""Health that cascades."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from common.api.exceptions import Unavailable
from common.client import ServiceClient
from common.health.checks import Check, ServiceCheck
from tests.support.neighbour import HOST, Behaviour, Neighbour, answers, problem
from tests.support.servers import free_port

BUDGET_SECONDS = 0.4
REDIS = {"redis": {"status": "healthy", "response_time_ms": 0.2}}


class Good:
    """A dependency that is healthy."""

    name = "good"

    def run(self) -> dict[str, Any]:
        return {}


class Bad:
    """A dependency that is not."""

    name = "bad"

    def run(self) -> dict[str, Any]:
        raise Unavailable("It is broken.")


good, bad = Good(), Bad()


@pytest.fixture
def ask(client: APIClient, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The answer of the health check of a service with these dependencies."""

    def answer(*checks: Check) -> Any:
        for number, check in enumerate(checks):
            monkeypatch.setitem(globals(), f"check_{number}", check)
        settings.HEALTH_CHECKS = [f"{__name__}.check_{number}" for number in range(len(checks))]
        return client.get("/health")

    return answer


def below(neighbour: Neighbour) -> ServiceCheck:
    return ServiceCheck(ServiceClient("user-service", neighbour.url, 60), BUDGET_SECONDS)


def test_a_service_without_dependencies_is_healthy(client: APIClient) -> None:
    answer = client.get("/health")

    assert answer.status_code == 200
    assert answer.json() == {"service": "a-service", "status": "healthy", "dependencies": {}}


def test_liveness_asks_nobody(ask: Callable[..., Any], client: APIClient) -> None:
    ask(bad)

    answer = client.get("/health/live")

    assert answer.status_code == 200
    assert answer.json() == {"service": "a-service", "status": "healthy"}


def test_liveness_leaves_no_line_in_the_log(client: APIClient, log: Callable[[], str]) -> None:
    client.get("/health/live")
    client.get("/health")

    (line,) = log().splitlines()
    assert "GET /health 200" in line


def test_a_healthy_dependency_is_timed(ask: Callable[..., Any]) -> None:
    answer = ask(good)

    assert answer.status_code == 200
    found = answer.json()["dependencies"]["good"]
    assert found.keys() == {"status", "response_time_ms"}
    assert found["status"] == "healthy"
    assert 0 <= found["response_time_ms"] < 1000


@pytest.mark.parametrize("checks", [(good, bad), (bad, good)])
def test_one_unhealthy_dependency_is_enough(ask: Callable[..., Any], checks: tuple[Check, ...]) -> None:
    answer = ask(*checks)

    assert answer.status_code == 503
    assert answer.json()["status"] == "unhealthy"
    assert {name: found["status"] for name, found in answer.json()["dependencies"].items()} == {
        "good": "healthy",
        "bad": "unhealthy",
    }
    assert answer.json()["dependencies"]["bad"]["error"] == "It is broken."


def test_what_is_below_the_service_below_is_told(ask: Callable[..., Any], neighbour: Neighbour) -> None:
    neighbour.behave = answers({"service": "user-service", "status": "healthy", "dependencies": REDIS})

    answer = ask(below(neighbour))

    assert answer.status_code == 200
    assert answer.json()["dependencies"]["user-service"].items() >= {"status": "healthy", "dependencies": REDIS}.items()


def test_what_is_wrong_below_the_service_below_is_told(ask: Callable[..., Any], neighbour: Neighbour) -> None:
    broken = {"redis": {"status": "unhealthy", "error": "Redis cannot be reached.", "response_time_ms": 0.2}}
    report = {"service": "user-service", "status": "unhealthy", "dependencies": broken}
    neighbour.behave = answers(report, "503 Service Unavailable")

    answer = ask(below(neighbour))

    assert answer.status_code == 503
    found = answer.json()["dependencies"]["user-service"]
    assert found.keys() == {"status", "error", "dependencies", "response_time_ms"}
    assert found["error"] == "user-service says that it is unhealthy."
    assert found["dependencies"] == broken


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(b"<html>", content_type="text/html"),
        answers([]),
        answers({}),
        answers({"service": "user-service", "status": "splendid"}),
        answers({"service": "user-service", "status": ["healthy"]}),
        answers({"service": "user-service", "status": "healthy", "dependencies": []}),
        answers({"service": "another-service", "status": "healthy"}),
        answers({"service": "user-service", "status": "healthy"}, "503 Service Unavailable"),
        answers({"service": "user-service", "status": "healthy"}, "302 Found"),
        problem("404 Not Found", "not-found"),
    ],
    ids=["page", "list", "nothing", "word", "words", "shape", "stranger", "contradiction", "redirect", "problem"],
)
def test_a_service_below_that_answers_something_else_is_unhealthy(
    ask: Callable[..., Any], neighbour: Neighbour, behaviour: Behaviour
) -> None:
    neighbour.behave = behaviour

    answer = ask(below(neighbour))

    assert answer.status_code == 503
    assert answer.json()["dependencies"]["user-service"]["status"] == "unhealthy"
    assert answer.json()["dependencies"]["user-service"]["error"].startswith("user-service ")


def test_a_service_below_that_is_not_there_is_unhealthy(ask: Callable[..., Any]) -> None:
    url = f"http://{HOST}:{free_port()}"

    answer = ask(ServiceCheck(ServiceClient("user-service", url, 60), BUDGET_SECONDS))

    assert answer.status_code == 503
    assert answer.json()["dependencies"]["user-service"]["error"] == "user-service cannot be reached."


def test_a_service_below_that_takes_too_long_is_unhealthy_in_time(
    ask: Callable[..., Any], neighbour: Neighbour
) -> None:
    neighbour.behave = neighbour.hang
    began = time.monotonic()

    answer = ask(below(neighbour))

    assert time.monotonic() - began < 3
    assert answer.status_code == 503
    assert answer.json()["dependencies"]["user-service"]["error"] == "user-service did not answer within 0.4 s."
