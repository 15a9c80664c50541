"""How many requests a minute a caller may send (contract, section 13)."""

import threading
from collections import Counter
from collections.abc import Iterator

import pytest
import requests

from tests.access.conftest import ANN, Ask, Issue, bear, get
from tests.support.problems import assert_problem
from tests.support.servers import Service, eventually

LIMIT = 20


@pytest.fixture(scope="module")
def slow() -> Iterator[Service]:
    """user-service, which lets so many requests of a caller through, and then one every three seconds."""
    with Service("user-service", RATE_PER_MINUTE=str(LIMIT)) as service:
        yield service


def test_sixteen_at_once_get_no_more_than_one_alone(ann: str, issue: Issue, slow: Service) -> None:
    tokens = [ann, issue(ANN)]
    statuses: Counter[int] = Counter()

    def ask_often(number: int) -> None:
        with requests.Session() as session:
            for _ in range(5):
                statuses[session.get(f"{slow.url}/me", headers=bear(tokens[number % 2]), timeout=10).status_code] += 1

    threads = [threading.Thread(target=ask_often, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses.keys() == {200, 429}
    assert LIMIT <= statuses[200] <= LIMIT + 1  # if it took more than three seconds, one more


def test_who_sends_too_many_is_told_when_to_come_again_and_nobody_else_notices(
    ann: str, bob: str, slow: Service
) -> None:
    while (answer := get(slow, "/me", ann)).status_code == 200:
        pass

    assert_problem(answer, 429, code="throttled")
    assert 1 <= int(answer.headers["Retry-After"]) <= 3
    assert get(slow, "/me", bob).status_code == 200
    eventually(lambda: get(slow, "/me", ann).status_code == 200, "the next turn", seconds=6, pause_seconds=0.5)
    assert get(slow, "/health").status_code == 200


def test_429_comes_up_with_its_header(ann: str, slow: Service) -> None:
    with Service("availability-service", USER_SERVICE_URL=slow.url) as above:
        while (answer := get(above, "/availability/common", ann, attendees=ANN)).status_code == 200:
            pass

        assert_problem(answer, 429, code="throttled")
        assert answer.headers["Retry-After"]
        assert_problem(get(above, "/nothing", ann), 429)


def test_a_question_through_all_services_is_one_request(ann: str, ask: Ask, slow: Service) -> None:
    with (
        Service("availability-service", USER_SERVICE_URL=slow.url) as middle,
        Service("suggestion-service", AVAILABILITY_SERVICE_URL=middle.url) as above,
    ):
        statuses = Counter(get(above, "/suggestions", ann, attendees=ANN).status_code for _ in range(LIMIT + 5))

    assert LIMIT <= statuses[200] <= LIMIT + 1
    assert statuses.keys() == {200, 429}
