"""HTTP/1.1 as the server speaks it (RFC 9112), byte by byte: what it makes of requests that no library would send."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.problems import MEMBERS
from tests.support.servers import HOST, Service

LIVE = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
CREATE = b"POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
END = b"Connection: close\r\n\r\n"
MAX_BODY_BYTES = 2 * 1024 * 1024


def user(email: str) -> bytes:
    return json.dumps({"email": email, "name": "Somebody"}).encode()


def length(body: bytes) -> bytes:
    return f"Content-Length: {len(body)}\r\n".encode()


@contextmanager
def connected(server: Service) -> Iterator[socket.socket]:
    with socket.create_connection((HOST, urlsplit(server.url).port or 0), timeout=30) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    return b"".join(iter(lambda: connection.recv(65536), b""))


def said(server: Service, *parts: bytes) -> bytes:
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


@pytest.mark.parametrize(
    ("status", "request_bytes"),
    [
        (501, b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
        (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (505, b"GET /health/live\r\n\r\n"),
        (400, b"GET /health/live HTTP/1.1\nHost: localhost\n\n"),
        (400, b"GET /health/live HTTP/1.1\r\nHost: localhost\n\r\n"),
        (400, b"GET /health live HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (400, b"GET /health\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (400, b"GET health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (400, b"GET ftp://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (400, b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (400, b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (400, LIVE + b"Host: localhost\r\n\r\n"),
        (400, LIVE + b"Content-Type: text/plain\r\nContent-Type: application/json\r\n\r\n"),
        (400, LIVE + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n1"),
        (400, LIVE + b"Content-Length: 1, 1\r\n\r\n1"),
        (400, LIVE + b"Content-Length: +1\r\n\r\n1"),
        (400, LIVE + b"Content-Length: -1\r\n\r\n"),
        (400, LIVE + b"Content-Length: 99999999999999999999\r\n\r\n"),
        (400, LIVE + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (400, LIVE + b"Transfer-Encoding: gzip\r\n\r\n"),
        (400, LIVE + b"Transfer-Encoding: chunked, gzip\r\n\r\n"),
        (400, LIVE + b"A : b\r\n\r\n"),
        (400, LIVE + b"A\r\n\r\n"),
        (400, LIVE + b": b\r\n\r\n"),
        (400, LIVE + b"A: b\r\n c\r\n\r\n"),
        (400, LIVE + b"A: \x00\r\n\r\n"),
        (400, LIVE + b"A: b\rc\r\n\r\n"),
        (501, b"BREW /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        (505, b"GET /health/live HTTP/2.0\r\nHost: localhost\r\n\r\n"),
        (431, LIVE + b"".join(b"A%d: b\r\n" % number for number in range(100)) + b"\r\n"),
        (431, LIVE + b"A: " + b"a" * 512 * 1024),
        (431, b"GET /" + b"a" * 512 * 1024),
    ],
)
def test_what_is_no_request_is_told_and_nothing_after_it_is_read(
    server: Service, status: int, request_bytes: bytes
) -> None:
    answer = said(server, request_bytes + LIVE + END)

    assert statuses(answer) == [status]
    head, _, _ = answer.partition(b"\r\n\r\n")
    assert b"\r\nConnection: close\r\n" in head
    assert b"\r\nContent-Type: application/problem+json\r\n" in head
    problem = content(answer)
    assert problem.keys() == MEMBERS
    assert problem["status"] == status
    assert f"\r\nX-Request-ID: {problem['request_id']}".encode() in head
    assert problem["detail"]


def test_a_request_may_come_byte_by_byte(server: Service) -> None:
    body = user("slow@example.org")
    whole = CREATE + length(body) + END + body

    answer = said(server, *(whole[i : i + 1] for i in range(len(whole))))

    assert statuses(answer) == [201]


def test_several_requests_may_come_at_once_and_are_answered_in_turn(server: Service) -> None:
    body = user("first@example.org")
    read = b"GET /users/first@example.org HTTP/1.1\r\nHost: localhost\r\n"

    answers = said(server, b"\r\n" + CREATE + length(body) + b"\r\n" + body + b"\r\n" + LIVE + b"\r\n" + read + END)

    assert statuses(answers) == [201, 200, 200]
    assert content(answers[answers.rindex(b"HTTP/1.1") :])["email"] == "first@example.org"


def test_the_answer_to_head_has_no_body_but_its_length(server: Service) -> None:
    answers = said(server, LIVE.replace(b"GET", b"HEAD") + b"\r\n" + LIVE + END)

    assert statuses(answers) == [200, 200]
    first, _, second = answers.partition(b"\r\n\r\n")
    assert first.partition(b"Content-Length")[2] == second.partition(b"\r\n\r\n")[0].partition(b"Content-Length")[2]


def test_what_is_not_modified_has_no_body(server: Service) -> None:
    body = user("known@example.org")
    read = b"GET /users/known@example.org HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: *\r\n"

    answers = said(server, CREATE + length(body) + b"\r\n" + body + read + b"\r\n" + read + END)

    assert statuses(answers) == [201, 304, 304]
    assert answers.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("version", "option", "answered"),
    [
        (b"1.1", b"", 2),
        (b"1.1", b"Connection: Close\r\n", 1),
        (b"1.1", b"Connection: TE, close\r\n", 1),
        (b"1.0", b"", 1),
        (b"1.0", b"Connection: Keep-Alive\r\n", 2),
    ],
)
def test_a_connection_is_kept_as_the_client_wishes(
    server: Service, version: bytes, option: bytes, answered: int
) -> None:
    first = LIVE.replace(b"1.1", version) + option + b"\r\n"

    assert statuses(said(server, first + LIVE + END)) == [200] * answered


def test_a_client_that_waits_for_leave_to_send_gets_it(server: Service) -> None:
    body = user("polite@example.org")
    with connected(server) as connection:
        connection.sendall(CREATE + length(body) + b"Expect: 100-Continue\r\n" + END)
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert statuses(rest(connection)) == [201]


def test_a_body_that_nobody_reads_is_not_taken_for_a_request(server: Service) -> None:
    body = (LIVE + b"\r\n").ljust(MAX_BODY_BYTES + 1)

    answers = said(server, CREATE + length(body) + b"\r\n" + body + LIVE + END)

    assert statuses(answers) == [413, 200]


def test_the_offer_of_another_protocol_is_ignored(server: Service) -> None:
    body = user("java@example.org")
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"

    answers = said(server, CREATE + offer + length(body) + b"\r\n" + body + LIVE + END)

    assert statuses(answers) == [201, 200]


@pytest.mark.parametrize("target", [b"http://localhost/health/live", b"/health/live#part", b"/health/%6Cive?"])
def test_an_address_may_be_written_otherwise(server: Service, target: bytes) -> None:
    assert statuses(said(server, LIVE.replace(b"/health/live", target) + END)) == [200]


def test_a_name_with_an_underscore_stands_for_no_other(server: Service) -> None:
    assert b"X-Request-ID: mine" not in said(server, LIVE + b"X_Request_ID: mine\r\n" + END)
    assert b"X-Request-ID: mine" in said(server, LIVE + b"x-request-id:\t mine \t\r\n" + END)


def test_a_field_that_comes_twice_is_one_list(server: Service) -> None:
    accepts = b"Accept: image/png\r\nAccept: application/json\r\n"

    assert statuses(said(server, LIVE + b"Accept: image/png\r\n" + END)) == [406]
    assert statuses(said(server, LIVE + accepts + END)) == [200]


def test_a_proxy_of_ours_says_how_it_was_asked(server: Service) -> None:
    root = b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"

    assert content(said(server, root + END))["docs"] == "http://localhost/docs"
    assert content(said(server, root + b"X-Forwarded-Proto: https\r\n" + END))["docs"] == "https://localhost/docs"


def test_long_answers_come_whole_to_a_client_that_takes_its_time(server: Service) -> None:
    script = b"GET /static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n"
    alone = said(server, script + END).partition(b"\r\n\r\n")[2]
    assert len(alone) > 1_000_000
    with connected(server) as connection:
        # Much more than the buffers between the two hold.
        connection.sendall(15 * (script + b"\r\n") + script + END)
        answers = rest(connection)

    assert statuses(answers) == [200] * 16
    assert answers.count(alone) == 16
