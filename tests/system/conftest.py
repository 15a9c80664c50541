"""The whole system, started once for all tests that do not start or stop it themselves."""

import os
from collections.abc import Iterator

import pytest

from tests.support import engine
from tests.support.kubernetes import OVERLAYS, Cluster
from tests.support.servers import HOST, Redis, System

PASSWORD = "correct-horse"
OLD_REDIS = """#!/bin/sh
test "$1" = --version && exec echo 'Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=0'
touch "$DATA_DIR/old-redis"
exit 1
"""


@pytest.fixture(scope="session")
def container_engine() -> None:
    """Skips a test, and says why, where no container engine answers."""
    if reason := engine.why_none():
        pytest.skip(reason)


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


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system without users, with one worker a service, where a Redis that is too old comes first on the PATH."""
    script = tmp_path_factory.mktemp("bin") / "redis-server"
    script.write_text(OLD_REDIS)
    script.chmod(0o755)
    path = f"{script.parent}:{os.environ['PATH']}"
    with System(DATA_DIR=str(tmp_path_factory.mktemp("data")), WEB_CONCURRENCY="1", PATH=path) as system:
        yield system


@pytest.fixture(scope="session", params=OVERLAYS)
def cluster(request: pytest.FixtureRequest) -> Cluster:
    """What each overlay of compose/kubernetes makes."""
    return Cluster(request.param)


@pytest.fixture(scope="session")
def one_redis() -> Cluster:
    """What the overlay with a Redis in the cluster makes."""
    return Cluster("one-redis")
