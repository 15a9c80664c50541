"""What the tests of all services share."""

import os
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import redis

from tests.support import people
from tests.support.neighbour import Neighbour
from tests.support.people import Store
from tests.support.servers import Service

if TYPE_CHECKING:
    from rest_framework.test import APIClient


@pytest.fixture(scope="session")
def _client() -> "APIClient":
    from rest_framework.test import APIClient  # noqa: PLC0415  some suites have no settings of Django

    return APIClient(raise_request_exception=False)


@pytest.fixture
def client(_client: "APIClient") -> "APIClient":
    """A client of the service in this process, with no cookie. One for all, since each lists the static files anew."""
    _client.cookies.clear()
    return _client


@pytest.fixture(scope="session")
def users() -> Iterator[Service]:
    """The user-service that the services above ask."""
    with Service("user-service", urlsplit(os.environ["USER_SERVICE_URL"]).port) as service:
        yield service


@pytest.fixture
def person(users: Service) -> Store:
    """Stores somebody; nobody is there before."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as connection:
        connection.flushdb()
    return partial(people.store, users.url)


@pytest.fixture(scope="module")
def neighbour() -> Iterator[Neighbour]:
    """Stands in for the service below."""
    with Neighbour() as started:
        yield started
