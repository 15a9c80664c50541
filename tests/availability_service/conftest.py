"""Questions to availability-service, above a real user-service."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.servers import Service


@pytest.fixture
def common(client: APIClient, users: Service) -> Callable[..., Any]:
    """The answer to GET /availability/common, which must be a 200 unless another status is said to come."""

    def ask(*attendees: str, status: int = 200, **parameters: Any) -> Any:
        answer = client.get("/availability/common", {"attendees": attendees, **parameters})
        assert answer.status_code == status, answer.content
        return answer.json()

    return ask
