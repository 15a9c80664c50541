"""The client, and what it makes of neighbours that do what they should not."""

import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.api.exceptions import BadGateway, GatewayTimeout, Relayed, Unavailable
from common.client import RENEW_EVERY, ServiceClient
from common.observability import request_id
from tests.support.neighbour import HOST, Behaviour, Neighbour, answers, hangs_up, in_turn, problem, says
from tests.support.servers import ROOT, free_port

BUDGET_SECONDS = 0.4
AMPLE_SECONDS = 20
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
FINE = {"all": "well"}


@pytest.fixture
def client(neighbour: Neighbour) -> ServiceClient:
    return ServiceClient("neighbour", neighbour.url, AMPLE_SECONDS)


@pytest.fixture
def hasty(neighbour: Neighbour) -> ServiceClient:
    return ServiceClient("neighbour", neighbour.url, BUDGET_SECONDS)


def query(client: ServiceClient) -> dict[str, object]:
    return client.post_json("/question", {"name": "Zoë"})


def test_a_question_is_posted_as_json_with_the_request_id_and_its_answer_returned(
    client: ServiceClient, neighbour: Neighbour
) -> None:
    neighbour.behave = answers(FINE)
    request_id.bind("the-id")

    assert query(client) == FINE
    (received,) = neighbour.received
    assert received.line == "POST /question HTTP/1.1"
    assert received.headers["X-Request-ID"] == "the-id"
    assert received.headers["Content-Type"] == received.headers["Accept"] == "application/json"
    assert received.json == {"name": "Zoë"}


def test_a_body_grows_by_no_escapes_on_its_way_down(client: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = answers(FINE)

    client.post_json("/question", {"emails": ["ann@exämple.org"]})

    assert neighbour.received[0].body == '{"emails":["ann@exämple.org"]}'.encode()


def test_an_address_may_have_a_path(neighbour: Neighbour) -> None:
    neighbour.behave = answers(FINE)

    query(ServiceClient("neighbour", f"{neighbour.url}/below", AMPLE_SECONDS))

    assert neighbour.received[0].line == "POST /below/question HTTP/1.1"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b'Transfer-Encoding: chunked\r\n\r\n7\r\n{"all":\r\n7\r\n"well"}\r\n0\r\n\r\n',
        HEAD + b'Content-Length: 14\r\n\r\n{"all":"well"}',
        b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b'Content-Length: 14\r\n\r\n{"all":"well"}',
    ],
    ids=["chunked", "with a length", "after a 100"],
)
def test_an_answer_may_be_framed_in_any_way(client: ServiceClient, neighbour: Neighbour, raw: bytes) -> None:
    neighbour.behave = says(raw)

    assert query(client) == query(client) == FINE
    assert {received.connection for received in neighbour.received} == {1}


def test_an_answer_may_end_with_its_connection(client: ServiceClient, neighbour: Neighbour) -> None:
    def last_words(connection: socket.socket) -> None:
        connection.sendall(b'HTTP/1.0 200 OK\r\n\r\n{"all":"well"}')
        hangs_up(connection)

    neighbour.behave = last_words

    assert query(client) == query(client) == FINE
    assert [received.connection for received in neighbour.received] == [1, 2]


@pytest.mark.parametrize(
    ("status", "code"), [("400 Bad Request", "invalid"), ("404 Not Found", "unknown-user"), ("413 Too Large", "body")]
)
def test_the_callers_own_fault_is_relayed(client: ServiceClient, neighbour: Neighbour, status: str, code: str) -> None:
    neighbour.behave = problem(status, code, unknown=["bob@example.org"], code="its own", instance="/below")

    with pytest.raises(Relayed) as raised:
        query(client)

    assert raised.value.status_code == int(status[:3])
    assert raised.value.default_code == code
    assert str(raised.value.detail) == "So it is."
    assert raised.value.extra == {"unknown": ["bob@example.org"], "code": "its own"}


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(b"<html>", "503 Service Unavailable", "text/html"),
        problem("503 Service Unavailable", "unavailable"),
        answers([], "503 Service Unavailable"),
    ],
    ids=["page", "problem", "list"],
)
def test_a_neighbour_that_says_it_is_unavailable_is(
    client: ServiceClient, neighbour: Neighbour, behaviour: Behaviour
) -> None:
    neighbour.behave = behaviour

    with pytest.raises(Unavailable, match=r"So it is\.|neighbour is unavailable\."):
        query(client)


