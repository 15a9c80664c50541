"""GET /metrics: what Prometheus is told."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from rest_framework.test import APIClient

from tests.support.problems import assert_problem, faults
from tests.support.scrape import labels, sample, samples
from tests.support.servers import HOST, Service, eventually, free_port

ROUTE = "/users/<path:email>"


@pytest.fixture
def fresh() -> Iterator[Service]:
    """user-service with two workers that have answered nothing yet but whether they are alive."""
    with Service("user-service", WEB_CONCURRENCY="2") as service:
        yield service


def folder(service: Service) -> Path:
    """Where the workers of a service put their numbers together while they run."""
    files = {file.resolve() for worker in service.workers for file in Path(f"/proc/{worker}/fd").iterdir()}
    (found,) = {file.parent for file in files if file.parent.name.startswith("w2meet-metrics-")}
    return found


def count(service: Service, method: str, route: str, status: int) -> float:
    """How many requests are told."""
    found = sample(service.url, "w2meet_request_seconds_count", method=method, route=route, status=str(status))
    return found or 0


def test_the_requests_of_all_workers_are_counted_by_method_route_and_status(fresh: Service) -> None:
    def ask(number: int) -> requests.Response:
        return requests.get(f"{fresh.url}/users/nobody{number}@example.org", timeout=10)

    with ThreadPoolExecutor(8) as pool:
        assert {answer.status_code for answer in pool.map(ask, range(40))} == {404}
    requests.put(f"{fresh.url}/users", timeout=10)
    requests.get(f"{fresh.url}/no/such/path", timeout=10)

    assert count(fresh, "GET", ROUTE, 404) == 40
    assert count(fresh, "PUT", "/users", 405) == 1
    assert count(fresh, "GET", "/.*", 404) == 1
    assert all("nobody" not in str(of) for _, of in samples(fresh.url))


def test_how_long_requests_and_redis_took_is_told(fresh: Service) -> None:
    requests.post(f"{fresh.url}/users", json={"email": "ann@example.org", "name": "Ann"}, timeout=10)
    before = samples(fresh.url)["w2meet_downstream_seconds_count", labels(service="redis")]
    requests.get(f"{fresh.url}/users/ann@example.org", timeout=10)

    told = samples(fresh.url)
    seconds = sum(value for (name, _), value in told.items() if name == "w2meet_request_seconds_sum")
    below = told["w2meet_downstream_seconds_sum", labels(service="redis")]
    # Once for the user, and once for the number of users when it was told before; a worker that has just started asks
    # once more, for the layout.
    asked = told["w2meet_downstream_seconds_count", labels(service="redis")] - before
    assert asked in (2, 3)
    assert 0 < below < seconds


def test_a_method_that_nothing_here_has_makes_no_number_of_its_own(fresh: Service) -> None:
    for word in ("PROPFIND", "LINK"):
        requests.request(word, f"{fresh.url}/users", timeout=10)

    assert count(fresh, "OTHER", "/users", 405) == 2


def test_users_are_counted(client: APIClient, ann: dict[str, Any], add: Callable[..., Any]) -> None:
    add("bob@example.org")

    assert re.search(r"^w2meet_users_stored 2\.0$", client.get("/metrics").content.decode(), re.MULTILINE)


def test_without_redis_everything_else_is_told() -> None:
    with Service("user-service", REDIS_URL=f"redis://{HOST}:{free_port()}/0") as service:
        assert requests.get(f"{service.url}/users", timeout=10).status_code == 503

        told = samples(service.url)

        assert ("w2meet_users_stored", labels()) not in told
        assert told["w2meet_downstream_errors_total", labels(service="redis", problem="unavailable")] >= 1
        assert count(service, "GET", "/users", 503) == 1


def test_a_worker_that_ends_takes_no_number_with_it(fresh: Service) -> None:
    requests.get(f"{fresh.url}/users/nobody@example.org", timeout=10)
    before = set(fresh.workers)
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    eventually(lambda: len(set(fresh.workers) - before) == 2, "two other workers")
    fresh.wait_until_ready()

    assert count(fresh, "GET", ROUTE, 404) == 1


def test_each_start_counts_anew_and_leaves_nothing() -> None:
    with Service("user-service") as service:
        requests.get(f"{service.url}/users/nobody@example.org", timeout=10)
        own = folder(service)
        service.stop(signal.SIGTERM)
        assert not own.exists()

        service.start().wait_until_ready()

        assert count(service, "GET", ROUTE, 404) == 0


@pytest.mark.parametrize(
    "accept", ["application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "text/plain"]
)
def test_prometheus_gets_what_it_asks_for(client: APIClient, accept: str) -> None:
    answer = client.get("/metrics", headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")


def test_what_metrics_do_not_have_is_told_as_anywhere(client: APIClient) -> None:
    assert_problem(client.post("/metrics"), 405, code="method-not-allowed")
    assert faults(client.get("/metrics?name=w2meet")) == [("name", "unknown")]
