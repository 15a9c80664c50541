"""How Redis is asked. The commands of requests that are answered at the same moment go together, as one pipeline.

https://redis.io/docs/latest/develop/using-commands/pipelining/
"""

import functools
from typing import Any, cast

import django_redis
import gevent
import redis
from gevent.event import AsyncResult

from common.api.exceptions import Unavailable
from common.observability import metrics

NAME = "redis"


class Trips:
    """The trips of one thread's greenlets, on one connection each. Every command still succeeds or fails alone."""

    def __init__(self, connection: redis.Redis) -> None:
        self._connection = connection
        self._waiting: list[tuple[tuple[Any, ...], AsyncResult]] = []

    def take(self, *command: Any) -> Any:
        """What Redis answers to a command, as it comes. Raises RedisError."""
        answer = AsyncResult()
        self._waiting.append((command, answer))
        if len(self._waiting) == 1:
            try:
                # Whoever is ready to ask, too, comes along.
                gevent.sleep(0)
            finally:
                self._depart()
        return answer.get()

    def _depart(self) -> None:
        together, self._waiting = self._waiting, []
        try:
            pipeline: Any
            with self._connection.pipeline(transaction=False) as pipeline:
                for command, _ in together:
                    pipeline.execute_command(*command)
                found = pipeline.execute(raise_on_error=False)
        except BaseException as fault:  # noqa: BLE001  nobody may be left waiting; each raises it, this one included
            found = [fault] * len(together)
        for (_, answer), one in zip(together, found, strict=True):
            if isinstance(one, BaseException):
                answer.set_exception(one)
            else:
                answer.set(one)


@functools.cache
def _of(hub: object, connection: redis.Redis) -> Trips:
    return Trips(connection)


def take(connection: redis.Redis, *command: Any) -> Any:
    """What Redis answers to a command, on a trip with others of this thread. Raises RedisError."""
    return _of(gevent.get_hub(), connection).take(*command)


@functools.cache
def _connection(alias: str) -> redis.Redis:
    return cast("redis.Redis", django_redis.get_redis_connection(alias))


class Redis(metrics.Downstream):
    """A connection, whose faults are told as ours."""

    __slots__ = ("_alias",)

    def __init__(self, alias: str = "default") -> None:
        super().__init__(NAME)
        self._alias = alias

    def __enter__(self) -> redis.Redis:
        super().__enter__()
        return _connection(self._alias)

    def __exit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        told = Unavailable(_describe_fault(fault)) if isinstance(fault, redis.RedisError) else None
        super().__exit__(kind, told or fault, trace)
        if told:
            raise told from None


def _describe_fault(fault: redis.RedisError) -> str:
    if isinstance(fault, redis.exceptions.OutOfMemoryError):
        return "Redis is full: nothing more can be stored."
    if isinstance(fault, redis.exceptions.TimeoutError):
        return "Redis does not answer in time."
    return "Redis cannot be reached."
