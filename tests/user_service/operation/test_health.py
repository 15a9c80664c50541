"""GET /health and /health/live, and what everything else answers, while Redis is dead, frozen, full, or back."""

import signal
import time
from collections.abc import Iterator

import pytest
import requests

from tests.support.problems import assert_problem, faults
from tests.support.servers import Redis, Service, eventually
from tests.support.user_checks import NEVER, interval

ANN = "/users/ann@example.org"
# The slowest that each may be: what the contract says of /health, and what the service above waits for an answer.
HEALTH_SECONDS = 3
ANSWER_SECONDS = 4
USER, PASSWORD = "w2meet", "s3cret"
CALLS = [
    ("GET", "/users", None),
    ("POST", "/users", {"email": "bob@example.org", "name": "Bob"}),
    ("GET", ANN, None),
    ("PATCH", ANN, {"name": "Ann B."}),
    ("DELETE", ANN, None),
    ("GET", f"{ANN}/availability", None),
    ("PUT", f"{ANN}/availability", {"grid": NEVER}),
    ("GET", "/users/availability?email=ann@example.org", None),
    ("POST", "/users/availability/query", {"emails": ["ann@example.org"]}),
]


@pytest.fixture(scope="module")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    account = ("--user", USER, "on", f">{PASSWORD}", "~*", "&*", "+@all")
    with Redis(tmp_path_factory.mktemp("redis"), None, *account) as redis:
        yield redis


@pytest.fixture(scope="module")
def _service(_redis: Redis) -> Iterator[Service]:
    address = _redis.url.replace("redis://", f"redis://{USER}:{PASSWORD}@")
    with Service("user-service", REDIS_URL=address, WEB_CONCURRENCY="1") as service:
        yield service


@pytest.fixture
def service(_service: Service, redis: Redis) -> Service:
    """user-service on a Redis that may be hurt, where Ann is stored."""
    body = {
        "email": "ann@example.org",
        "name": "Ann",
        "availability": {"intervals": [interval("monday", "09:00", "12:00")]},
    }
    assert requests.post(f"{_service.url}/users", json=body, timeout=10).status_code == 201
    return _service


@pytest.fixture
def redis(_redis: Redis, _service: Service) -> Iterator[Redis]:
    """A Redis that may be hurt: it is well again, and empty, after the test."""
    yield _redis
    if not _redis.running:
        _redis.start()
    _redis.thaw()
    _redis.wait_until_ready()
    with _redis.client() as client:
        client.config_set("maxmemory", 0)
        client.acl_setuser(USER, enabled=True, reset_passwords=True, passwords=[f"+{PASSWORD}"])
        client.flushdb()
    eventually(lambda: health(_service).status_code == 200, "health")


def health(service: Service) -> requests.Response:
    return requests.get(f"{service.url}/health", timeout=10)


def send(service: Service, method: str, path: str, body: object = None) -> requests.Response:
    return requests.request(method, service.url + path, json=body, timeout=10)


def test_a_healthy_service_says_so_and_how_quick_redis_is(service: Service) -> None:
    answer = health(service)

    assert answer.status_code == 200
    report = answer.json()
    milliseconds = report["dependencies"]["redis"].pop("response_time_ms")
    assert report == {
        "service": "user-service",
        "status": "healthy",
        "dependencies": {"redis": {"status": "healthy", "layout": "buckets"}},
    }
    assert 0 <= milliseconds < HEALTH_SECONDS * 1000


def test_with_a_dead_redis_the_service_is_unhealthy_but_alive(service: Service, redis: Redis) -> None:
    redis.stop(signal.SIGKILL)

    answer = health(service)

    assert answer.status_code == 503
    report = answer.json()
    assert (report["service"], report["status"]) == ("user-service", "unhealthy")
    assert report["dependencies"]["redis"]["status"] == "unhealthy"
    assert report["dependencies"]["redis"]["error"] == "Redis cannot be reached."
    live = requests.get(f"{service.url}/health/live", timeout=10)
    assert (live.status_code, live.json()) == (200, {"service": "user-service", "status": "healthy"})


