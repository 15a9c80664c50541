"""The network between nodes: a node can be cut off from the others while it lives and answers its clients."""

import asyncio
import ssl
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from tests.support.servers import HOST, PATIENCE_SECONDS, free_port

CHUNK_BYTES = 65536


@dataclass(frozen=True)
class Destination:
    """Where a node listens. With `tls`, clients speak that; other nodes never do."""

    address: str
    port: int
    tls: ssl.SSLContext | None = None


class Network:
    """Relays between ports, in a thread of its own, from entering the context until leaving it.

    Nodes connect from addresses of their own, clients from that of the machine. What a node that is cut off sends to
    others, or is sent by them, waits: as on a real network it arrives when the node is back. Clients always reach it.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: list[asyncio.Server] = []
        self._connections: set[asyncio.Task[Any]] = set()
        self._cut_off: set[str] = set()
        self._mended = asyncio.Condition()

    def open_port(self, destination: Destination) -> int:
        """A port of this machine that leads to a node from now on."""
        port = free_port()
        self._run(self._listen(port, destination))
        return port

    def cut_off(self, address: str) -> None:
        """No other node reaches the one with this address, and it reaches none."""
        self._cut_off.add(address)

    def mend(self) -> None:
        """All nodes reach each other again."""
        self._run(self._mend())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *fault: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    async def _listen(self, port: int, destination: Destination) -> None:
        self._servers.append(await asyncio.start_server(partial(self._accept, destination), HOST, port))

    async def _mend(self) -> None:
        async with self._mended:
            self._cut_off.clear()
            self._mended.notify_all()

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(
        self, destination: Destination, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        async with AsyncExitStack() as held:
            held.callback(writer.close)
            # A node that does not listen, or that hangs up, is one with which there is no connection.
            held.enter_context(suppress(OSError))
            await self._carry(destination, reader, writer, held)

    async def _carry(
        self,
        destination: Destination,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        held: AsyncExitStack,
    ) -> None:
        """Takes what each side says to the other, until one hangs up."""
        source: str = writer.get_extra_info("peername")[0]
        ends = set() if source == HOST else {source, destination.address}
        if destination.tls and not ends:
            # Before all else: what has arrived until then would be taken for plain text.
            await writer.start_tls(destination.tls)
        await self._wait_until_mended(ends)
        answers, node = await asyncio.open_connection(destination.address, destination.port)
        held.callback(node.close)
        async with asyncio.TaskGroup() as both:
            there = both.create_task(self._pump(reader, node, ends))
            back = both.create_task(self._pump(answers, writer, ends))
            there.add_done_callback(lambda _: back.cancel())
            back.add_done_callback(lambda _: there.cancel())

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: set[str]) -> None:
        with suppress(OSError):
            while content := await reader.read(CHUNK_BYTES):
                await self._wait_until_mended(ends)
                writer.write(content)
                await writer.drain()

    async def _wait_until_mended(self, ends: set[str]) -> None:
        if ends & self._cut_off:
            async with self._mended:
                await self._mended.wait_for(lambda: not ends & self._cut_off)


class DirectNetwork(Network):
    """No relays: clients and nodes reach each other as quickly as can be, and none can be cut off."""

    def open_port(self, destination: Destination) -> int:
        """The port of the node itself."""
        return destination.port
