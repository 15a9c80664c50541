"""A neighbour that does whatever a test says: for faults that no service of ours can be brought to commit."""

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from http.client import HTTPMessage, parse_headers
from typing import Any, NamedTuple, Self

HOST = "127.0.0.1"
DRIP_SECONDS = 0.02
DRIPS = 3000

Behaviour = Callable[[socket.socket], object]


class Received(NamedTuple):
    """A request, and the number of the connection on which it came."""

    line: str
    headers: HTTPMessage
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


def answers(body: object, status: str = "200 OK", content_type: str = "application/json", *more: str) -> Behaviour:
    """Answers with a body: bytes as they are, or anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(content)}", *more]
    return says("\r\n".join([*head, "", ""]).encode() + content)


def problem(status: str, code: str, /, **members: object) -> Behaviour:
    """Answers as our own services do when something is wrong."""
    body = {"type": f"urn:w2meet:problem:{code}", "detail": "So it is.", **members}
    return answers(body, status, "application/problem+json")


def says(content: bytes) -> Behaviour:
    """Sends these bytes, and nothing else."""
    return lambda connection: connection.sendall(content)


def hangs_up(connection: socket.socket) -> None:
    """Ends the connection."""
    connection.shutdown(socket.SHUT_RDWR)


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One after the other, each for one request."""
    left = iter(behaviours)

    def behave(connection: socket.socket) -> None:
        next(left)(connection)

    return behave


class Neighbour:
    """A server in this process, from entering the context until leaving it. What `behave` does may be changed."""

    def __init__(self) -> None:
        self.behave: Behaviour = hangs_up
        self.received: list[Received] = []
        self.over = threading.Event()
        self._server = _Server(self)
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def wrap(self, context: ssl.SSLContext) -> None:
        """Has it speak TLS from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    def hang(self, connection: socket.socket) -> None:
        """Says nothing, for as long as the test takes."""
        self.over.wait()

    def drip(self, before: bytes) -> Behaviour:
        """Sends some bytes at once, and then a space again and again, for longer than any test waits."""

        def behave(connection: socket.socket) -> None:
            connection.sendall(before)
            for _ in range(DRIPS):
                self.over.wait(DRIP_SECONDS)
                connection.sendall(b" ")

        return behave

    def flood(self, connection: socket.socket) -> None:
        """Answers without an end, as quickly as it is read."""
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not self.over.is_set():
            connection.sendall(b" " * 65536)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *fault: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, neighbour: Neighbour) -> None:
        self.neighbour = neighbour
        self.connections = 0
        super().__init__((HOST, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: clients give up on such a neighbour."""


class _Handler(socketserver.StreamRequestHandler):
    server: _Server
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.server.connections += 1
        number = self.server.connections
        while line := self.rfile.readline():
            headers = parse_headers(self.rfile)
            body = self.rfile.read(int(headers.get("Content-Length", 0)))
            self.server.neighbour.received.append(Received(line.decode().strip(), headers, body, number))
            self.server.neighbour.behave(self.connection)