def test_a_neighbour_that_waited_too_long_is_too_slow(client: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = problem("504 Gateway Timeout", "gateway-timeout")

    with pytest.raises(GatewayTimeout, match=r"So it is\."):
        query(client)


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(b"<html>", content_type="text/html"),
        answers(["a", "list"]),
        answers(b"[" * 100_000),
        answers(b'{"latin": "\xe4"}'),
        answers(b""),
        answers(FINE, "201 Created"),
        answers(FINE, "400 Bad Request"),
        answers(FINE, "500 Internal Server Error"),
        problem("500 Internal Server Error", "error"),
        problem("404 Not Found", "not-found"),
        answers(FINE, "302 Found", "application/json", "Location: /question"),
        says(b"HTTP/1.1 204 No Content\r\n\r\n"),
        says(b"SSH-2.0-OpenSSH_9.6\r\n"),
        says(HEAD + b"A: " + b"a" * 70_000),
        says(HEAD + b"Transfer-Encoding: chunked\r\n\r\nmany\r\n"),
    ],
    ids=[
        "page",
        "list",
        "nested",
        "not UTF-8",
        "nothing",
        "created",
        "400 that is no problem",
        "500",
        "500 problem",
        "unknown path",
        "redirect",
        "no content",
        "not HTTP",
        "endless header",
        "broken chunks",
    ],
)
def test_nonsense_is_a_bad_gateway(client: ServiceClient, neighbour: Neighbour, behaviour: Behaviour) -> None:
    neighbour.behave = behaviour

    with pytest.raises(BadGateway, match="neighbour answered"):
        query(client)
    assert len(neighbour.received) == 1


