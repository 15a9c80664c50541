"""More than a service can carry: what is too much is refused early, and whoever watches over it hears from it."""

import json
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.support import people
from tests.support.pages import BROWSER
from tests.support.problems import assert_problem
from tests.support.servers import HOST, Redis, Service, eventually

LIMIT = 4
HEALTH_SECONDS = 3
TOO_MUCH = "There is more to do than can be done at once."
BODY_BYTES = 2 * 1024 * 1024
MAPS = 100  # that take half a minute to draw
READERS = 40  # together they ask for more than 64 MiB
DOMAIN = ".".join(60 * letter for letter in "abc")
MUCH = json.dumps({"emails": [f"{number}@{DOMAIN}" for number in range(10_000)]}).encode()
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": BROWSER, "Cookie": f"csrftoken={32 * 'x'}"}
BODIES = 17  # as many of the largest, but for their last pieces, as a worker takes at once


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with Redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="module")
def small(redis: Redis) -> Iterator[Service]:
    """user-service that answers few requests at once."""
    env = {"REDIS_URL": redis.url, "REDIS_SECONDS": "3.5", "WEB_CONCURRENCY": "1", "MAX_IN_FLIGHT": str(LIMIT)}
    with Service("user-service", None, **env) as service:
        yield service


@pytest.fixture(scope="module")
def usual(redis: Redis) -> Iterator[Service]:
    """user-service with one worker and the default limit."""
    with Service("user-service", REDIS_URL=redis.url, WEB_CONCURRENCY="1") as service:
        yield service


def get(service: Service, path: str = "/users") -> requests.Response:
    return requests.get(service.url + path, timeout=30)


def begin_upload(service: Service) -> socket.socket:
    """Sends all of a large body but its end."""
    address = urlsplit(service.url)
    connection = socket.create_connection((address.hostname or "", address.port or 0), timeout=30)
    head = f"POST /users HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {BODY_BYTES}\r\nConnection: close\r\n\r\n".encode())
    connection.sendall(b" " * (BODY_BYTES - 1))
    return connection


def status(connection: socket.socket) -> int:
    return int(connection.recv(64).split()[1])


def resident_bytes(process: int) -> int:
    pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    return int(pages) * 4096


def test_a_head_that_does_not_come_to_its_end_is_given_up(redis: Redis) -> None:
    with Service("user-service", None, REDIS_URL=redis.url, GUNICORN_CMD_ARGS="--keep-alive 1") as hasty:
        with socket.create_connection((HOST, urlsplit(hasty.url).port or 0), timeout=30) as half:
            half.sendall(b"GET /users HTTP/1.1\r\nHo")
            assert half.recv(1) == b""
        assert "Traceback" not in hasty.log


def test_a_client_that_breaks_off_is_no_bug_of_ours(usual: Service) -> None:
    upload = begin_upload(usual)
    upload.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an end
    upload.close()

    eventually(lambda: "POST /users 400" in usual.log, "a line in the log")
    assert "Traceback" not in usual.log


def test_ten_times_what_is_carried_is_refused_early_while_health_is_told(small: Service, redis: Redis) -> None:
    redis.freeze()
    try:
        with ThreadPoolExecutor(10 * LIMIT) as pool:
            asked = [pool.submit(get, small) for _ in range(10 * LIMIT)]
            eventually(lambda: sum(one.done() for one in asked) >= 9 * LIMIT, "early refusals")
            live, began = get(small, "/health/live"), time.monotonic()
            health, took = get(small, "/health"), time.monotonic() - began
            assert get(small, "/metrics").status_code == 200
            answers = [one.result() for one in asked]
    finally:
        redis.thaw()

    assert (live.status_code, health.status_code, took < HEALTH_SECONDS) == (200, 503, True)
    refused = [answer for answer in answers if TOO_MUCH in answer.text]
    assert len(refused) == 9 * LIMIT
    assert {answer.status_code for answer in answers} == {503}
    for answer in refused:
        assert_problem(answer, 503, TOO_MUCH)
        assert answer.json()["type"] == "urn:w2meet:problem:overloaded"
        assert int(answer.headers["Retry-After"]) > 0
    eventually(lambda: get(small).status_code == 200, "an answer")


