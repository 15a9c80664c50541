"""A master with two replicas, and three Sentinels that watch them."""

import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path

import redis

from tests.support.redis_nodes.network import Network
from tests.support.redis_nodes.node import PASSWORD, USER, DataNode, Node
from tests.support.redis_nodes.nodes import DEAD_AFTER_MILLISECONDS, Nodes
from tests.support.servers import HOST, eventually

SERVICE = "w2meet-data"
REPLICAS = 2
# For each step of making another one master. Sentinels who could not agree vote again after twice that.
FAILOVER_MILLISECONDS = 2500
SENTINELS = 3
# Sentinels have a password of their own, and no users.
SENTINEL_PASSWORD = "another-horse"


class Sentinel(Node):
    """A process that watches the nodes, and makes another one master when it and others take the master for dead."""

    credentials = {"password": SENTINEL_PASSWORD}

    def __init__(self, network: Network, folder: Path, master: DataNode, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(network, folder, tls)
        self.command += ["--sentinel"]
        access = (
            f"sentinel auth-user {SERVICE} {USER}",
            f"sentinel auth-pass {SERVICE} {PASSWORD}",
            f"requirepass {SENTINEL_PASSWORD}",
            f"sentinel sentinel-pass {SENTINEL_PASSWORD}",
        )
        self.configure(
            f"sentinel announce-ip {HOST}",
            f"sentinel announce-port {self.port}",
            f"sentinel monitor {SERVICE} {HOST} {master.port} {SENTINELS // 2 + 1}",
            f"sentinel down-after-milliseconds {SERVICE} {DEAD_AFTER_MILLISECONDS}",
            f"sentinel failover-timeout {SERVICE} {FAILOVER_MILLISECONDS}",
            *(access if tls else ()),
        )

    def master_port(self) -> int:
        """Where it says that the master is."""
        return int(self.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])

    def sees_all(self) -> bool:
        """Whether it knows all the others, and takes nothing for dead."""
        master = self.ask("SENTINEL", "MASTER", SERVICE)
        replicas = self.ask("SENTINEL", "REPLICAS", SERVICE)
        return (
            master[b"flags"] == b"master"
            and int(master[b"num-other-sentinels"]) == SENTINELS - 1
            and [replica[b"flags"] for replica in replicas] == [b"slave"] * REPLICAS
        )


class RedisWithSentinels(Nodes):
    """The first of the nodes is the master to begin with."""

    scheme = "redis+sentinel"

    @property
    def url(self) -> str:
        """What REDIS_URL says to use them."""
        return f"{super().url}/{SERVICE}"

    @property
    def env(self) -> dict[str, str]:
        """The settings with which a process of ours uses them."""
        return super().env | ({"REDIS_SENTINEL_PASSWORD": SENTINEL_PASSWORD} if self.is_secure else {})

    def entrances(self) -> Sequence[Sentinel]:
        """The Sentinels, which tell where the master is."""
        return self.sentinels

    def build(self, folder: Path, tls: ssl.SSLContext | None) -> Iterator[Sequence[Node]]:
        """The nodes, and then the Sentinels."""
        self.nodes = [DataNode(self.network, folder / f"node-{number}", tls) for number in range(1 + REPLICAS)]
        master, *replicas = self.nodes
        for node in self.nodes:
            announced = (f"replica-announce-ip {HOST}", f"replica-announce-port {node.port}")
            node.configure(*announced, *([f"replicaof {HOST} {master.port}"] if node in replicas else []))
        yield self.nodes
        folders = [folder / f"sentinel-{number}" for number in range(SENTINELS)]
        self.sentinels = [Sentinel(self.network, own, master, tls) for own in folders]
        yield self.sentinels

    def is_healthy(self) -> bool:
        """Whether all know of all, and all replicas have what the master has."""
        try:
            return (
                all(node.is_in_step() for node in self.nodes)
                and [node.is_master() for node in self.nodes].count(True) == 1
                and all(sentinel.sees_all() for sentinel in self.sentinels)
            )
        except redis.RedisError:
            return False

    def master_of(self, key: str) -> DataNode:
        """The node that most Sentinels take for the master: all keys are there."""
        ports = [sentinel.master_port() for sentinel in self.sentinels]
        return next(node for node in self.nodes if ports.count(node.port) > SENTINELS // 2)

    def replicas_of(self, master: DataNode) -> list[DataNode]:
        """The other nodes."""
        return [node for node in self.nodes if node is not master]

    def wait_for_another_master(self, key: str, than: DataNode) -> None:
        """Waits until most Sentinels know another master."""
        eventually(lambda: self.master_of(key) is not than, "another master")