def test_an_answer_cut_short_is_a_bad_gateway(client: ServiceClient, neighbour: Neighbour) -> None:
    def breaks_off(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{}")
        hangs_up(connection)

    neighbour.behave = breaks_off

    with pytest.raises(BadGateway):
        query(client)


def test_an_answer_that_announces_too_much_is_not_read(client: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = says(HEAD + b"Content-Length: 67108865\r\n\r\n")

    with pytest.raises(BadGateway, match="neighbour answered more than 67108864 bytes"):
        query(client)


def test_an_answer_without_end_is_cut_off(client: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = neighbour.flood

    with pytest.raises(BadGateway, match="neighbour answered more than 67108864 bytes"):
        query(client)


@pytest.mark.parametrize(
    "before", [b"HTTP/1.1 200", HEAD + b"A: ", HEAD + b"\r\n", HEAD + b"Content-Length: 9999\r\n\r\n"]
)
def test_an_answer_that_drips_may_not_exceed_the_budget(neighbour: Neighbour, before: bytes) -> None:
    neighbour.behave = neighbour.drip(before)
    asking = [sys.executable, "-m", "tests.support.asking", neighbour.url, str(BUDGET_SECONDS)]

    told = subprocess.run(asking, cwd=ROOT, capture_output=True, text=True, timeout=AMPLE_SECONDS, check=True).stdout

    assert told == "GatewayTimeout: neighbour did not answer within 0.4 s."


def test_an_answer_that_never_comes_may_not_exceed_the_budget(hasty: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = neighbour.hang

    assert_too_slow(hasty)


def test_a_question_that_is_never_taken_may_not_exceed_the_budget() -> None:
    with socket.create_server((HOST, 0)) as deaf:
        client = ServiceClient("neighbour", f"http://{HOST}:{deaf.getsockname()[1]}", BUDGET_SECONDS)
        assert_too_slow(client, body={"long": " " * 20_000_000})


def assert_too_slow(client: ServiceClient, body: dict[str, object] | None = None) -> None:
    began = time.monotonic()
    with pytest.raises(GatewayTimeout, match=r"neighbour did not answer within 0\.4 s\."):
        client.post_json("/question", body or {})
    assert time.monotonic() - began < 5 * BUDGET_SECONDS


def test_a_neighbour_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match=r"neighbour cannot be reached\."):
        query(ServiceClient("neighbour", f"http://{HOST}:{free_port()}", AMPLE_SECONDS))


def test_an_https_address_is_asked_over_tls() -> None:
    with socket.create_server((HOST, 0)) as server, ThreadPoolExecutor(1) as pool:
        client = ServiceClient("neighbour", f"https://{HOST}:{server.getsockname()[1]}", BUDGET_SECONDS)
        asked = pool.submit(query, client)
        connection, _ = server.accept()
        server.close()
        with connection:
            hello = connection.recv(1)

    assert hello == b"\x16"  # the handshake of RFC 8446, section 5.1
    with pytest.raises(Unavailable, match=r"neighbour cannot be reached\."):
        asked.result()


def test_a_connection_is_kept(client: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = answers(FINE)

    for _ in range(3):
        query(client)
    client.health(AMPLE_SECONDS)

    assert [received.connection for received in neighbour.received] == [1, 1, 1, 1]


def test_a_kept_connection_is_given_up_now_and_then(client: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = answers(FINE)

    for _ in range(2 * RENEW_EVERY):
        query(client)

    given_up = [received.headers["Connection"] == "close" for received in neighbour.received]
    assert (given_up.count(True), given_up[RENEW_EVERY - 1]) == (2, True)


def test_a_connection_that_was_closed_while_idle_is_replaced(client: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = in_turn(answers(FINE), hangs_up, answers(FINE))

    assert query(client) == query(client) == FINE
    assert [received.connection for received in neighbour.received] == [1, 1, 2]


def test_after_one_kept_connection_was_closed_none_of_the_others_is_trusted(
    client: ServiceClient, neighbour: Neighbour
) -> None:
    both = threading.Barrier(2)

    def meets_another(connection: socket.socket) -> None:
        both.wait(AMPLE_SECONDS)
        answers(FINE)(connection)

    neighbour.behave = meets_another
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(query, [client, client])) == [FINE, FINE]
    neighbour.behave = in_turn(hangs_up, answers(FINE))

    assert query(client) == FINE
    assert neighbour.received[-1].connection == 3


def test_a_question_is_asked_twice_at_most(client: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = hangs_up

    with pytest.raises(Unavailable):
        query(client)

    assert len(neighbour.received) == 2


def test_what_took_too_long_is_not_asked_again(hasty: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = in_turn(answers(FINE), neighbour.hang)
    query(hasty)

    with pytest.raises(GatewayTimeout):
        query(hasty)

    assert len(neighbour.received) == 2


def test_a_connection_that_failed_is_not_used_again(hasty: ServiceClient, neighbour: Neighbour) -> None:
    neighbour.behave = in_turn(says(HEAD + b"Content-Length: 99\r\n\r\n"), answers(FINE))
    with pytest.raises(GatewayTimeout):
        query(hasty)

    assert query(hasty) == FINE
    assert [received.connection for received in neighbour.received] == [1, 2]


def test_health_has_a_budget_of_its_own(neighbour: Neighbour) -> None:
    neighbour.behave = neighbour.hang
    began = time.monotonic()

    with pytest.raises(GatewayTimeout, match=r"within 0\.2 s"):
        ServiceClient("neighbour", neighbour.url, 60).health(0.2)

    assert time.monotonic() - began < 5
    assert neighbour.received[0].line == "GET /health HTTP/1.1"
