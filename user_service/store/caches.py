"""How django-redis reaches Redis: one server, one that Sentinels watch, or a cluster. No other code differs."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

from common.conf.redis_address import CLUSTER, SENTINEL, RedisAddress


def describe_cache(address: RedisAddress, *, password: str, sentinel_password: str, seconds: float) -> dict[str, Any]:
    """One of Django's CACHES: the connections to Redis that wait for at most so many seconds.

    Raises ValueError for an option in the address that makes no sense.
    """
    time_outs = {"socket_timeout": seconds, "socket_connect_timeout": seconds}
    query = "&".join(filter(None, [address.query, urlencode(time_outs)]))
    options: dict[str, Any] = {
        "USERNAME": address.username,
        "PASSWORD": password,
        # The other one, pickle, would run whatever somebody has written there.
        "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
        "CONNECTION_POOL_KWARGS": {
            # A write that timed out may have been done: repeating it is the client's decision.
            "retry": Retry(NoBackoff(), 0),
            "max_connections": 256,
        },
    }
    # For each location there is one pool of connections, or one client of a cluster: all that differs is part of it.
    location = f"{address.url.partition('?')[0]}?{query}"
    several = f"?{query}#{address.name()}"
    connection = time_outs | {"ssl": address.is_encrypted} | _read_options(address)
    if address.kind == CLUSTER:
        location = f"redis://{address.kind}{several}"
        options |= {
            "CONNECTION_FACTORY": "user_service.store.cluster.ClusterConnectionFactory",
            "NODES": address.hosts,
            "CONNECTION": connection | {"username": address.username or None, "password": password or None},
        }
    elif address.kind == SENTINEL:
        location = f"redis://{address.service}/{address.database}{several}"
        options["CONNECTION_POOL_KWARGS"] |= {"ssl": address.is_encrypted}
        options |= {
            "CONNECTION_FACTORY": "django_redis.pool.SentinelConnectionFactory",
            "SENTINELS": list(address.hosts),
            # One that hangs is passed over: the next is asked.
            "SENTINEL_KWARGS": connection
            | {"password": sentinel_password or None, "retry": Retry(NoBackoff(), 0), "socket_timeout": seconds / 4},
        }
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": location, "TIMEOUT": None, "OPTIONS": options}


def _read_options(address: RedisAddress) -> dict[str, Any]:
    """The options of a connection in the query of an address, of their types."""
    options: dict[str, Any] = parse_url(f"redis://?{address.query}")
    certificates = options.get("ssl_ca_certs")
    if certificates and not Path(certificates).is_file():
        raise ValueError("a file of certificates that is not there")
    try:
        ConnectionPool.from_url(f"{'rediss' if address.is_encrypted else 'redis'}://?{address.query}").make_connection()
    except (TypeError, RedisError) as fault:
        raise ValueError(str(fault)) from None
    return options
