"""Trips to Redis that several greenlets share."""

from collections.abc import Iterator

import django_redis
import gevent
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.support.servers import HOST, free_port
from user_service import trips

NAMES = ["ann", "bob", "cem", "dee", "eve"]


@pytest.fixture
def connection() -> redis.Redis:
    found: redis.Redis = django_redis.get_redis_connection()
    for name in NAMES:
        found.set(name, f"{name}'s")
    return found


@pytest.fixture
def nobody() -> Iterator[redis.Redis]:
    """Redis where there is none."""
    with redis.Redis(HOST, free_port(), retry=Retry(NoBackoff(), 0)) as connection:
        yield connection


def reads(connection: redis.Redis) -> int:
    """How often Redis has read from a socket, this time included."""
    return int(connection.info("stats")["total_reads_processed"])


def together(connection: redis.Redis, *commands: tuple[str, ...]) -> list[gevent.Greenlet]:
    """Greenlets that asked at the same moment, in the order of the commands, when each has its answer or a fault."""
    asked = [gevent.spawn(trips.take, connection, *command) for command in commands]
    gevent.joinall(asked)
    return asked


def test_commands_of_the_same_moment_go_together_and_each_gets_its_own_answer(connection: redis.Redis) -> None:
    before = reads(connection)
    asked = together(connection, *(("GET", name) for name in NAMES))

    assert reads(connection) - before == 2
    assert [one.value for one in asked] == [f"{name}'s".encode() for name in NAMES]


def test_who_asks_alone_waits_for_nobody(connection: redis.Redis) -> None:
    before = reads(connection)
    for name in NAMES:
        assert trips.take(connection, "GET", name) == f"{name}'s".encode()

    assert reads(connection) - before == 1 + len(NAMES)


def test_a_command_that_fails_spoils_no_other(connection: redis.Redis) -> None:
    first, faulty, last = together(connection, ("GET", "ann"), ("INCR", "bob"), ("GET", "cem"))

    assert (first.value, last.value) == (b"ann's", b"cem's")
    assert isinstance(faulty.exception, redis.ResponseError)


def test_a_trip_that_fails_fails_for_all_and_the_next_is_none_the_worse(
    connection: redis.Redis, nobody: redis.Redis
) -> None:
    asked = together(nobody, ("GET", "ann"), ("GET", "bob"))

    assert [type(one.exception) for one in asked] == [redis.ConnectionError] * 2
    assert trips.take(connection, "GET", "ann") == b"ann's"
    with pytest.raises(redis.ConnectionError):
        trips.take(nobody, "GET", "ann")
