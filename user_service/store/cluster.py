"""Redis Cluster: which node has which key, and commands that go to several nodes at once.

Of redis-py this uses what it knows of the nodes, and its plain client for each. Its own pipeline over nodes repeats
what failed one by one on other connections: a write may then be done twice, and WAIT counts for nothing.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import AskError, ClusterDownError, MovedError, RedisClusterException, TryAgainError
from redis.retry import Retry

from user_service.store.commands import Command

# Keys of one command that are moved to another node one after the other are together again in a moment.
MOVING_SECONDS = 0.05
REFRESH_SECONDS = 0.2  # at least, from one look at which nodes there are to the next


class Place(NamedTuple):
    """A node, and whether it is to be told that the slot is moving there."""

    node: ClusterNode
    is_asking: bool = False


Run = Callable[[redis.Redis, Sequence[Command], bool], list[Any]]


class Cluster(RedisCluster):
    """The client of a cluster."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._refreshing = threading.Lock()

    def run_all(self, commands: Sequence[Command], run: Run, until: float) -> list[Any]:
        """The answers, in order; what a node refuses, or that it does not answer, is among them as an exception.

        `run` is called with the client of each node, what that is to do, and whether the slot is moving there: for all
        nodes at once. Commands for slots that have moved are sent on, until a moment of the monotonic clock.
        """
        answers: list[Any] = [None] * len(commands)
        places = {index: Place(self.get_node_from_key(each.key)) for index, each in enumerate(commands)}
        while places:
            by_place: dict[Place, list[int]] = defaultdict(list)
            for index, place in places.items():
                by_place[place].append(index)
            work = [(place, [commands[index] for index in indices]) for place, indices in by_place.items()]
            for indices, found in zip(by_place.values(), self._run_at_once(work, run), strict=True):
                for index, answer in zip(indices, found, strict=True):
                    answers[index] = answer
            if time.monotonic() > until:
                break
            places = self._redirect({index: answers[index] for index in places}, commands)
        return answers

    def ping_all(self) -> None:
        """Raises redis.RedisError unless each node that has slots answers."""
        work = [(Place(node), [Command("", ("PING",))]) for node in self.get_primaries()]
        for (answer,) in self._run_at_once(work, lambda node, *_: [node.ping()]):
            if isinstance(answer, redis.RedisError):
                raise answer

    def refresh(self) -> None:
        """Has a thread find out which nodes there are: one that is frozen would hold up who asks."""
        if self._refreshing.acquire(blocking=False):
            threading.Thread(target=self._refresh, daemon=True).start()

    def _refresh(self) -> None:
        try:
            self.nodes_manager.initialize()
        except (redis.RedisError, RedisClusterException):
            pass  # whoever comes next has it tried again
        finally:
            time.sleep(REFRESH_SECONDS)
            self._refreshing.release()

    def _run_at_once(self, work: list[tuple[Place, list[Command]]], run: Run) -> list[list[Any]]:
        def run_one(part: tuple[Place, list[Command]]) -> list[Any]:
            place, commands = part
            try:
                return run(self.get_redis_connection(place.node), commands, place.is_asking)
            except redis.RedisError as fault:
                self.refresh()
                return [fault] * len(commands)

        if len(work) == 1:
            return [run_one(work[0])]
        with ThreadPoolExecutor(len(work)) as pool:
            return list(pool.map(run_one, work))

    def _redirect(self, answers: dict[int, Any], commands: Sequence[Command]) -> dict[int, Place]:
        """Where to go on with the commands whose slot is elsewhere."""
        places = {}
        if any(isinstance(answer, TryAgainError) for answer in answers.values()):
            time.sleep(MOVING_SECONDS)
        for index, answer in answers.items():
            if isinstance(answer, MovedError):
                self.nodes_manager.move_slot(answer)
                places[index] = Place(self.get_node_from_key(commands[index].key))
            elif isinstance(answer, AskError):
                node = self.get_node(answer.host, answer.port) or ClusterNode(answer.host, answer.port)
                places[index] = Place(node, is_asking=True)
            elif isinstance(answer, TryAgainError):
                places[index] = Place(self.get_node_from_key(commands[index].key))
            elif isinstance(answer, ClusterDownError):
                self.refresh()
        return places


class ClusterConnectionFactory:
    """Makes the client of a cluster, one for all of a process (django-redis, CONNECTION_FACTORY)."""

    _clusters: dict[str, "Future[Cluster]"] = {}
    _lock = threading.Lock()

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def connect(self, url: str) -> Cluster:
        """The client. Raises redis.TimeoutError, and redis.ConnectionError when no node answers."""
        with self._lock:
            future = self._clusters.get(url)
            if future is None or (future.done() and future.exception()):
                future = self._clusters[url] = Future()
                threading.Thread(target=self._find_nodes, args=(future,), daemon=True).start()
        try:
            return future.result(self.options["CONNECTION"]["socket_timeout"])
        except TimeoutError:
            raise redis.TimeoutError from None
        except RedisClusterException as fault:
            raise redis.ConnectionError(str(fault)) from None

    def disconnect(self, connection: Cluster) -> None:
        """Nothing: the client is for all, for as long as the process lives."""

    def _find_nodes(self, future: "Future[Cluster]") -> None:
        try:
            cluster = Cluster(
                startup_nodes=[ClusterNode(host, port) for host, port in self.options["NODES"]],
                require_full_coverage=False,
                # Also of a command that it asks of some node while it gets to know them: another is asked then.
                retry=Retry(NoBackoff(), 2),
                max_connections=self.options["CONNECTION_POOL_KWARGS"]["max_connections"],
                **self.options["CONNECTION"],
            )
        except (redis.RedisError, RedisClusterException) as fault:
            future.set_exception(fault)
        else:
            future.set_result(cluster)
