"""Faults caused on purpose: nothing acknowledged is lost, and all recovers by itself when the cause is gone."""

import http.client
import os
import resource
import shutil
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from tests.support import people
from tests.support.clients import Clients, create_user
from tests.support.neighbour import Neighbour, answers
from tests.support.problems import assert_problem
from tests.support.servers import PATIENCE_SECONDS, ROOT, Redis, Server, Service, System, eventually
from tests.support.stored import stored_emails

STOP_SECONDS = 10
ANN = people.email("ann")
CLOCKS = ROOT / "tests" / "clocks"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path) as running:
        yield running


@pytest.fixture
def users(redis: Redis) -> Iterator[Service]:
    """user-service with two workers."""
    with Service("user-service", REDIS_URL=redis.url) as service:
        yield service


def read(connection: http.client.HTTPConnection, name: str) -> None:
    """Asks who is there."""
    connection.request("GET", "/users")


def suggest(connection: http.client.HTTPConnection, name: str) -> None:
    """Asks when Ann can meet."""
    connection.request("GET", f"/suggestions?attendees={ANN}")


def get(service: Service, path: str = "/users") -> requests.Response:
    return requests.get(service.url + path, timeout=30)


def stored(redis: Redis) -> set[str]:
    """The names of all who have both a record and a place in the index."""
    with redis.client() as client:
        emails = stored_emails(client)
        records = {key.decode().split(":", 2)[2] for key in client.scan_iter("user:*", 1000)}
        assert records == emails
    return {email.partition("@")[0] for email in emails}


def told_to_stop(service: Service) -> int:
    """The exit code of a service whose first process, and no other, is told to stop, as an engine does it."""
    assert service.process
    service.process.terminate()
    return service.wait()


def open_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


def last_file(folder: Path) -> Path:
    """The append-only file that Redis writes to."""
    (found,) = folder.glob("appendonlydir/*.incr.aof")
    return found


def test_no_acknowledged_write_is_lost_when_redis_is_killed(redis: Redis, users: Service) -> None:
    with Clients(users.url, create_user).running(4) as clients:
        eventually(lambda: len(clients.done) > 100, "a hundred users")
        redis.stop(signal.SIGKILL)
        eventually(lambda: clients.answers[503] > 4, "refusals")
        before = len(clients.done)
        redis.start().wait_until_ready()
        eventually(lambda: len(clients.done) > before + 100, "a hundred more, without a restart of user-service")

    assert set(clients.answers) == {201, 503}
    assert clients.cut_off == []
    assert set(clients.done) <= stored(redis)
    assert users.is_healthy()


def test_a_form_that_cannot_be_stored_without_redis_says_when_to_come_again(redis: Redis, users: Service) -> None:
    ann = people.store(users.url, "ann")
    letters = 32 * "x"
    forms = {
        "/week": {"email": people.email("bob"), "name": "Bob", "timezone": "UTC"},
        f"/week/{ann}/dates": {"first": "2030-01-07", "holds": "away"},
    }
    redis.stop()

    for path, fields in forms.items():
        data = fields | {"csrfmiddlewaretoken": letters}
        page = requests.post(users.url + path, data, cookies={"csrftoken": letters}, timeout=30)
        assert (page.status_code, page.headers.get("Retry-After")) == (503, "1"), path
        assert "Redis cannot be reached" in page.text


def test_a_write_for_which_the_disk_has_no_room_is_refused_and_none_before_is_lost(tmp_path: Path) -> None:
    with Redis(tmp_path) as redis, Service("user-service", REDIS_URL=redis.url) as users:
        redis.stop()
        # A write that is too long then fails, as on a disk that is full. Python would have the signal end the process.
        redis.command = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh", *redis.command]
        redis.start().wait_until_ready()
        assert redis.process
        limit = last_file(tmp_path).stat().st_size + 10_000
        resource.prlimit(redis.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        with Clients(users.url, create_user).running(2) as clients:
            eventually(lambda: clients.answers[503], "a refusal")
        refused = get(users)
        redis.wait()

        redis.start().wait_until_ready()

        assert_problem(refused, 503, "Redis cannot be reached.")
        assert set(clients.answers) == {201, 503}
        assert set(clients.done) <= stored(redis)
        eventually(users.is_healthy, "health")


@pytest.mark.parametrize("missing", [1, 60])
def test_of_a_file_whose_end_is_missing_at_most_the_last_write_is_lost(
    redis: Redis, users: Service, tmp_path: Path, missing: int
) -> None:
    for name in ("ann", "bob", "eve"):
        people.store(users.url, name)
    redis.stop(signal.SIGKILL)
    file = last_file(tmp_path)
    os.truncate(file, file.stat().st_size - missing)

    redis.start().wait_until_ready()

    assert stored(redis) == {"ann", "bob"}
    assert people.store(users.url, "eve")


def test_a_copy_made_while_clients_write_holds_all_that_was_acknowledged_before(
    redis: Redis, users: Service, tmp_path: Path
) -> None:
    with Clients(users.url, create_user).running(4) as clients:
        eventually(lambda: len(clients.done) > 100, "a hundred users")
        before = set(clients.done)
        shutil.copytree(tmp_path / "appendonlydir", tmp_path / "copy" / "appendonlydir")

    with Redis(tmp_path / "copy") as restored:
        assert before <= stored(restored)


def test_a_killed_worker_is_replaced_and_the_other_answers_meanwhile(users: Service) -> None:
    killed = users.workers[0]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: not Path(f"/proc/{killed}/fd").exists() or killed not in users.workers, "its end")

    assert {get(users).status_code for _ in range(20)} == {200}
    eventually(lambda: len(users.workers) == 2 and killed not in users.workers, "another worker")
    assert {get(users).status_code for _ in range(20)} == {200}


