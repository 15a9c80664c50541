"""What the service of this suite has printed, and a stand-in for the one below it."""

import logging
from collections.abc import Callable, Iterator
from io import StringIO

import pytest

from tests.support.neighbour import Neighbour


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What the service has printed so far."""
    printed = StringIO()
    (handler,) = (handler for handler in logging.getLogger().handlers if handler.name == "stderr")
    monkeypatch.setattr(handler, "stream", printed)
    return printed.getvalue


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    """Stands in for the service below, another one for each test."""
    with Neighbour() as started:
        yield started