def test_a_burst_that_is_carried_is_answered_in_full(usual: Service) -> None:
    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(lambda _: get(usual), range(240)))

    assert {answer.status_code for answer in answers} == {200}


def test_the_service_above_says_what_is_wrong_below(small: Service, redis: Redis) -> None:
    path = f"/availability/common?attendees={people.email('ann')}"
    with Service("availability-service", USER_SERVICE_URL=small.url) as above:
        redis.freeze()
        try:
            with ThreadPoolExecutor(3 * LIMIT) as pool:
                answers = list(pool.map(lambda _: get(above, path), range(3 * LIMIT)))
        finally:
            redis.thaw()

    refused = [answer for answer in answers if TOO_MUCH in answer.text]
    assert refused
    for answer in refused:
        assert_problem(answer, 503, TOO_MUCH)


def test_while_many_heat_maps_are_drawn_others_are_answered_and_the_worker_does_not_look_dead(redis: Redis) -> None:
    ann = f"attendees={people.email('ann')}"
    env = {"WEB_CONCURRENCY": "1", "GUNICORN_CMD_ARGS": "--timeout 10"}
    with (
        Service("user-service", REDIS_URL=redis.url) as users,
        Service("availability-service", None, USER_SERVICE_URL=users.url, **env) as service,
        ThreadPoolExecutor(MAPS) as pool,
    ):
        people.store(users.url, "ann", *people.ALWAYS)
        before = service.workers
        asked = [pool.submit(get, service, f"/heatmap?{ann}&start=2030-01-01&end=2030-04-02") for _ in range(MAPS)]
        other = get(service, f"/availability/common?{ann}")
        statuses = {one.result().status_code for one in asked}

        assert other.status_code == 200
        assert statuses == {200, 503}
        assert service.workers == before


def test_more_large_bodies_than_fit_are_refused_and_memory_is_bounded(usual: Service) -> None:
    (worker,) = usual.workers
    before = resident_bytes(worker)
    with ExitStack() as stack:
        first = [stack.enter_context(begin_upload(usual)) for _ in range(BODIES)]
        more = [stack.enter_context(begin_upload(usual)) for _ in range(BODIES)]
        assert {status(connection) for connection in more} == {503}
        assert resident_bytes(worker) - before < 3 * BODIES * BODY_BYTES
        page = requests.post(f"{usual.url}/week", "x" * BODY_BYTES, headers=FORM, timeout=30)
        assert (page.status_code, page.headers["Retry-After"], TOO_MUCH in page.text) == (503, "1", True)
        assert get(usual).status_code == 200

        for connection in first:
            connection.sendall(b" ")
        assert {status(connection) for connection in first} == {400}

    assert get(usual).status_code == 200


def ask(service: Service) -> int:
    """The status of an answer of 1.9 MB."""
    headers = {"Content-Type": "application/json"}
    return requests.post(f"{service.url}/users/availability/query", MUCH, headers=headers, timeout=30).status_code


def begin_to_ask(service: Service) -> socket.socket:
    """Asks for the same, most of which does not fit between the two, and does not read it."""
    address = urlsplit(service.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(30)
    connection.connect((address.hostname, address.port))
    head = f"POST /users/availability/query HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(MUCH)}\r\n\r\n".encode() + MUCH)
    return connection


def test_what_is_not_read_is_bounded_and_its_readers_are_cut_off(redis: Redis) -> None:
    env = {"REDIS_URL": redis.url, "WEB_CONCURRENCY": "1", "READER_SECONDS": "10"}
    with Service("user-service", None, **env) as service, ExitStack() as stack:
        answered = [status(stack.enter_context(begin_to_ask(service))) for _ in range(READERS)]

        assert answered == sorted(answered)
        assert set(answered) == {200, 503}
        assert ask(service) == 503
        assert get(service).status_code == 200
        eventually(lambda: ask(service) == 200, "an end of all that do not read", pause_seconds=0.5)
