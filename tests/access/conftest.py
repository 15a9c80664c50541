"""Ann and Bob with a token each, an administrator, and the three services as they are served."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import django_redis
import orjson
import pytest
import requests
from rest_framework.test import APIClient

from common.access import bearer
from common.api.serializers import validate
from tests.support.servers import Service
from user_service import services
from user_service.access.callers import DEFAULT_SCOPES, READ_USERS, WRITE_USERS
from user_service.access.services import issue_token
from user_service.serializers import NewUserSerializer

ANN, BOB, ROOT = "ann@example.org", "bob@example.org", "root@example.org"

Ask = Callable[..., Any]
Issue = Callable[..., str]


@pytest.fixture(autouse=True)
def _empty_redis() -> None:
    django_redis.get_redis_connection().flushdb()


@pytest.fixture
def add() -> Callable[..., None]:
    """Stores a user with this email, who is free on Mondays from 9 to 12 in UTC."""

    def add(email: str, **more: Any) -> None:
        monday = {"intervals": [{"day": "monday", "start": "09:00", "end": "12:00"}]}
        body = validate(NewUserSerializer, {"email": email, "name": "Somebody", "availability": monday} | more)
        week = body.pop("availability")["free"]
        services.create_user(**body, week=week)

    return add


@pytest.fixture
def issue() -> Issue:
    """Makes a token for a stored user."""

    def issue(email: str, *scopes: str, days: int = 1) -> str:
        return issue_token(email, name="A test", scopes=scopes or DEFAULT_SCOPES, days=days).secret

    return issue


@pytest.fixture
def ann(add: Callable[..., None], issue: Issue) -> str:
    """Ann is stored; this is a token of hers."""
    add(ANN, name="Ann")
    return issue(ANN)


@pytest.fixture
def bob(add: Callable[..., None], issue: Issue) -> str:
    """Bob is stored; this is a token of his."""
    add(BOB, name="Bob")
    return issue(BOB)


@pytest.fixture
def root(add: Callable[..., None], issue: Issue) -> str:
    """An administrator is stored; this is a token of theirs."""
    add(ROOT, name="Root")
    return issue(ROOT, *DEFAULT_SCOPES, READ_USERS, WRITE_USERS)


@pytest.fixture
def ask(client: APIClient) -> Ask:
    """The answer of user-service to a call with this token, or without any."""

    def ask(method: str, path: str, token: str | None = None, body: Any = None, **headers: str) -> Any:
        credentials = {bearer.HEADER: f"Bearer {token}"} if token else {}
        return client.generic(
            method,
            path,
            "" if body is None else _encode(body),
            content_type="application/json" if body is not None else "",
            headers=credentials | headers,
        )

    return ask


def _encode(body: Any) -> str:

    return body if isinstance(body, str) else orjson.dumps(body).decode()


@pytest.fixture(scope="session")
def availability(users: Service) -> Iterator[Service]:
    """availability-service, which asks user-service."""
    public = {"USER_SERVICE_PUBLIC_URL": users.url}
    with Service(
        "availability-service", int(os.environ["AVAILABILITY_SERVICE_URL"].rpartition(":")[2]), **public
    ) as service:
        yield service


@pytest.fixture(scope="session")
def suggestions(users: Service, availability: Service) -> Iterator[Service]:
    """suggestion-service, which asks availability-service."""
    with Service("suggestion-service", USER_SERVICE_PUBLIC_URL=users.url) as service:
        yield service


@pytest.fixture(scope="session")
def system(users: Service, availability: Service, suggestions: Service) -> dict[str, Service]:
    """All three, by name."""
    return {service.name: service for service in (users, availability, suggestions)}


def bear(token: str | None) -> dict[str, str]:
    """The head of a request with this token."""
    return {bearer.HEADER: f"Bearer {token}"} if token else {}


def get(service: Service, path: str, token: str | None = None, **query: Any) -> requests.Response:
    """The answer of a service as it is served."""
    return requests.get(f"{service.url}{path}", params=query, headers=bear(token), timeout=10)
