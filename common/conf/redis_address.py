"""The address of Redis: of one server, of one that Sentinels watch, or of a cluster (contract, section 14)."""

import re
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

ONE, SENTINEL, CLUSTER = "", "sentinel", "cluster"
_PORTS = {ONE: 6379, SENTINEL: 26379, CLUSTER: 6379}
_SCHEME = re.compile(r"(rediss?)(?:\+(sentinel|cluster))?|unix", re.ASCII)
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.%]+\])(?::\d+)?", re.ASCII)
# In lower case, as django-redis hands it on.
_SERVICE = re.compile(r"/([a-z0-9_.-]+)(?:/(\d*))?")
EXAMPLES = (
    "redis://127.0.0.1:6379/0",
    "rediss://user:password@redis.example.org:6380",
    "unix:///run/redis.sock",
    "redis+sentinel://host:26379,host:26379/service",
    "redis+cluster://host:6379,host:6379",
)
_LIKE = f"it must be like one of these: {', '.join(EXAMPLES)}"


class RedisAddressError(ValueError):
    """Says what is wrong with an address, and nothing of what it holds, which may be a password."""


class RedisAddress(NamedTuple):
    """Where Redis is. `hosts` are the servers, the Sentinels, or some nodes of the cluster, each with its port.

    `service` is the name by which Sentinels know the server; a `unix` socket has a path and no host. `query` are
    further options of the connection, as redis-py reads them.
    """

    url: str
    kind: str
    is_encrypted: bool
    username: str
    password: str
    hosts: tuple[tuple[str, int], ...]
    service: str
    database: int
    query: str
    path: str

    def name(self) -> str:
        """The hosts, for messages: never a password."""
        return ", ".join(f"{host}:{port}" for host, port in self.hosts) or self.path


def read_redis_address(text: str) -> RedisAddress:
    """The parts of an address. Raises RedisAddressError."""
    try:
        return _read_parts(text)
    except RedisAddressError:
        raise
    except ValueError:  # Python's own words may hold a part of the address
        raise RedisAddressError(_LIKE) from None


def _read_parts(text: str) -> RedisAddress:
    url = urlsplit(text)
    scheme = _SCHEME.fullmatch(url.scheme)
    # A password that is not percent-encoded reaches into other parts of the address.
    if not scheme or url.fragment or "@" in url.query or re.search(r"\s", text):
        raise RedisAddressError(_LIKE)
    kind = scheme[2] or ONE
    credentials, _, hosts = url.netloc.rpartition("@")
    if kind != ONE and "@" in credentials:
        raise RedisAddressError("user and password come once, before the first host; an @ in a password is written %40")
    username, _, password = credentials.partition(":")
    service, database = _read_path(url, kind)
    return RedisAddress(
        url=text,
        kind=kind,
        is_encrypted=scheme[1] == "rediss",
        username=unquote(username),
        password=unquote(password),
        hosts=() if url.scheme == "unix" else _read_hosts(hosts, kind),
        service=service,
        database=database,
        query=url.query,
        path=url.path if url.scheme == "unix" else "",
    )


def _read_hosts(text: str, kind: str) -> tuple[tuple[str, int], ...]:
    hosts = []
    for part in text.split(","):
        host = urlsplit(f"//{part}")
        if not host.hostname or not _HOST.fullmatch(part) or host.port == 0:
            raise RedisAddressError("each host must be a name, and perhaps a colon and a port")
        hosts.append((host.hostname, host.port or _PORTS[kind]))
    if kind == ONE and len(hosts) > 1:
        raise RedisAddressError("several hosts are those of redis+sentinel:// or redis+cluster://")
    return tuple(hosts)


def _read_path(url: SplitResult, kind: str) -> tuple[str, int]:
    """The service and the number of the database."""
    if url.scheme == "unix":
        if not url.path.startswith("/") or url.netloc:
            raise RedisAddressError("a socket must be like unix:///run/redis.sock")
        return "", 0
    if kind == SENTINEL:
        named = _SERVICE.fullmatch(url.path)
        if not named:
            raise RedisAddressError(
                "after the Sentinels comes a slash and the name of the service, in lower case, such as /mymaster"
            )
        return named[1], int(named[2] or 0)
    # redis-py takes all that is no number for 0.
    if not re.fullmatch(r"/?\d*", url.path, re.ASCII):
        raise RedisAddressError("it must end with the number of a database, such as redis://127.0.0.1:6379/0")
    database = int(url.path.strip("/") or 0)
    if kind == CLUSTER and (database or "db" in parse_qs(url.query)):
        raise RedisAddressError("a cluster has one database, of the number 0")
    return "", database
