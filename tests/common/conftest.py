"""A client of a service that has only what each service has."""

import logging
from collections.abc import Callable
from io import StringIO

import pytest


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What the service has printed so far."""
    printed = StringIO()
    (handler,) = (handler for handler in logging.getLogger().handlers if handler.name == "stderr")
    monkeypatch.setattr(handler, "stream", printed)
    return printed.getvalue
