"""A Redis Cluster, whose masters share the slots."""

import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import redis
from redis.crc import key_slot

from tests.support.redis_nodes.network import Destination, Network
from tests.support.redis_nodes.node import PASSWORD, USER, DataNode
from tests.support.redis_nodes.nodes import DEAD_AFTER_MILLISECONDS, Nodes
from tests.support.servers import HOST, eventually, free_port

SLOTS = 16384
MASTERS = 3
KEYS_AT_ONCE = 10
MOVE_MILLISECONDS = 5000


class Member(NamedTuple):
    """What one node knows of another, or of itself (a line of CLUSTER NODES)."""

    id: str
    port: int
    flags: set[str]
    slots: list[range]


class ClusterNode(DataNode):
    """A node of a cluster."""

    def __init__(self, network: Network, folder: Path, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(network, folder, tls)
        own_bus_port = free_port()
        self.bus_port = network.open_port(Destination(self.address, own_bus_port))
        self.configure(
            "cluster-enabled yes",
            f"cluster-node-timeout {DEAD_AFTER_MILLISECONDS}",
            # Those whose bucket lies on a dead node wait; nobody else does.
            "cluster-require-full-coverage no",
            "cluster-allow-replica-migration no",
            f"cluster-port {own_bus_port}",
            f"cluster-announce-ip {HOST}",
            f"cluster-announce-port {self.port}",
            f"cluster-announce-bus-port {self.bus_port}",
        )

    def id(self) -> str:
        """What the others call it."""
        return str(self.ask("CLUSTER", "MYID").decode())

    def members(self) -> list[Member]:
        """All nodes that it knows."""
        lines = self.ask("CLUSTER", "NODES").decode().splitlines()
        return [_read_member(line) for line in lines]

    def sees_all(self, count: int) -> bool:
        """Whether it knows so many nodes, and takes none for dead."""
        faults = {"fail", "fail?", "handshake", "noaddr"}
        members = self.members()
        return len(members) == count and not any(member.flags & faults for member in members)

    def sees_cover(self) -> bool:
        """Whether it knows a master of every slot."""
        told = self.ask("CLUSTER", "INFO").decode()
        return "cluster_state:ok" in told and f"cluster_slots_ok:{SLOTS}" in told


class Cluster(Nodes):
    """Three masters with so many replicas each. The first three nodes are masters to begin with."""

    scheme = "redis+cluster"

    def __init__(self, replicas: int = 1, *, is_secure: bool = False, network: Network | None = None) -> None:
        super().__init__(is_secure=is_secure, network=network)
        self.size = MASTERS * (1 + replicas)

    def entrances(self) -> Sequence[ClusterNode]:
        """All nodes."""
        return self.nodes

    def build(self, folder: Path, tls: ssl.SSLContext | None) -> Iterator[Sequence[ClusterNode]]:
        """All nodes, none of which knows another yet."""
        self.nodes = [ClusterNode(self.network, folder / f"node-{number}", tls) for number in range(self.size)]
        yield self.nodes

    def connect(self) -> None:
        """Has the nodes meet, and shares the slots among the masters."""
        first, *others = self.nodes
        bounds = [SLOTS * number // MASTERS for number in range(MASTERS + 1)]
        for number, (master, start, end) in enumerate(zip(self.nodes, bounds, bounds[1:], strict=False), start=1):
            master.ask("CLUSTER", "SET-CONFIG-EPOCH", number)
            master.ask("CLUSTER", "ADDSLOTSRANGE", start, end - 1)
        for node in others:
            node.ask("CLUSTER", "MEET", HOST, first.port, first.bus_port)
        eventually(lambda: all(node.sees_all(self.size) for node in self.nodes), "a meeting of all nodes")
        for number, replica in enumerate(self.nodes[MASTERS:]):
            replica.ask("CLUSTER", "REPLICATE", self.nodes[number % MASTERS].id())

    def is_healthy(self) -> bool:
        """Whether all nodes see all nodes and a master of each slot, and all replicas have what their masters have."""
        try:
            return len(self.masters()) == MASTERS and all(
                node.sees_all(self.size) and node.sees_cover() and node.is_in_step() for node in self.nodes
            )
        except redis.RedisError:
            return False

    def master_of(self, key: str) -> ClusterNode:
        """The node that serves the slot of a key, as the first sees it that answers."""
        return self._master_as_seen_by(next(filter(ClusterNode.ready, self.nodes)), key)

    def masters(self) -> list[ClusterNode]:
        """The nodes that serve slots."""
        return [node for node in self.nodes if node.is_master()]

    def replicas_of(self, master: DataNode) -> list[ClusterNode]:
        """The nodes that have a copy of what a master has."""
        return [node for node in self.nodes if node.ask("ROLE")[:3] == [b"slave", HOST.encode(), master.port]]

    def wait_for_another_master(self, key: str, than: DataNode) -> None:
        """Waits until all others know another node that serves the slot of a key."""
        others = [node for node in self.nodes if node is not than]
        eventually(lambda: all(self._master_as_seen_by(node, key) is not than for node in others), "another master")

    def move_keys(self, key: str, to: ClusterNode) -> None:
        """Moves the slot of a key to another master, some of its keys at a time, while clients use them."""
        source, slot = self.master_of(key), key_slot(key.encode())
        to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id())
        source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id())
        access = ("AUTH2", USER, PASSWORD) if self.is_secure else ()
        while keys := source.ask("CLUSTER", "GETKEYSINSLOT", slot, KEYS_AT_ONCE):
            source.ask("MIGRATE", to.address, to.own_port, "", 0, MOVE_MILLISECONDS, *access, "KEYS", *keys)
        for node in (to, source, *(node for node in self.masters() if node not in (to, source))):
            node.ask("CLUSTER", "SETSLOT", slot, "NODE", to.id())
        self._wait_for_master(key, to)

    def move_slot(self, key: str, to: ClusterNode) -> None:
        """Moves the slot of a key to another master as one thing, which Valkey 9 can."""
        slot = key_slot(key.encode())
        self.master_of(key).ask("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", to.id())
        self._wait_for_master(key, to)

    def _wait_for_master(self, key: str, master: ClusterNode) -> None:
        eventually(lambda: {self._master_as_seen_by(node, key) for node in self.nodes} == {master}, "a slot that moves")

    def _master_as_seen_by(self, node: ClusterNode, key: str) -> ClusterNode:
        slot = key_slot(key.encode())
        (port,) = {member.port for member in node.members() if any(slot in slots for slots in member.slots)}
        return next(node for node in self.nodes if node.port == port)


def _read_member(line: str) -> Member:
    """A line of CLUSTER NODES: id, address, flags, master, ping, pong, epoch, link, and slots, some of them moving."""
    member_id, address, flags, _, _, _, _, _, *slots = line.split()
    port = int(address.partition("@")[0].rpartition(":")[2])
    bounds = [slot.split("-") for slot in slots if not slot.startswith("[")]
    return Member(member_id, port, set(flags.split(",")), [range(int(ends[0]), int(ends[-1]) + 1) for ends in bounds])
