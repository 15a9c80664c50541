"""A browser that loads no script, and a service without its Redis."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.support.servers import HOST, Service, free_port


@pytest.fixture
def visitor() -> Client:
    """A browser that loads no script, at a service that looks for forgery."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture(scope="session")
def lonely() -> Iterator[Service]:
    """user-service as it is served, whose Redis is gone."""
    with Service("user-service", REDIS_URL=f"redis://{HOST}:{free_port()}/0", WEB_CONCURRENCY="1") as running:
        yield running
