"""A client of user-service, and people to store there."""

from typing import Any

import django_redis
import pytest
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    django_redis.get_redis_connection().flushdb()


@pytest.fixture
def client() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.fixture
def ann(client: APIClient) -> dict[str, Any]:
    """Ann is stored, and free on Mondays from 9 to 12."""
    monday = {"intervals": [{"day": "monday", "start": "09:00", "end": "12:00"}]}
    body = {"email": "ann@example.org", "name": "Ann", "timezone": "Europe/Berlin", "availability": monday}
    answer = client.post("/users", body, format="json")
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found