def test_a_service_that_is_told_to_stop_answers_all_it_has_accepted(users: Service) -> None:
    with Clients(users.url, create_user).running(4) as clients:
        eventually(lambda: len(clients.done) > 100, "a hundred users")
        assert told_to_stop(users) == 0

    assert set(clients.answers) == {201}
    assert clients.cut_off == []


def test_a_connection_that_idles_does_not_keep_a_service_from_stopping(redis: Redis) -> None:
    with (
        Service(
            "user-service", REDIS_URL=redis.url, GUNICORN_CMD_ARGS=f"--graceful-timeout {PATIENCE_SECONDS}"
        ) as users,
        requests.Session() as kept,
    ):
        assert kept.get(f"{users.url}/users", timeout=10).status_code == 200
        began = time.monotonic()
        assert told_to_stop(users) == 0

        assert time.monotonic() - began < PATIENCE_SECONDS / 2


def test_make_run_stops_from_the_top_so_that_all_it_has_accepted_is_answered(tmp_path: Path) -> None:
    with System(DATA_DIR=str(tmp_path)) as system:
        people.store(system.users, "ann", *people.ALWAYS)
        with Clients(system.suggestions, suggest).running(4) as clients:
            eventually(lambda: len(clients.done) > 20, "suggestions")
            began = time.monotonic()
            system.send(signal.SIGTERM)
            system.wait()

    assert time.monotonic() - began < STOP_SECONDS
    assert set(clients.answers) == {200}
    assert clients.cut_off == []


def test_services_that_start_in_the_wrong_order_become_healthy_when_the_last_is_there(tmp_path: Path) -> None:
    redis = Redis(tmp_path)
    users = Service("user-service", REDIS_URL=redis.url)
    availability = Service("availability-service", USER_SERVICE_URL=users.url)
    suggestions = Service("suggestion-service", AVAILABILITY_SERVICE_URL=availability.url)
    servers: list[Server] = [suggestions, availability, users, redis]
    with ExitStack() as stack:
        for server in servers:
            stack.enter_context(server)
            if server is not redis:
                assert get(suggestions, "/health").status_code == 503

        eventually(suggestions.is_healthy, "health")
        people.store(users.url, "ann", *people.ALWAYS)
        assert len(get(suggestions, f"/suggestions?attendees={ANN}").json()["suggestions"]) == 1


def test_the_default_window_goes_by_one_clock_that_of_the_service_which_is_asked() -> None:
    nobody = {"people": [ANN], "segments": [], "empty_reason": {"code": "no_availability", "blockers": "1"}}
    with Neighbour() as below, Service("suggestion-service", AVAILABILITY_SERVICE_URL=below.url) as service:
        below.behave = answers(nobody)

        answer = get(service, f"/suggestions?attendees={ANN}").json()

        asked = [received.json for received in below.received if received.body]
        assert {question["start"] for question in asked} == {answer["start"]}
        assert asked[-1]["end"] == answer["end"]


@pytest.mark.parametrize("days", [3, -3])
def test_a_clock_that_differs_further_below_does_not_matter(users: Service, days: int) -> None:
    people.store(users.url, "ann", *people.ALWAYS)
    wrong = {"PYTHONPATH": str(CLOCKS), "CLOCK_AHEAD_DAYS": str(days)}
    with (
        Service("availability-service", None, USER_SERVICE_URL=users.url, **wrong) as availability,
        Service("suggestion-service", AVAILABILITY_SERVICE_URL=availability.url) as service,
    ):
        shown = get(availability, f"/availability/common?attendees={ANN}").json()
        answer = get(service, f"/suggestions?attendees={ANN}").json()

    off = datetime.fromisoformat(shown["start"]) - datetime.fromisoformat(answer["start"])
    assert round(off / timedelta(days=1)) == days
    assert abs(datetime.fromisoformat(answer["start"]) - datetime.now(UTC)) <= timedelta(hours=2)
    assert [meeting["start"] for meeting in answer["suggestions"]] == [answer["start"]]


def test_failing_requests_leave_no_file_and_no_connection_open(redis: Redis, users: Service) -> None:
    env = {"USER_SERVICE_URL": users.url, "USER_SERVICE_SECONDS": "0.5", "WEB_CONCURRENCY": "1"}
    path = f"/availability/common?attendees={ANN}"
    clients = 10
    with Service("availability-service", None, **env) as service, ThreadPoolExecutor(clients) as pool:

        def statuses() -> set[int]:
            return {answer.status_code for answer in pool.map(lambda _: get(service, path), range(30))}

        assert statuses() == {404}
        before = open_files(service.workers[0])
        users.freeze()
        assert statuses() == {504}
        users.thaw()
        users.stop()
        assert statuses() == {503}
        users.start().wait_until_ready()

        eventually(lambda: statuses() == {404}, "recovery")
        # Each client may find, and leave, one kept connection to what is below; sixty requests have failed.
        eventually(lambda: open_files(service.workers[0]) <= before + clients, "the end of all that was opened")
