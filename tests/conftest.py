"""What the tests of all services share."""

from typing import TYPE_CHECKING

import pytest

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
