"""Calls in a closed loop over kept-alive connections, and how long each takes."""

import http.client
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from urllib.parse import urlsplit

PROCESSES, THREADS = 2, 4


@dataclass(frozen=True)
class Call:
    """One request. `path` begins with a slash; a body is JSON."""

    method: str
    url: str
    path: str
    body: bytes | None = None


@dataclass(frozen=True)
class Times:
    """Seconds that calls took."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """Half of the calls took at most this."""
        return statistics.median(self.seconds)

    @property
    def late(self) -> float:
        """99 of 100 calls took at most this."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]


@dataclass(frozen=True)
class Row:
    """What was measured of one kind of call."""

    size: int
    name: str
    times: Times
    mget: Times
    per_second: float | None = None


def one_by_one(calls: list[Call], seconds: float, at_least: int = 5) -> Times:
    """One client that makes the calls in turn, again and again, for so many seconds."""
    return Times(tuple(_loop(calls, seconds, at_least)))


def together(calls: list[Call], seconds: float) -> tuple[float, Times]:
    """Calls answered in a second to several clients at once, and how long each took."""
    parts = [calls[part::PROCESSES] or calls for part in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        times = list(chain.from_iterable(pool.map(partial(_threads, seconds), parts)))
    return len(times) / seconds, Times(tuple(times))


def timed(work: Callable[[], object], times: int) -> Times:
    """How long the work takes, done so many times."""
    return Times(tuple(_seconds(work) for _ in range(times)))


def _threads(seconds: float, calls: list[Call]) -> list[float]:
    parts = [calls[part::THREADS] or calls for part in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(chain.from_iterable(pool.map(lambda part: list(_loop(part, seconds, 1)), parts)))


def _loop(calls: list[Call], seconds: float, at_least: int) -> Iterator[float]:
    connection = http.client.HTTPConnection(urlsplit(calls[0].url).netloc)
    until = time.perf_counter() + seconds
    answers = _answers(connection, calls)
    yield from islice(answers, at_least)
    for took in answers:
        yield took
        if time.perf_counter() > until:
            break
    connection.close()


def _answers(connection: http.client.HTTPConnection, calls: list[Call]) -> Iterator[float]:
    while True:
        for call in calls:
            yield _seconds(partial(_answer, connection, call))


def _answer(connection: http.client.HTTPConnection, call: Call) -> None:
    headers = {"Content-Type": "application/json"} if call.body else {}
    connection.request(call.method, call.path, call.body, headers)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status < 300, f"{call.method} {call.path}: {answer.status} {content[:200]!r}"


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
