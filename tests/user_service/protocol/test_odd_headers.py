"""Headers that hold anything: never a fault of ours."""

import gzip
import re
import socket
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.problems import assert_problem
from tests.support.servers import HOST, Service

ANN, WEEK = "/users/ann@example.org", "/week/ann@example.org"
NAMES = [
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding", "Content-Type", "Cookie",
    "Expect", "Forwarded", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "Origin", "PATH_INFO", "Range",
    "Referer", "SCRIPT_NAME", "Sec-Fetch-Site", "traceparent", "tracestate", "X-CSRFToken",
    "X-Forwarded-Host", "X-HTTP-Method-Override", "X-Request-ID",
]  # fmt: skip
VALUES = [
    b"", b" ", b"\x80", b"\xff\xfe", b"\xc3\xa9", b"\t;,=\"'", b"a;q=x", b"text/html;q=\xb2", b"*/*;q=\xc2\xb2",
    b"http://[::1", b"http://[::1]:x", b"//", b"%00%ff", b"null", b'"', b'W/"', b"[", b"bytes=-", b"=?utf-8?q?=80?=",
    b"application/json;charset=\xff", b"multipart/form-data", b"x" * 8000, b"\xe9" * 4000, b"," * 4000, b"(" * 4000,
]  # fmt: skip
ASKED = [("GET", ANN), ("PATCH", ANN), ("POST", "/users"), ("GET", "/health"), ("GET", WEEK), ("POST", WEEK)]
BODY = b'{"name": "Somebody else"}'
TRACE = b"traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01\r\n"


def status(server: Service, method: str, path: str, header: bytes) -> int:
    """What the server answers to a request with this line in its head."""
    head = f"{method} {path} HTTP/1.1\r\n{'' if header.startswith(b'Host:') else f'Host: {HOST}'}".rstrip().encode()
    lines = [head, header, TRACE.strip(), b"Connection: close"]
    if method != "GET":
        lines.append(b"Content-Length: %d" % len(BODY))
        if not header.startswith(b"Content-Type:"):
            lines.append(b"Content-Type: application/json")
    with socket.create_connection((HOST, urlsplit(server.url).port or 0), timeout=30) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + (BODY if method != "GET" else b""))
        answer = connection.makefile("rb").readline()
    match = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    assert match, answer
    return int(match[1])


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("name", NAMES)
def test_an_odd_header_is_never_a_fault_of_ours(server: Service, name: str) -> None:
    first = NAMES.index(name)
    for number, value in enumerate(VALUES):
        header = name.encode() + b": " + value
        for method, path in (ASKED * 2)[(first + number) % len(ASKED) :][:2]:
            assert status(server, method, path, header) < 500, (method, path, header[:60])


@pytest.mark.parametrize("encoding", ["gzip", "deflate, gzip", "x", "\xff", "identity, gzip"])
def test_a_body_with_an_encoding_is_refused_in_words(server: Service, encoding: str) -> None:
    answer = requests.post(
        f"{server.url}/users",
        data=gzip.compress(BODY),
        headers={"Content-Type": "application/json", "Content-Encoding": encoding.encode("latin-1")},
        timeout=10,
    )

    assert_problem(answer, 415, "Send the body as it is, without a Content-Encoding")
    assert answer.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
def test_an_encoding_that_is_none_changes_nothing(server: Service, encoding: str) -> None:
    body = {"email": "bob@example.org", "name": "Bob"}

    answer = requests.post(f"{server.url}/users", json=body, headers={"Content-Encoding": encoding}, timeout=10)

    assert answer.status_code == 201
