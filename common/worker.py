"""gunicorn's worker for gevent, but that it ends without dropping a request, and without waiting for who idles."""

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import gevent
from gevent import monkey
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

_close = monkey.get_original("os", "close")
_PlainSocket = monkey.get_original("socket", "socket")

POLL_SECONDS = 0.1
# A client that asks again and again is told, with its next answer, that the connection ends. Others just see it end.
IDLE_SECONDS = 0.5
_STATUS_LINE = b"HTTP/1."


@dataclass(frozen=True)
class Address:
    """All of a listening socket that gunicorn wants to know when it answers, which may be after its end."""

    name: Any

    def getsockname(self) -> Any:
        """As a socket tells it."""
        return self.name


class Connection:
    """A client's socket, as gunicorn uses it: the head of an answer waits for the body, so that both go out at once."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._head = b""
        self._since = 0.0
        self._idles = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def __enter__(self) -> None:
        """The wait for a request begins. Others come first: a client that is quick to ask again would hold them up."""
        self._flush()
        self._since, self._idles = time.monotonic(), True
        gevent.sleep(0)

    def __exit__(self, *_: object) -> None:
        """The head of a request is there: the body has as much time again."""
        self._since, self._idles = time.monotonic(), False

    def end_if_idle(self) -> None:
        """Lets a client that asks for nothing see an end."""
        if self._idles:
            self.end_if_slow(IDLE_SECONDS)

    def end_if_slow(self, seconds: float) -> None:
        """Reads no more of a request whose head, or then whose body, has not come within so long."""
        if self._since and time.monotonic() - self._since > seconds:
            # gevent's own would raise in whoever reads, rather than let them see an end.
            with suppress(OSError), _PlainSocket(fileno=os.dup(self._client.fileno())) as plain:
                plain.shutdown(socket.SHUT_RD)

    def sendall(self, data: bytes) -> None:
        """Sends what waits and this, or lets it wait if it is the head of an answer."""
        self._since = 0.0
        if data.startswith(_STATUS_LINE) and not self._head:
            self._head = data
            return
        self._head, data = b"", self._head + data
        sent = self._client.send(data)
        if sent < len(data):
            self._client.sendall(memoryview(data)[sent:])

    def sendfile(self, *args: Any, **kwargs: Any) -> Any:
        """Sends what waits, then a file."""
        self._flush()
        return self._client.sendfile(*args, **kwargs)

    def close(self) -> None:
        """Sends what waits, and closes the socket."""
        try:
            self._flush()
        finally:
            self._client.close()

    def _flush(self) -> None:
        if self._head:
            self.sendall(b"")


class Worker(GeventWorker):  # type: ignore[misc]
    """Serves until it is told to stop, then answers all that has been asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connections: dict[object, Connection] = {}

    def run(self) -> None:
        """Returns when all is answered, or after the graceful time-out."""
        pool = Pool(self.worker_connections)
        servers = [self._serve(listener, pool) for listener in self.sockets]
        while self.alive:
            self._pause()
        for server in servers:
            _stop_accepting(server, pool)
        until = time.monotonic() + self.cfg.graceful_timeout
        while len(pool) and time.monotonic() < until:
            for connection in self._connections.values():
                connection.end_if_idle()
            self._pause()
        pool.kill(timeout=1)

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Answers what comes on a connection, until it ends."""
        own = gevent.getcurrent()
        self._connections[own] = Connection(client)
        try:
            super().handle(listener, self._connections[own], addr)
        finally:
            del self._connections[own]

    def timeout_ctx(self) -> Connection:
        """What gunicorn waits in for the next request."""
        return self._connections[gevent.getcurrent()]

    def _serve(self, listener: Any, pool: Pool) -> StreamServer:
        listener.setblocking(1)
        server = StreamServer(listener, handle=partial(self.handle, Address(listener.getsockname())), spawn=pool)
        # Each worker takes one connection at a time, so that none takes all.
        server.max_accept = 1
        server.start()
        return server

    def _pause(self) -> None:
        self.notify()
        for connection in self._connections.values():
            connection.end_if_slow(self.cfg.keepalive)
        gevent.sleep(POLL_SECONDS)


def _stop_accepting(server: StreamServer, pool: Pool) -> None:
    """Takes in whoever has come already: who is left in the queue when the last worker closes it is cut off."""
    server.stop_accepting()
    while not pool.full() and (accepted := server.do_read()):
        server.do_handle(*accepted)
    # gevent's own would close it later, and let in others until then.
    _close(server.socket.detach())
    server.close()
