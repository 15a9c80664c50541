"""The connection to Redis, whatever is below: one server, one that Sentinels watch, or a cluster.

Its faults are told as ours.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import django_redis
import redis
from django.conf import settings
from django_redis.pool import get_connection_factory
from redis.exceptions import RedisClusterException

from common.api.exceptions import Unavailable
from common.observability import metrics
from user_service.store.cluster import Cluster
from user_service.store.commands import Command, TooFewReplicas, command, run_on_node

NAME = "redis"
DEFAULT, HEALTH = "default", "health"  # connections: the second waits for less
SCANNED = 1000  # keys that are looked at in one trip
_TOO_FEW_REPLICAS = "Too few replicas of Redis have what was stored: it may be lost, or stay."
_CLOSED = "What is stored here has moved to another Redis: nothing can be changed."


_others: dict[str, redis.Redis | Cluster] = {}


def open_other(alias: str, cache: dict[str, Any]) -> None:
    """Makes another Redis known by an alias, described as one of Django's CACHES. Raises Unavailable."""
    with _translated_faults():
        _others[alias] = get_connection_factory(cache["OPTIONS"]).connect(cache["LOCATION"])
    ping(alias)


def run(asked: Command, alias: str = DEFAULT) -> Any:
    """The answer to one command, which changes nothing that has to be kept. Raises Unavailable."""
    return run_all([asked], alias)[0]


def run_all(asked: Sequence[Command], alias: str = DEFAULT) -> list[Any]:
    """The answers to such commands, in order: one trip to each node, all at once. Raises Unavailable."""
    return _run_everywhere(asked, alias, 0)


def run_reachable(asked: Sequence[Command]) -> list[Any]:
    """The answers to such commands; None in place of those of a node that does not answer. Raises Unavailable."""
    answers = _run_everywhere(asked, DEFAULT, 0, is_partial=True)
    return [None if isinstance(answer, redis.RedisError) else answer for answer in answers]


def write(asked: Command) -> Any:
    """The answer to one command. As many replicas have what it changed as REDIS_REPLICAS says.

    Raises Unavailable: then it may have been done, or not.
    """
    return write_all([asked])[0]


def write_all(asked: Sequence[Command], alias: str = DEFAULT) -> list[Any]:
    """The answers to commands, in order, each as `write` has it. Raises Unavailable: some may have been done."""
    return _run_everywhere(asked, alias, settings.REDIS_REPLICAS)


def scan(pattern: str, alias: str = DEFAULT) -> Iterator[list[str]]:
    """All keys like this, some at a time, those that are stored meanwhile perhaps. Raises Unavailable."""
    with _translated_faults():
        found = _connect(alias).scan_iter(pattern, SCANNED)
        while keys := [key.decode() for key in islice(found, SCANNED)]:
            yield keys


def fetch_many(keys: Sequence[str]) -> list[bytes | None]:
    """What these keys hold: one trip to each node, all at once. Raises Unavailable."""
    if not keys:
        return []
    with _translated_faults():
        client = django_redis.get_redis_connection()
        if not isinstance(client, Cluster):
            values: list[bytes | None] = client.mget(keys)
            return values
        by_slot = defaultdict(list)
        for key in keys:
            by_slot[client.keyslot(key)].append(key)
    answers = run_all([command("MGET", *same) for same in by_slot.values()])
    found = {
        key: value
        for same, values in zip(by_slot.values(), answers, strict=True)
        for key, value in zip(same, values, strict=True)
    }
    return [found[key] for key in keys]


def ping(alias: str = HEALTH) -> None:
    """Raises Unavailable unless Redis answers in time, by default in that of a check of health: each node with data."""
    with _translated_faults():
        client = _connect(alias)
        if isinstance(client, Cluster):
            client.ping_all()
        else:
            client.ping()


def _run_everywhere(asked: Sequence[Command], alias: str, replicas: int, *, is_partial: bool = False) -> list[Any]:
    def run_here(node: redis.Redis, commands: Sequence[Command], is_asking: bool) -> list[Any]:
        return run_on_node(node, commands, replicas=replicas, is_asking=is_asking)

    if not asked:
        return []
    with _translated_faults():
        client = _connect(alias)
        if isinstance(client, Cluster):
            answers = client.run_all(asked, run_here, time.monotonic() + settings.REDIS_SECONDS)
        else:
            answers = run_here(client, asked, False)
        faults = [answer for answer in answers if isinstance(answer, redis.RedisError)]
        if faults and not is_partial:
            raise faults[0]
    return answers


def _connect(alias: str) -> Any:
    return _others.get(alias) or django_redis.get_redis_connection(alias)


@contextmanager
def _translated_faults() -> Iterator[None]:
    with metrics.measure_downstream(NAME):
        try:
            yield
        except redis.exceptions.OutOfMemoryError:
            raise Unavailable("Redis is full: nothing more can be stored.") from None
        except redis.exceptions.TimeoutError:
            raise Unavailable("Redis does not answer in time.") from None
        except TooFewReplicas:
            raise Unavailable(_TOO_FEW_REPLICAS) from None
        except redis.ResponseError as fault:
            if str(fault).startswith("NOREPLICAS"):
                raise Unavailable(_TOO_FEW_REPLICAS) from None
            raise Unavailable(_CLOSED if str(fault) == "CLOSED" else "Redis cannot be reached.") from None
        except (redis.RedisError, RedisClusterException):
            raise Unavailable("Redis cannot be reached.") from None
