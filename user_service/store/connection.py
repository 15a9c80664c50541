"""The connection to Redis: its faults are told as ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import django_redis
import redis

from common.api.exceptions import Unavailable
from common.observability import metrics

NAME = "redis"


@contextmanager
def connect(alias: str = "default") -> Iterator[redis.Redis]:
    """A connection to Redis, on which a RedisError becomes Unavailable."""
    with metrics.measure_downstream(NAME):
        try:
            yield django_redis.get_redis_connection(alias)
        except redis.exceptions.OutOfMemoryError:
            raise Unavailable("Redis is full: nothing more can be stored.") from None
        except redis.exceptions.TimeoutError:
            raise Unavailable("Redis does not answer in time.") from None
        except redis.RedisError:
            raise Unavailable("Redis cannot be reached.") from None


def ping() -> None:
    """Raises Unavailable unless Redis answers within the budget of a health check."""
    with connect("health") as connection:
        connection.ping()