def test_with_a_frozen_redis_health_is_told_in_time(service: Service, redis: Redis) -> None:
    redis.freeze()

    began = time.monotonic()
    answer = health(service)
    took = time.monotonic() - began

    assert answer.status_code == 503
    assert answer.json()["dependencies"]["redis"]["error"] == "Redis does not answer in time."
    # An innermost share of the 3 seconds: the two services above add theirs.
    assert took < HEALTH_SECONDS / 2
    assert requests.get(f"{service.url}/health/live", timeout=10).status_code == 200


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_with_a_dead_redis_every_call_says_to_try_again(
    service: Service, redis: Redis, method: str, path: str, body: object
) -> None:
    redis.stop(signal.SIGKILL)

    answer = send(service, method, path, body)

    assert assert_problem(answer, 503, code="unavailable")["detail"] == "Redis cannot be reached."
    assert int(answer.headers["Retry-After"]) > 0


def test_with_a_frozen_redis_the_answer_comes_before_the_service_above_gives_up(service: Service, redis: Redis) -> None:
    redis.freeze()

    began = time.monotonic()
    answer = send(service, "GET", "/users")
    took = time.monotonic() - began

    assert assert_problem(answer, 503, code="unavailable")["detail"] == "Redis does not answer in time."
    assert int(answer.headers["Retry-After"]) > 0
    assert took < ANSWER_SECONDS

    redis.thaw()

    eventually(lambda: health(service).status_code == 200, "health")
    assert send(service, "GET", ANN).json()["name"] == "Ann", "an answer to the question before"


def test_bad_input_is_told_even_without_redis(service: Service, redis: Redis) -> None:
    redis.stop(signal.SIGKILL)

    assert faults(send(service, "PATCH", ANN, {"name": ""})) == [("name", "blank")]
    assert_problem(send(service, "GET", "/nothing"), 404, code="not-found")


def test_a_restarted_redis_has_everything_and_is_found_again(service: Service, redis: Redis) -> None:
    before = send(service, "GET", ANN).json()
    redis.stop(signal.SIGKILL)
    assert health(service).status_code == 503

    redis.start().wait_until_ready()

    eventually(lambda: health(service).status_code == 200, "health")
    assert send(service, "GET", ANN).json() == before
    assert send(service, "PATCH", ANN, {"name": "Ann B."}).status_code == 200


def test_a_full_redis_takes_nothing_more_but_can_be_read_and_emptied(service: Service, redis: Redis) -> None:
    before = send(service, "GET", ANN).json()
    redis.client().config_set("maxmemory", 1)

    for method, path, body in (CALLS[1], CALLS[3], CALLS[6]):
        answer = send(service, method, path, body)
        assert "full" in assert_problem(answer, 503, code="unavailable")["detail"]
        assert answer.headers["Retry-After"]

    assert send(service, "GET", "/users").json()["results"] == [before]
    assert send(service, "DELETE", ANN).status_code == 204
    assert send(service, "GET", "/users").json()["results"] == []


def test_no_email_and_no_trace_is_logged_while_redis_is_dead(service: Service, redis: Redis) -> None:
    redis.stop(signal.SIGKILL)

    for method, path, body in CALLS:
        answer = send(service, method, path, body)
        assert f"[{answer.headers['X-Request-ID']}]" in service.log

    assert "ann@" not in service.log
    assert "Traceback" not in service.log


def test_a_password_that_redis_refuses_is_neither_told_nor_logged(service: Service, redis: Redis) -> None:
    with redis.client() as client:
        client.acl_setuser(USER, enabled=True, reset_passwords=True, passwords=["+another"])
        client.execute_command("CLIENT", "KILL", "USER", USER)

    answers = [health(service), send(service, "GET", "/users")]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert PASSWORD not in answers[0].text + answers[1].text + service.log


@pytest.mark.parametrize("path", ["/health", "/health/live"])
def test_an_unknown_parameter_is_told(service: Service, path: str) -> None:
    assert faults(send(service, "GET", f"{path}?verbose=1")) == [("verbose", "unknown")]
