"""What a service logs for programs, with LOG_FORMAT=json, as in containers."""

import json
import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from tests.support.servers import Service, eventually

MEMBERS = {
    "time", "level", "service", "request_id", "logger", "method", "route", "status", "milliseconds",
    "downstream_milliseconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with Service("user-service", LOG_FORMAT="json") as running:
        yield running


def lines(service: Service) -> list[dict[str, Any]]:
    """All that was logged: each line must be a JSON object."""
    return [json.loads(line) for line in service.log.splitlines()]


def about(service: Service, request_id: str) -> dict[str, Any]:
    """The one line about a request."""
    (line,) = (line for line in lines(service) if line["request_id"] == request_id)
    return line


def test_a_request_is_one_object_with_everything_about_it(service: Service) -> None:
    answer = requests.get(f"{service.url}/users/nobody@example.org", timeout=10)

    line = about(service, answer.headers["X-Request-ID"])
    assert line.keys() == MEMBERS
    told = [line[name] for name in ("level", "service", "logger", "method", "route", "status")]
    assert told == ["INFO", "user-service", "access", "GET", "/users/<path:email>", 404]
    assert 0 < line["downstream_milliseconds"] <= line["milliseconds"]
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0)


def test_a_request_that_asks_nothing_below_has_waited_for_nothing(service: Service) -> None:
    session = requests.Session()
    session.get(f"{service.url}/users", timeout=10)
    answer = session.get(f"{service.url}/", timeout=10)
    session.close()

    assert about(service, answer.headers["X-Request-ID"])["downstream_milliseconds"] == 0


def test_what_gunicorn_says_is_an_object_too(service: Service) -> None:
    os.kill(service.workers[0], signal.SIGKILL)

    eventually(lambda: any(line["logger"] == "gunicorn.error" for line in lines(service)), "a line of gunicorn's")
    assert all(line["service"] == "user-service" for line in lines(service))


def test_nobody_is_named(service: Service) -> None:
    requests.get(f"{service.url}/users/nobody@example.org", timeout=10)

    assert "nobody" not in service.log
