"""A cluster and a Redis under Sentinels, a user-service on each, and the table of what faults did to them."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

import pytest

from tests.support import people
from tests.support.redis_nodes.cluster import Cluster
from tests.support.redis_nodes.node import DataNode
from tests.support.redis_nodes.nodes import Nodes
from tests.support.redis_nodes.sentinels import RedisWithSentinels
from tests.support.servers import Service

BUCKETS = 64
KEY = "{07}"  # of the bucket whose node fails or moves
# With one replica more than a write waits for, writes go on when a master has failed.
ENGINES: dict[str, Callable[[], Nodes]] = {"cluster": lambda: Cluster(replicas=2), "sentinel": RedisWithSentinels}
HEAD = "| fault | engine | acknowledged | lost | seconds without writes |"


class Row(NamedTuple):
    """What a fault did."""

    fault: str
    engine: str
    acknowledged: int
    lost: int
    seconds_without_writes: float

    def __str__(self) -> str:
        *words, seconds = self
        return f"| {' | '.join(map(str, words))} | {seconds:.1f} |"


TABLE = pytest.StashKey[list[Row]]()


def key_of(email: str) -> str:
    """The hash tag that is in all keys of a user."""
    return f"{{{crc32(email.encode()) % BUCKETS:02}}}"


def choose_master(nodes: Nodes, emails: Iterable[str]) -> tuple[DataNode, Callable[[str], bool]]:
    """A master, when nothing of another fault is left, and what tells whether somebody's bucket lies on it.

    The emails are of all buckets.
    """
    nodes.wait_until_healthy()
    master = nodes.master_of(KEY)
    buckets = {key for key in set(map(key_of, emails)) if nodes.master_of(key) is master}
    return master, lambda email: key_of(email) in buckets


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Three masters with one replica each."""
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each kind."""
    return str(request.param)


@pytest.fixture(scope="session")
def nodes(engine: str) -> Iterator[Nodes]:
    """Either kind, with two replicas of each master."""
    with ENGINES[engine]() as running:
        yield running


@pytest.fixture(scope="session")
def users(nodes: Nodes) -> Iterator[Service]:
    """user-service on those, which acknowledges what one replica has. It is not restarted from fault to fault."""
    with Service("user-service", None, **nodes.env, REDIS_REPLICAS="1") as running:
        yield running


@pytest.fixture(scope="session")
def stored(users: Service) -> list[str]:
    """The emails of some people in all buckets."""
    return [people.store(users.url, email.partition("@")[0]) for email in people.emails(150)]


@pytest.fixture(scope="session")
def table(pytestconfig: pytest.Config) -> list[Row]:
    """The rows of the table that is printed at the end."""
    return pytestconfig.stash.setdefault(TABLE, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table."""
    if rows := config.stash.get(TABLE, []):
        for line in (HEAD, "| --- | --- | --- | --- | --- |", *rows):
            terminalreporter.write_line(str(line))
