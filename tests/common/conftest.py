"""A client of a service that has only what each service has."""

import io
import logging
from collections.abc import Iterator

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def client() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the service prints meanwhile."""
    handler = next(one for one in logging.getLogger().handlers if one.name == "stderr")
    assert isinstance(handler, logging.StreamHandler)
    printed = io.StringIO()
    before = handler.setStream(printed)
    yield printed
    handler.setStream(before)
