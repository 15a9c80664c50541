"""Trips to Redis: the commands of requests that are answered at the same moment go together, as one pipeline.

https://redis.io/docs/latest/develop/using-commands/pipelining/
"""

import functools
from typing import Any

import gevent
import redis
from gevent.event import AsyncResult


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
            # Whoever is ready to ask, too, comes along.
            gevent.sleep(0)
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
