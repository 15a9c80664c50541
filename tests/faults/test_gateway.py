"""What a user reaches in containers: the real gateway, before services that really run."""

import json
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from tests.support.neighbour import Neighbour, answers
from tests.support.problems import assert_problem
from tests.support.servers import HOST, ROOT, Redis, Server, Service, eventually, free_port

pytestmark = pytest.mark.skipif(not shutil.which("haproxy"), reason="haproxy is not installed")

CLIENT_SECONDS = 2
SERVER_SECONDS = 3
PATIENCE_SECONDS = 15
MAX_CONNECTIONS = 20
MEBIBYTE = 1024 * 1024
FORGED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Host": "example.org",
    "Forwarded": "proto=https",
}


class Gateway(Server):
    """The gateway before one user-service; nothing is behind its other two ports."""

    def __init__(self, user_service_url: str, **more: str) -> None:
        self.port, self.health_port = free_port(), free_port()
        self.url = f"http://{HOST}:{self.port}"
        nowhere = f"{HOST}:{free_port()}"
        env = {
            "USER_SERVICE": user_service_url.removeprefix("http://"),
            "AVAILABILITY_SERVICE": nowhere,
            "SUGGESTION_SERVICE": nowhere,
            "USER_SERVICE_BIND": f"{HOST}:{self.port}",
            "AVAILABILITY_SERVICE_BIND": f"{HOST}:{free_port()}",
            "SUGGESTION_SERVICE_BIND": f"{HOST}:{free_port()}",
            "HEALTH_BIND": f"{HOST}:{self.health_port}",
            "CLIENT_TIMEOUT": f"{CLIENT_SECONDS}s",
            "SERVER_TIMEOUT": f"{SERVER_SECONDS}s",
            "MAX_CONNECTIONS_PER_ADDRESS": str(MAX_CONNECTIONS),
        }
        super().__init__(["haproxy", "-db", "-f", str(ROOT / "compose" / "haproxy.cfg")], env | more)

    def ready(self) -> bool:
        """Whether it passes requests on."""
        try:
            health = requests.get(f"http://{HOST}:{self.health_port}/health/live", timeout=5)
            return health.status_code == requests.get(f"{self.url}/health/live", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def connect(self) -> socket.socket:
        """A connection that has not asked for anything yet."""
        return socket.create_connection((HOST, self.port), PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with (
        Redis(tmp_path_factory.mktemp("redis")) as redis,
        Service("user-service", REDIS_URL=redis.url, WEB_CONCURRENCY="1") as service,
    ):
        yield service


@pytest.fixture(scope="module")
def gateway(users: Service) -> Iterator[Gateway]:
    with Gateway(users.url) as running:
        yield running


@pytest.fixture
def neighbour() -> Iterator[Neighbour]:
    with Neighbour() as running:
        running.behave = answers({})
        yield running


def read_all(connection: socket.socket) -> bytes:
    """All that comes until the connection is closed."""
    content = b""
    while chunk := connection.recv(65536):
        content += chunk
    return content


def test_a_request_goes_to_the_service_and_its_answer_comes_back(gateway: Gateway) -> None:
    answer = requests.post(f"{gateway.url}/users", json={"email": "ann@example.org", "name": "Ann"}, timeout=5)

    assert answer.status_code == 201
    assert requests.get(f"{gateway.url}/users/ann@example.org", timeout=5).json()["name"] == "Ann"


def test_a_half_head_is_cut_off(gateway: Gateway) -> None:
    with gateway.connect() as connection:
        connection.sendall(b"GET /users HTTP/1.1\r\nHost: localhost\r\n")
        began = time.monotonic()
        read_all(connection)

    assert time.monotonic() - began < CLIENT_SECONDS + 1


@pytest.mark.parametrize("part", [b"", b"{"], ids=["nothing", "a part"])
def test_a_body_that_does_not_come_whole_is_a_problem(gateway: Gateway, part: bytes) -> None:
    with gateway.connect() as connection:
        head = b"POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"
        connection.sendall(head + part)
        answer = read_all(connection)

    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"content-type: application/problem+json" in head.lower()
    assert json.loads(body)["instance"] == "/users"


def test_a_reader_that_takes_nothing_is_cut_off(neighbour: Neighbour) -> None:
    neighbour.behave = answers(b" " * 64 * MEBIBYTE)
    with Gateway(neighbour.url) as gateway, gateway.connect() as connection:
        connection.sendall(b"GET /users HTTP/1.1\r\nHost: localhost\r\n\r\n")
        time.sleep(CLIENT_SECONDS + 1)

        assert len(read_all(connection)) < 64 * MEBIBYTE


def test_too_many_connections_of_one_address_are_told_so(gateway: Gateway) -> None:
    told: list[requests.Response] = []

    def is_told(status: int) -> bool:
        told.append(requests.get(f"{gateway.url}/users", timeout=5))
        return told[-1].status_code == status

    with ExitStack() as held:
        for _ in range(MAX_CONNECTIONS):
            held.enter_context(gateway.connect())
        # One of its threads may take up this one before another has taken up all of those.
        eventually(lambda: is_told(429), "a refusal", CLIENT_SECONDS)

    assert_problem(told[-1], 429, "Too many requests")
    assert told[-1].headers["Retry-After"] == "1"
    eventually(lambda: is_told(200), "a place")


def test_a_long_request_line_passes(gateway: Gateway) -> None:
    emails = "&".join(f"email={'%61' * 60}{number}@{'example.' * 20}org" for number in range(50))
    address = f"{gateway.url}/users/availability?{emails}&email=" + "a" * (60_000 - len(emails))

    answer = requests.get(address, timeout=5)

    assert answer.status_code == 400
    assert answer.json()["instance"] == "/users/availability"
    assert "errors" in answer.json()
    assert_problem(requests.get(address + "a" * 20_000, timeout=5), 414, code="request-line-too-long")


def test_a_body_of_2_mib_passes_and_a_larger_one_does_not(gateway: Gateway) -> None:
    headers = {"Content-Type": "application/json"}
    allowed = requests.post(f"{gateway.url}/users", b" " * (2 * MEBIBYTE), headers=headers, timeout=5)
    with gateway.connect() as connection:
        connection.sendall(b"POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2097153\r\n\r\n")
        answer = connection.recv(65536)

    assert allowed.status_code == 400
    assert allowed.json()["type"] == "urn:w2meet:problem:parse-error"
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"detail":"A body holds at most 2 MiB."' in answer
    assert b"content-type: application/problem+json" in answer


def test_what_a_client_says_of_its_own_address_is_not_believed(neighbour: Neighbour) -> None:
    with Gateway(neighbour.url) as gateway:
        requests.get(f"{gateway.url}/users", headers=FORGED, timeout=5)

    (headers,) = (received.headers for received in neighbour.received if "/users" in received.line)
    passed_on = {name: headers.get_all(name) for name in FORGED}
    assert passed_on == {
        "X-Forwarded-Proto": ["http"],
        "X-Forwarded-For": [HOST],
        "X-Forwarded-Host": None,
        "Forwarded": None,
    }


def test_a_service_that_is_dead_is_told_as_a_problem() -> None:
    url = f"redis://{HOST}:{free_port()}/0"
    with Service("user-service", REDIS_URL=url, WEB_CONCURRENCY="1") as service, Gateway(service.url) as gateway:
        service.stop()

        answer = requests.get(f"{gateway.url}/users", headers={"X-Request-ID": "mine"}, timeout=10)

    assert_problem(answer, 503, "No replica")
    assert (answer.json()["request_id"], answer.json()["instance"]) == ("mine", "/users")
    assert answer.headers["Retry-After"] == "1"


def test_what_is_no_answer_is_told_as_a_problem(neighbour: Neighbour) -> None:
    with Gateway(neighbour.url) as gateway:
        neighbour.behave = answers({}, "nonsense")

        answer = requests.get(f"{gateway.url}/users", timeout=10)

    assert_problem(answer, 502, "The service ended")


def test_a_service_that_does_not_answer_in_time_is_told_as_a_problem(neighbour: Neighbour) -> None:
    with Gateway(neighbour.url) as gateway:
        neighbour.behave = neighbour.hang

        answer = requests.get(f"{gateway.url}/users", timeout=PATIENCE_SECONDS)

    assert_problem(answer, 504, "The service did not answer in time.")


def test_what_is_no_request_is_refused(gateway: Gateway) -> None:
    with gateway.connect() as connection:
        connection.sendall(b"GET\r\n\r\n")
        answer = read_all(connection)

    assert b" 400 " in answer.splitlines()[0]


def test_an_address_sends_so_many_requests_a_minute_whoever_calls_from_there(users: Service) -> None:
    with Gateway(users.url, RATE_PER_ADDRESS="50") as gateway, requests.Session() as session:
        statuses = []
        for number in range(60):
            credentials = {"Authorization": f"Bearer {number}"}
            answer = session.get(f"{gateway.url}/health/live", headers=credentials, timeout=5)
            statuses.append(answer.status_code)

        assert statuses == sorted(statuses)
        assert 45 <= statuses.count(200) <= 50  # some were sent until it was ready
        assert_problem(answer, 429, "Too many requests from your address", code="throttled")
        assert answer.headers["Retry-After"]


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/%6Detrics", "//metrics", "/metrics?x=1"])
def test_the_numbers_are_not_for_who_comes_through_the_gateway(path: str, gateway: Gateway, users: Service) -> None:
    assert requests.get(f"{users.url}/metrics", timeout=5).status_code == 200
    assert_problem(requests.get(gateway.url + path, timeout=5), 404, code="not-found")


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO"])
def test_no_header_says_which_path_is_meant(name: str, gateway: Gateway) -> None:
    answer = requests.get(f"{gateway.url}/a/metrics", headers={name: "/a"}, timeout=5)

    assert_problem(answer, 404, "There is nothing at this path.")
    assert requests.get(f"{gateway.url}/users", headers={name: "/a"}, timeout=5).status_code == 200


def test_what_is_only_called_like_them_is_passed_on(gateway: Gateway) -> None:
    refused = requests.get(f"{gateway.url}/users/metrics", timeout=5)

    assert_problem(refused, 404, "There is no user with the email metrics.")
