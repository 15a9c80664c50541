"""Clients who ask again and again, on kept connections, and remember what became of each request."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from tests.support import people
from tests.support.threads import at_once

Send = Callable[[http.client.HTTPConnection, str], None]


def create_user(connection: http.client.HTTPConnection, name: str) -> None:
    """Sends a new user."""
    body = json.dumps({"email": people.email(name), "name": name})
    connection.request("POST", "/users", body, {"Content-Type": "application/json"})


class Clients:
    """`answers` counts statuses. `cut_off` is what ended a request that was sent and never answered."""

    def __init__(self, url: str, send: Send) -> None:
        self.address = urlsplit(url).netloc
        self.send = send
        self.answers: Counter[int] = Counter()
        self.done: list[str] = []
        self.cut_off: list[OSError | http.client.HTTPException] = []
        self._over = threading.Event()

    @contextmanager
    def running(self, count: int) -> Iterator["Clients"]:
        """So many at once, until leaving the context."""
        with at_once([partial(self._ask, f"c{number}") for number in range(count)], self._over):
            yield self

    def _ask(self, name: str) -> None:
        """Ends when nobody listens any more: what nobody has accepted is not lost."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        number = 0
        while not self._over.is_set():
            try:
                connection.connect() if connection.sock is None else None
            except (ConnectionRefusedError, ConnectionResetError):
                return
            number += 1
            self._once(connection, f"{name}-{number}")
        connection.close()

    def _once(self, connection: http.client.HTTPConnection, name: str) -> None:
        try:
            self.send(connection, name)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as fault:
            self.cut_off.append(fault)
            connection.close()
            return
        self.answers[answer.status] += 1
        if answer.status < 300:
            self.done.append(name)
