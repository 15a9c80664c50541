"""`traceparent` (W3C Trace Context) is passed on to user-service, if it is valid."""

from collections.abc import Iterator

import pytest
import requests

from tests.availability_service.test_common import WEEK
from tests.support.neighbour import Neighbour, answers, problem
from tests.support.people import email
from tests.support.scrape import sample
from tests.support.servers import Service

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
FINE = {"timezones": {"UTC": {email("ann"): "f" * 42}}, "unknown": []}


@pytest.fixture(scope="module")
def neighbour() -> Iterator[Neighbour]:
    """Stands in for user-service."""
    with Neighbour() as started:
        started.behave = answers(FINE)
        yield started


@pytest.fixture(scope="module")
def service(neighbour: Neighbour) -> Iterator[Service]:
    with Service("availability-service", USER_SERVICE_URL=neighbour.url) as running:
        yield running


def ask(service: Service, **headers: str) -> int:
    question = {"attendees": [email("ann")], **WEEK}
    answer = requests.get(f"{service.url}/availability/common", question, headers=headers, timeout=30)
    return answer.status_code


def passed_on(service: Service, neighbour: Neighbour, **headers: str) -> tuple[str | None, str | None]:
    """`traceparent` and `tracestate` as user-service gets them."""
    neighbour.received.clear()
    assert ask(service, **headers) == 200
    (received,) = neighbour.received
    return received.headers["traceparent"], received.headers["tracestate"]


@pytest.mark.parametrize("parent", [PARENT, PARENT.replace("00-", "01-", 1), f"cc{PARENT[2:]}-what-will-be"])
def test_a_valid_trace_is_passed_on(service: Service, neighbour: Neighbour, parent: str) -> None:
    assert passed_on(service, neighbour, traceparent=parent) == (parent, None)
    assert passed_on(service, neighbour, traceparent=parent, tracestate="a=1,b=2") == (parent, "a=1,b=2")


@pytest.mark.parametrize(
    "parent",
    [
        "",
        "nonsense",
        PARENT.upper(),
        PARENT + "-more",
        PARENT[:-1],
        f"ff{PARENT[2:]}",
        PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        PARENT.replace("00f067aa0ba902b7", "0" * 16),
    ],
)
def test_any_other_is_not(service: Service, neighbour: Neighbour, parent: str) -> None:
    assert passed_on(service, neighbour, traceparent=parent, tracestate="a=1") == (None, None)


def test_a_trace_ends_with_its_request(service: Service, neighbour: Neighbour) -> None:
    assert passed_on(service, neighbour, traceparent=PARENT) == (PARENT, None)
    assert passed_on(service, neighbour) == (None, None)


def test_faults_of_user_service_are_counted_and_those_of_the_client_are_not(
    service: Service, neighbour: Neighbour
) -> None:
    for status, code in (("503 Service Unavailable", "unavailable"), ("413 Content Too Large", "body-too-large")):
        neighbour.behave = problem(status, code)
        ask(service)
    neighbour.behave = answers(FINE)

    def errors(code: str) -> float | None:
        return sample(service.url, "w2meet_downstream_errors_total", service="user-service", problem=code)

    assert errors("unavailable") == 1
    assert errors("body-too-large") is None
