"""A client of a service that has only what each service has."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def client() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.fixture
def log(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """What the service has printed so far."""
    printed: list[str] = []

    def so_far() -> str:
        printed.append(capfd.readouterr().err)
        return "".join(printed)

    return so_far
