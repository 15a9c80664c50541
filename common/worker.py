"""gunicorn's worker for gevent, but that it ends without dropping a request, and without waiting for who idles."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import gevent
from gevent import monkey
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

_close = monkey.get_original("os", "close")

POLL_SECONDS = 0.1
# A client that asks again and again is told, with its next answer, that the connection ends. Others just see it end.
IDLE_SECONDS = 0.5


@dataclass(frozen=True)
class Address:
    """All of a listening socket that gunicorn wants to know when it answers, which may be after its end."""

    name: Any

    def getsockname(self) -> Any:
        """As a socket tells it."""
        return self.name


@dataclass
class Connection:
    """A connection, and since when it has waited for a request; 0 while one is being answered."""

    client: socket.socket
    waits_since: float = 0

    def end_if_idle(self) -> None:
        """Lets the client see an end, after what it has sent so far."""
        if self.waits_since and time.monotonic() - self.waits_since > IDLE_SECONDS:
            with suppress(OSError):
                self.client.shutdown(socket.SHUT_RD)


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
            super().handle(listener, client, addr)
        finally:
            del self._connections[own]

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """What gunicorn waits in for the next request."""
        connection = self._connections[gevent.getcurrent()]
        connection.waits_since = time.monotonic()
        with super().timeout_ctx():
            yield
        connection.waits_since = 0

    def _serve(self, listener: Any, pool: Pool) -> StreamServer:
        listener.setblocking(1)
        server = StreamServer(listener, handle=partial(self.handle, Address(listener.getsockname())), spawn=pool)
        # Each worker takes one connection at a time, so that none takes all.
        server.max_accept = 1
        server.start()
        return server

    def _pause(self) -> None:
        self.notify()
        gevent.sleep(POLL_SECONDS)


def _stop_accepting(server: StreamServer, pool: Pool) -> None:
    """Takes in whoever has come already: who is left in the queue when the last worker closes it is cut off."""
    server.stop_accepting()
    while not pool.full() and (accepted := server.do_read()):
        server.do_handle(*accepted)
    # gevent's own would close it later, and let in others until then.
    _close(server.socket.detach())
    server.close()
