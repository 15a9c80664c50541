"""Questions to suggestion-service, above the real services."""

import os
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from rest_framework.test import APIClient

from tests.support.servers import Service


@pytest.fixture(scope="session")
def availability(users: Service) -> Iterator[Service]:
    """The availability-service that the settings of this suite name."""
    with Service("availability-service", urlsplit(os.environ["AVAILABILITY_SERVICE_URL"]).port) as service:
        yield service


@pytest.fixture
def suggest(client: APIClient, availability: Service) -> Callable[..., Any]:
    """The answer to GET /suggestions, which must be a 200 unless another status is said to come."""

    def ask(*attendees: str, status: int = 200, **parameters: Any) -> Any:
        answer = client.get("/suggestions", {"attendees": attendees, **parameters})
        assert answer.status_code == status, answer.content
        return answer.json()

    return ask
