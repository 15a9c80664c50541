"""What a cluster and a watched Redis have in common: how they are started, and how faults are caused."""

import signal
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import quote

from tests.support.redis_nodes.certificates import create_server_context
from tests.support.redis_nodes.network import Network
from tests.support.redis_nodes.node import PASSWORD, USER, DataNode, Node
from tests.support.servers import HOST, eventually

# How long the others wait for an answer of a node before they take it for dead.
DEAD_AFTER_MILLISECONDS = 2000


class Nodes:
    """Nodes in a folder of their own, from entering the context until leaving it. Faults are caused through them.

    With `is_secure` clients need TLS, and all say who they are.
    """

    scheme: ClassVar[str]

    def __init__(self, *, is_secure: bool = False, network: Network | None = None) -> None:
        self.is_secure = is_secure
        self.network = network or Network()
        self.authority: Path | None = None

    @property
    def url(self) -> str:
        """What REDIS_URL says to use them."""
        scheme = self.scheme.replace("redis", "rediss") if self.is_secure else self.scheme
        who = f"{USER}:{quote(PASSWORD, safe='')}@" if self.is_secure else ""
        return f"{scheme}://{who}{','.join(f'{HOST}:{node.port}' for node in self.entrances())}"

    @property
    def env(self) -> dict[str, str]:
        """The settings with which a process of ours uses them."""
        tls = {"SSL_CERT_FILE": str(self.authority)} if self.authority else {}
        return {"REDIS_URL": self.url, **tls}

    def entrances(self) -> Sequence[Node]:
        """The nodes that clients are told of."""
        raise NotImplementedError

    def build(self, folder: Path, tls: ssl.SSLContext | None) -> Iterator[Sequence[Node]]:
        """The nodes to be started, those at once that wait for no others."""
        raise NotImplementedError

    def connect(self) -> None:
        """Makes one thing of nodes that have started."""

    def master_of(self, key: str) -> DataNode:
        """The node to which a key is written."""
        raise NotImplementedError

    def replicas_of(self, master: DataNode) -> Sequence[DataNode]:
        """The nodes that have a copy of what a master has."""
        raise NotImplementedError

    def wait_for_another_master(self, key: str, than: DataNode) -> None:
        """Waits until another node than that which had been it is the master for a key, as the nodes see it."""
        raise NotImplementedError

    def is_healthy(self) -> bool:
        """Whether all nodes know that all of them are there, and all replicas have what their masters have."""
        raise NotImplementedError

    def wait_until_healthy(self) -> None:
        """Waits until nothing of any fault is left."""
        eventually(self.is_healthy, "health of all nodes", 60, 0.1)

    @contextmanager
    def killed(self, node: Node) -> Iterator[None]:
        """A node whose process the kernel has ended."""
        node.stop(signal.SIGKILL)
        try:
            yield
        finally:
            node.start().wait_until_ready()

    @contextmanager
    def frozen(self, node: Node) -> Iterator[None]:
        """A node that does not run, with its connections open."""
        node.freeze()
        try:
            yield
        finally:
            node.thaw()

    @contextmanager
    def cut_off(self, *nodes: Node) -> Iterator[None]:
        """Nodes that live and answer their clients, and that no other node reaches."""
        for node in nodes:
            self.network.cut_off(node.address)
        try:
            yield
        finally:
            self.network.mend()

    def __enter__(self) -> Self:
        with ExitStack() as started:
            folder = Path(started.enter_context(tempfile.TemporaryDirectory(prefix="w2meet-test-")))
            started.enter_context(self.network)
            tls = None
            if self.is_secure:
                tls, self.authority = create_server_context(folder)
            for group in self.build(folder, tls):
                for node in group:
                    started.callback(node.close)
                    node.start()
                for node in group:
                    node.wait_until_ready()
            self.connect()
            self.wait_until_healthy()
            self._started = started.pop_all()
        return self

    def __exit__(self, *fault: object) -> None:
        self._started.close()
