"""gunicorn's worker for gevent, but that it ends without dropping a request, and without waiting for who idles.

gunicorn would parse requests in Python, and write answers with many checks: a third of the time of a small answer.
"""

import ipaddress
import socket
import sys
import time
from functools import partial
from typing import Any

import gevent
from gevent import monkey
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.workers.ggevent import GeventWorker

from common.incoming import Connection

_close = monkey.get_original("os", "close")

POLL_SECONDS = 0.1


class Worker(GeventWorker):  # type: ignore[misc]
    """Serves until it is told to stop, then answers all that has been asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connections: set[Connection] = set()
        # As long as anybody can still connect, to end a connection would only make its client do so.
        self._accepts = True

    def run(self) -> None:
        """Returns when all is answered, or after the graceful time-out."""
        pool = Pool(self.worker_connections)
        servers = [self._serve(listener, pool) for listener in self.sockets]
        while self.alive:
            self._pause()
        for server in servers:
            _stop_accepting(server, pool)
        self._accepts = False
        until = time.monotonic() + self.cfg.graceful_timeout
        while len(pool) and time.monotonic() < until:
            for connection in self._connections:
                connection.end_if_idle()
            self._pause()
        pool.kill(timeout=1)

    def handle(self, address: tuple[str, int], client: socket.socket, peer: tuple[str, int]) -> None:
        """Answers what comes on a connection to one of our addresses, until it ends."""
        environ = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": self.cfg.workers > 1,
            "wsgi.run_once": False,
            "SERVER_NAME": address[0],
            "SERVER_PORT": str(address[1]),
            "REMOTE_ADDR": peer[0],
            "REMOTE_PORT": str(peer[1]),
        }
        connection = Connection(client, self.wsgi, environ, lambda: self._accepts, believed=self._believes(peer[0]))
        self._connections.add(connection)
        try:
            connection.serve()
        finally:
            self._connections.discard(connection)

    def _believes(self, address: str) -> bool:
        """Whether gunicorn's settings name this address as one of a proxy of ours."""
        networks = self.cfg.forwarded_allow_networks()
        return "*" in self.cfg.forwarded_allow_ips or any(ipaddress.ip_address(address) in one for one in networks)

    def _serve(self, listener: Any, pool: Pool) -> StreamServer:
        listener.setblocking(1)
        server = StreamServer(listener, handle=partial(self.handle, listener.getsockname()), spawn=pool)
        # Each worker takes one connection at a time, so that none takes all.
        server.max_accept = 1
        server.start()
        return server

    def _pause(self) -> None:
        self.notify()
        for connection in self._connections:
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
