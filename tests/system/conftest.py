"""The whole system, started once for all tests that do not start or stop it themselves."""

from collections.abc import Iterator

import pytest

from tests.servers import HOST, Redis, System

PASSWORD = "correct-horse"


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """The Redis of the system. Takes any password."""
    with Redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="session")
def system(redis: Redis) -> Iterator[System]:
    """The system on that Redis, whose password it knows."""
    with System(REDIS_URL=f"redis://default:{PASSWORD}@{HOST}:{redis.port}/0") as running:
        yield running
