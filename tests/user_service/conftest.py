"""A client of user-service, people to store there, the service as it is served, and what it asks of Redis."""

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

import django_redis
import pytest
from rest_framework.test import APIClient

from tests.support.servers import Service


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    django_redis.get_redis_connection().flushdb()


@pytest.fixture
def ann(client: APIClient) -> dict[str, Any]:
    """Ann is stored, and free on Mondays from 9 to 12."""
    monday = {"intervals": [{"day": "monday", "start": "09:00", "end": "12:00"}]}
    body = {"email": "ann@example.org", "name": "Ann", "timezone": "Europe/Berlin", "availability": monday}
    answer = client.post("/users", body, format="json")
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def add(client: APIClient) -> Callable[..., dict[str, Any]]:
    """Stores a user with this email and, perhaps, more about them; returns what is answered."""

    def add(email: str, **more: Any) -> dict[str, Any]:
        answer = client.post("/users", {"email": email, "name": "Somebody"} | more, format="json")
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found

    return add


@pytest.fixture(scope="session")
def server() -> Iterator[Service]:
    """user-service as it is served, on the Redis of these tests."""
    with Service("user-service") as running:
        yield running


@pytest.fixture
def asked_of_redis() -> Iterator[Callable[[], list[tuple[str, str]]]]:
    """Calls to Redis since the last look, as (`tcp` for one round trip or `lua` for one inside a script, command)."""
    connection, mark = django_redis.get_redis_connection(), "until here"
    with connection.monitor() as monitor:

        def look() -> list[tuple[str, str]]:
            connection.echo(mark)
            calls = iter(monitor.next_command, None)
            found = ((call["client_type"], call["command"]) for call in calls)
            return list(takewhile(lambda call: mark not in call[1], found))

        look()
        yield look
