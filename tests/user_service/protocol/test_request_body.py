"""Bodies as they come over the wire: in pieces, in chunks, too long, broken, or not at all."""

import json
import re
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.problems import MEMBERS
from tests.support.servers import HOST, Service

BODY_SECONDS = 0.5
LATE = "The body has not come within 0.5 s."
LIVE = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
CREATE = b"POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
CHUNKED = CREATE + b"Transfer-Encoding: chunked\r\n"
END = b"Connection: close\r\n\r\n"
MAX_BODY_BYTES = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def impatient() -> Iterator[Service]:
    with Service("user-service", BODY_SECONDS=str(BODY_SECONDS)) as service:
        yield service


def user(email: str) -> bytes:
    return json.dumps({"email": email, "name": "Somebody"}).encode()


def length(body: bytes) -> bytes:
    return f"Content-Length: {len(body)}\r\n".encode()


def chunk(content: bytes) -> bytes:
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


@contextmanager
def connected(server: Service) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, urlsplit(server.url).port or 0), timeout=30) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server ends the connection, also where it does not wait for what is still under way."""
    parts = []
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def answers_to(server: Service, *parts: bytes) -> bytes:
    """What the server answers, until it ends the connection, to these parts, sent one by one."""
    with connected(server) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
        return rest(connection)


def statuses(answers: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)]


def content(answer: bytes) -> Any:
    return json.loads(answer.partition(b"\r\n\r\n")[2])


def assert_problem_sent(answer: bytes, status: int, detail: str) -> None:
    assert statuses(answer) == [status]
    assert b"\r\nContent-Type: application/problem+json\r\n" in answer
    problem = content(answer)
    assert problem.keys() == MEMBERS
    assert detail in problem["detail"]


def test_a_body_may_come_byte_by_byte(server: Service) -> None:
    body = user("slow@example.org")
    whole = CREATE + length(body) + END + body

    answer = answers_to(server, *(whole[i : i + 1] for i in range(len(whole))))

    assert statuses(answer) == [201]


def test_a_body_may_come_in_chunks(server: Service) -> None:
    body = user("chunked@example.org")
    chunks = b"".join(chunk(body[i : i + 7]) for i in range(0, len(body), 7)) + chunk(b"")

    answers = answers_to(server, CHUNKED + b"\r\n" + chunks + LIVE + END)

    assert statuses(answers) == [201, 200]


def test_chunks_may_be_no_more_than_a_body_may_be(server: Service) -> None:
    chunks = chunk(b" " * (MAX_BODY_BYTES // 2)) * 2 + chunk(b" ") + chunk(b"")

    assert_problem_sent(answers_to(server, CHUNKED + END + chunks), 413, "A body may hold at most 2097152 bytes.")


@pytest.mark.parametrize("chunks", [b"two\r\n{}\r\n0\r\n\r\n", b"2\r\n{}..0\r\n\r\n", b"-2\r\n{}\r\n0\r\n\r\n"])
def test_broken_chunks_are_a_fault_and_nothing_after_them_is_read(server: Service, chunks: bytes) -> None:
    answer = answers_to(server, CHUNKED + b"\r\n" + chunks + LIVE + END)

    assert_problem_sent(answer, 400, "The body has not come to the end that was announced.")


def test_several_requests_may_come_at_once_and_are_answered_in_turn(server: Service) -> None:
    body = user("first@example.org")
    read = b"GET /users/first@example.org HTTP/1.1\r\nHost: localhost\r\n"

    answers = answers_to(server, CREATE + length(body) + b"\r\n" + body + LIVE + b"\r\n" + read + END)

    assert statuses(answers) == [201, 200, 200]
    assert content(answers[answers.rindex(b"HTTP/1.1") :])["email"] == "first@example.org"


def test_a_client_that_waits_for_leave_to_send_gets_it(server: Service) -> None:
    body = user("polite@example.org")
    with connected(server) as connection:
        connection.sendall(CREATE + length(body) + b"Expect: 100-Continue\r\n" + END)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert statuses(rest(connection)) == [201]


def test_a_body_beyond_the_limit_is_refused_before_it_comes(server: Service) -> None:
    with connected(server) as connection:
        connection.sendall(CREATE + f"Content-Length: {MAX_BODY_BYTES + 1}\r\n".encode() + END)

        assert_problem_sent(rest(connection), 413, "A body may hold at most 2097152 bytes.")


def test_a_body_that_nobody_reads_is_not_taken_for_a_request(server: Service) -> None:
    body = (LIVE + b"\r\n").ljust(MAX_BODY_BYTES + 1)

    answers = answers_to(server, CREATE + length(body) + b"\r\n" + body + LIVE + END)

    assert statuses(answers) in ([413, 200], [413])


@pytest.mark.parametrize("sent", [b"", b'{"email":', b" " * 100_000])
def test_a_body_that_does_not_come_is_given_up_in_time(impatient: Service, sent: bytes) -> None:
    with connected(impatient) as connection:
        connection.sendall(CREATE + b"Content-Length: 200000\r\n\r\n" + sent)

        assert_problem_sent(rest(connection), 408, LATE)


def test_a_body_that_drips_has_no_more_time(impatient: Service) -> None:
    with connected(impatient) as connection:
        connection.sendall(CHUNKED + b"\r\n")
        with suppress(ConnectionError):
            while not select.select([connection], [], [], 0.05)[0]:
                connection.sendall(chunk(b" "))

        assert_problem_sent(rest(connection), 408, LATE)


@pytest.mark.parametrize("beginning", [b"/health/live?", b"/users/"])
def test_a_request_line_of_64_kib_is_read_and_a_longer_one_is_not(server: Service, beginning: bytes) -> None:
    longest = beginning.ljust(64 * 1024 - len(b"GET  HTTP/1.1"), b"a")

    read = answers_to(server, LIVE.replace(b"/health/live", longest) + END)
    refused = answers_to(server, LIVE.replace(b"/health/live", longest + b"a") + END)

    if b"?" in beginning:
        assert statuses(read) == [400]
        assert content(read)["errors"][0]["code"] == "unknown"
    else:
        assert_problem_sent(read, 404, "There is no user")
    assert_problem_sent(refused, 414, "A request line may hold at most 65536 bytes.")


def test_a_proxy_of_ours_says_how_it_was_asked(server: Service) -> None:
    root = b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"

    assert content(answers_to(server, root + END))["docs"] == "http://localhost/docs"
    assert content(answers_to(server, root + b"X-Forwarded-Proto: https\r\n" + END))["docs"] == "https://localhost/docs"


UNREADABLE = [
    (b"Content-Encoding: gzip\r\nContent-Length: 1\r\n", 415),
    (b"Content-Length: %d\r\n" % (MAX_BODY_BYTES + 1), 413),
    (b"Content-Length: 5\r\n", 408),
    (b"Transfer-Encoding: chunked\r\n", 408),
]


@pytest.mark.parametrize(("head", "status"), UNREADABLE)
def test_a_browser_is_told_of_a_body_that_cannot_be_read_on_a_page(
    impatient: Service, head: bytes, status: int
) -> None:
    answer = answers_to(impatient, CREATE + b"Accept: text/html\r\n" + head + END, b"1")

    assert statuses(answer) == [status]
    assert b"\r\nContent-Type: text/html; charset=utf-8\r\n" in answer


@pytest.mark.parametrize(("head", "status"), UNREADABLE)
def test_a_form_that_cannot_be_read_is_told_as_any_other_body(impatient: Service, head: bytes, status: int) -> None:
    form = b"POST /week HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    cookie = b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n"

    answer = answers_to(impatient, form + cookie + head + END, b"a")

    assert answer.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"application/problem+json" in answer
