"""A real user-service below, people stored in it, and a client of availability-service."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from rest_framework.test import APIClient

from tests.support import people
from tests.support.people import Store
from tests.support.servers import Service


@pytest.fixture(scope="session")
def users() -> Iterator[Service]:
    """The user-service that the settings of this suite name."""
    with Service("user-service", urlsplit(os.environ["USER_SERVICE_URL"]).port) as service:
        yield service


@pytest.fixture
def person(users: Service) -> Store:
    """Stores somebody; nobody is there before."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as connection:
        connection.flushdb()
    return partial(people.store, users.url)


@pytest.fixture
def common(client: APIClient, users: Service) -> Callable[..., Any]:
    """The answer to GET /availability/common, which must be a 200 unless another status is said to come."""

    def ask(*attendees: str, status: int = 200, **parameters: Any) -> Any:
        answer = client.get("/availability/common", {"attendees": attendees, **parameters})
        assert answer.status_code == status, answer.content
        return answer.json()

    return ask
