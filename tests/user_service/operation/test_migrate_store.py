"""manage.py migrate_store: from the layout of older versions, and to another Redis, while services run.

Commit e26c715 wrote what old_store.json holds.
"""

import json
import os
import random
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import django_redis
import pytest
import redis
import requests
from rest_framework.test import APIClient

from tests.support.clients import Clients, create_user
from tests.support.commands import call, command, run
from tests.support.problems import assert_problem
from tests.support.servers import ROOT, Redis, Service, eventually
from tests.support.stored import stored_emails
from tests.support.user_checks import ODD_EMAILS, path_of
from user_service.access import own_tokens
from user_service.store import calendars, keys, moving, old_layout, tokens
from user_service.store.tokens import UnknownToken

OLD = json.loads(Path(__file__).with_name("old_store.json").read_text())
ANN, BOB, OZ = "ann@example.org", "bob@example.org", "o'neil+a/b@bücher.example"
DIGEST = own_tokens.digest_token(OLD["secret"])
RATE = 600
UNREACHABLE = "Redis cannot be reached.\nThe other Redis was looked for"


@pytest.fixture
def store() -> Iterator[redis.Redis]:
    client = django_redis.get_redis_connection()
    yield client
    moving.reopen()


@pytest.fixture
def old(store: redis.Redis) -> redis.Redis:
    """A Redis as an older version has left it."""
    for key, value in OLD["keys"].items():
        if isinstance(value, str):
            store.set(key, value)
        elif key in ("users", "calendars"):
            store.zadd(key, value)
        else:
            store.hset(key, mapping=value)
            store.expire(key, 3600) if key.startswith("token") else None
    old_layout.look_again()
    return store


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path) as server:
        yield server


def content(client: Any) -> dict[str, Any]:
    """All that is to last, by key."""
    read: dict[bytes, Callable[[str], Any]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    kept = [key.decode() for key in client.scan_iter() if not key.startswith((b"rate:", b"closed:", b"claims:"))]
    return {key: read[client.type(key)](key) for key in kept}


def old_keys(client: redis.Redis) -> list[bytes]:
    return [key for key in client.scan_iter() if b"{" not in key and not key.startswith(b"token:")]


def test_what_an_older_version_stored_is_read_before_it_is_moved(old: redis.Redis, client: APIClient) -> None:
    users = [client.get(path_of(email)).json() for email in (ANN, BOB, OZ)]

    assert [user["name"] for user in users] == ["Ann", "Bob", "Öz"]
    assert not old_keys(old)


def test_what_an_older_version_stored_is_listed_and_counted_together_with_what_is_new(
    old: redis.Redis, client: APIClient
) -> None:
    new = client.post("/users", {"email": "aaron@example.org", "name": "Aaron"}, format="json")

    assert new.status_code == 201
    assert b"w2meet_users_stored 4.0" in client.get("/metrics").content
    first = client.get("/users", {"limit": 2}).json()
    assert [user["email"] for user in first["results"]] == ["aaron@example.org", ANN]
    assert [user["email"] for user in client.get(first["next"]).json()["results"]] == [BOB, OZ]


def test_weeks_of_both_kinds_are_in_one_answer(old: redis.Redis, client: APIClient) -> None:
    client.get(path_of(BOB))

    asked = {"emails": [ANN, BOB, OZ, "nobody@example.org"]}
    found = client.post("/users/availability/query", asked, format="json").json()

    assert found["unknown"] == ["nobody@example.org"]
    assert not old.exists("users")


def test_nobody_takes_the_email_of_somebody_whom_an_older_version_stored(old: redis.Redis, client: APIClient) -> None:
    again = client.post("/users", {"email": ANN, "name": "Another Ann"}, format="json")

    assert_problem(again, 409, code="email-taken")


def test_who_was_stored_by_an_older_version_is_deleted_with_all_they_have(old: redis.Redis, client: APIClient) -> None:
    for email in (ANN, BOB, OZ):
        assert client.delete(path_of(email)).status_code == 204

    assert set(content(old)) - {f"token:{DIGEST}"} <= {keys.due(tag) for tag in keys.TAGS}
    found = tokens.look_up(DIGEST, RATE)
    assert found is None


def test_tokens_of_an_older_version_count_are_listed_and_can_be_revoked(old: redis.Redis) -> None:
    found = tokens.look_up(DIGEST, RATE)

    assert found is not None
    assert (found.user and found.user.id) == found.token.user_id
    assert [token.name for token in tokens.fetch_all(ANN)] == ["mine"]
    tokens.revoke(ANN, found.token.id)
    assert tokens.look_up(DIGEST, RATE) is None
    with pytest.raises(UnknownToken):
        tokens.revoke(ANN, found.token.id)


def test_calendars_of_an_older_version_are_read_when_they_are_due(old: redis.Redis) -> None:
    due = OLD["keys"]["calendars"][f"{ANN}\nfeed"]

    assert calendars.claim_due(int(due) - 1, 60, "reader") is None
    claim = calendars.claim_due(int(due), 60, "reader")

    assert claim == (ANN, "feed", "reader")
    _, stored = calendars.fetch(ANN)
    assert set(stored) == {"pushed", "feed"}


def test_the_command_moves_all_of_it_and_says_so(old: redis.Redis, client: APIClient) -> None:
    assert "old, to be moved by migrate_store" in call("check_health").out
    old.hset("tokens:vouched@example.org", next(iter(OLD["keys"][f"tokens:{ANN}"])), DIGEST)

    moved = call("migrate_store")

    assert (moved.code, moved.out, moved.err) == (0, "moved 4\n", "")
    assert old_keys(old) == []
    assert old.get(keys.user(ANN)) == OLD["keys"][f"user:{ANN}"].encode()
    due = old.zscore(keys.due(keys.find_tag(ANN)), f"{ANN}\nfeed")
    assert due == OLD["keys"]["calendars"][f"{ANN}\nfeed"]
    old_layout.look_again()
    assert "\tbuckets\t" in call("check_health").out
    assert call("migrate_store", "--json").out == '{"moved": 0}\n'


@pytest.mark.long
def test_the_command_is_killed_again_and_again_while_services_run_and_nothing_is_lost_or_doubled(
    store: redis.Redis, server: Service
) -> None:
    emails = [f"user{number:05}@example.org" for number in range(6000)]
    record = OLD["keys"][f"user:{OZ}"]
    store.mset({f"user:{email}": record for email in emails})
    store.zadd("users", dict.fromkeys(emails, 0))
    renamed: dict[str, str] = {}
    number = count()

    def rename(connection: Any, name: str) -> None:
        email = emails[next(number) * 7 % len(emails)]
        renamed[email] = name
        connection.request("PATCH", path_of(email), json.dumps({"name": name}), {"Content-Type": "application/json"})

    eventually(lambda: b"old" in requests.get(f"{server.url}/health", timeout=5).content, "a look at the old layout")
    chance = random.Random(1)
    with Clients(server.url, rename).running(1) as clients:
        while left := store.zcard("users"):
            migrate = subprocess.Popen(command("user_service", "migrate_store"), cwd=ROOT, stdout=subprocess.PIPE)
            with migrate as process:
                eventually(partial(moves_or_ends, process, store, left), "a step")
                process.kill() if chance.random() < 0.8 else process.wait()
        done = len(clients.done)
        eventually(lambda: len(clients.done) > done + 10, "changes of what was moved")

    assert set(clients.answers) == {200}
    assert old_keys(store) == []
    assert stored_emails(store) == set(emails)
    records = content(store)
    names = {email: json.loads(records[keys.user(email)])["name"] for email in emails}
    assert names == dict.fromkeys(emails, "Öz") | renamed


def moves_or_ends(process: subprocess.Popen[bytes], store: redis.Redis, left: int) -> bool:
    return process.poll() is not None or bool(store.zcard("users") < left)


@pytest.fixture
def full(client: APIClient, old: redis.Redis, add: Callable[..., Any]) -> redis.Redis:
    """A Redis with what an older version left, and with users of odd emails."""
    for email in ODD_EMAILS:
        add(email)
    return old


def test_all_is_copied_to_another_redis_and_this_one_is_closed(
    full: redis.Redis, other: Redis, client: APIClient
) -> None:
    copied = run("user_service", "migrate_store", "--to", other.url, "--json")

    assert (copied.code, json.loads(copied.out)) == (0, {"moved": 3, "copied": 3 + len(ODD_EMAILS)})
    with other.client() as target:
        assert content(target) == content(full)
        assert target.ttl(f"token:{DIGEST}") > 3000
        assert target.ttl(keys.tokens(ANN)) > 3000
    assert client.get(path_of(ANN)).status_code == 200
    refused = client.patch(path_of(ANN), {"name": "Ann B."}, format="json")
    assert_problem(refused, 503, "What is stored here has moved to another Redis: nothing can be changed.")
    assert refused["Retry-After"]
    assert client.delete(path_of(ANN)).status_code == 503
    assert client.post("/users", {"email": "new@example.org", "name": "New"}, format="json").status_code == 503
    with Service("user-service", REDIS_URL=other.url) as service:
        changed = requests.patch(f"{service.url}{path_of(ANN)}", json={"name": "Ann B."}, timeout=10)
    assert changed.json()["name"] == "Ann B."


@pytest.mark.long
def test_what_was_deleted_and_revoked_here_meanwhile_is_not_there(
    full: redis.Redis, other: Redis, client: APIClient
) -> None:
    interrupted = subprocess.Popen(command("user_service", "migrate_store", "--to", other.url), cwd=ROOT)
    with other.client() as target:
        eventually(lambda: target.exists(keys.user(BOB)) and target.exists(f"token:{DIGEST}"), "a first copy")
        interrupted.kill()
        interrupted.wait()
        moving.reopen()
        client.delete(path_of(BOB))
        tokens.revoke(ANN, next(iter(OLD["keys"][f"tokens:{ANN}"])))

        assert run("user_service", "migrate_store", "--to", other.url).code == 0

        assert content(target) == content(full)
        assert not target.hexists(f"token:{DIGEST}", "email")


@pytest.mark.long
def test_nothing_that_was_acknowledged_is_lost_on_the_way_to_another_redis(
    store: redis.Redis, server: Service, other: Redis
) -> None:
    with Clients(server.url, create_user).running(4) as clients:
        eventually(lambda: len(clients.done) > 500, "users to copy")
        for _ in range(3):
            with subprocess.Popen(command("user_service", "migrate_store", "--to", other.url), cwd=ROOT) as process:
                with other.client() as target:
                    eventually(lambda: target.dbsize() > 0 or process.poll() is not None, "the first that is copied")
                process.kill()
        assert run("user_service", "migrate_store", "--to", other.url).code == 0
        eventually(lambda: clients.answers[503] > 4, "refusals")

    assert set(clients.answers) == {201, 503}
    with other.client() as target:
        assert content(target) == content(store)
        emails = stored_emails(target)
    assert {email.partition("@")[0] for email in emails} >= set(clients.done)


@pytest.mark.long
def test_who_gives_up_goes_on_as_before(full: redis.Redis, other: Redis, client: APIClient) -> None:
    assert run("user_service", "migrate_store", "--to", other.url).code == 0

    assert call("migrate_store", "--reopen").out == "What is stored here can be changed.\n"

    assert client.patch(path_of(ANN), {"name": "Ann B."}, format="json").status_code == 200


@pytest.mark.long
def test_a_redis_that_holds_others_is_refused(full: redis.Redis, other: Redis, client: APIClient) -> None:
    with Service("user-service", REDIS_URL=other.url) as service:
        requests.post(f"{service.url}/users", json={"email": "eve@example.org", "name": "Eve"}, timeout=10)

    refused = run("user_service", "migrate_store", "--to", other.url)

    assert (refused.code, refused.err) == (1, "CommandError: The other Redis holds users already.\n")
    assert client.patch(path_of(ANN), {"name": "Ann B."}, format="json").status_code == 200
    with other.client() as target:
        assert target.zcard(keys.users(keys.find_tag("eve@example.org"))) == 1


@pytest.mark.long
def test_what_has_been_moved_is_not_moved_again(full: redis.Redis, other: Redis) -> None:
    assert run("user_service", "migrate_store", "--to", other.url).code == 0

    again = run("user_service", "migrate_store", "--to", other.url)

    assert (again.code, again.err) == (1, "CommandError: All has been moved to another Redis already.\n")


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://:correct-horse@host", "{} is no address of a Redis: it must be like one of these"),
        ("redis://:correct-horse@127.0.0.1:1?db=nine", "{} has an option that makes no sense."),
        ("redis://:correct-horse@127.0.0.1:1/0", f"{UNREACHABLE} at 127.0.0.1:1.\n"),
        ("redis+cluster://:correct-horse@127.0.0.1:1", f"{UNREACHABLE} at 127.0.0.1:1.\n"),
        ("redis+sentinel://:correct-horse@127.0.0.1:1/mymaster", f"{UNREACHABLE} at 127.0.0.1:1.\n"),
        ("unix://:correct-horse@/nowhere", "{} is no address of a Redis: a socket must be like"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(
    full: redis.Redis, client: APIClient, url: str, fault: str
) -> None:
    by_option = run("user_service", "migrate_store", "--to", url)
    by_variable = run("user_service", "migrate_store", "--to", OTHER_REDIS_URL=url)

    for refused, source in ((by_option, "--to"), (by_variable, "OTHER_REDIS_URL")):
        assert refused.code == 1
        assert refused.err.startswith(f"CommandError: {fault.format(source)}")
        assert "correct-horse" not in refused.err
    assert client.patch(path_of(ANN), {"name": "Ann B."}, format="json").status_code == 200


def test_the_other_redis_is_named_where_no_list_of_processes_shows_its_password(
    full: redis.Redis, other: Redis
) -> None:
    with other.client() as target:
        target.config_set("requirepass", "correct-horse")
        url = other.url.replace("redis://", "redis://:correct-horse@")

        done = run("user_service", "migrate_store", "--to", OTHER_REDIS_URL=url)

        assert (done.code, done.out.split(".")[0]) == (0, f"moved 3, copied {3 + len(ODD_EMAILS)}"), done.err
        assert content(target).keys() >= {keys.user(ANN), keys.user(BOB)}


@pytest.mark.parametrize("options", [["--to"], ["--to", ""], ["--to", "redis://127.0.0.1:1", "--reopen"]])
def test_a_move_to_nowhere_is_no_success(full: redis.Redis, client: APIClient, options: list[str]) -> None:
    refused = run("user_service", "migrate_store", *options, OTHER_REDIS_URL="")

    assert refused.code != 0
    assert "names no Redis" in refused.err or "not allowed with argument" in refused.err
    assert client.patch(path_of(ANN), {"name": "Ann B."}, format="json").status_code == 200


def test_the_redis_that_is_in_use_is_refused(full: redis.Redis) -> None:
    here = full.connection_pool.connection_kwargs

    refused = run("user_service", "migrate_store", "--to", f"redis://{here['host']}:{here['port']}/{here['db']}")

    assert refused.code == 1
    assert "holds users already" in refused.err


def test_what_was_closed_in_part_is_closed_as_a_whole_before_the_last_copy(store: redis.Redis, other: Redis) -> None:
    for tag in keys.TAGS[: keys.BUCKETS // 2]:  # then a node did not answer
        store.set(keys.closed(tag), 1)

    assert run("user_service", "migrate_store", "--to", other.url).code == 0

    assert store.exists(*map(keys.closed, keys.TAGS)) == keys.BUCKETS


@pytest.mark.long
def test_who_was_frozen_while_another_finished_changes_nothing_that_is_in_use(full: redis.Redis, other: Redis) -> None:
    frozen = subprocess.Popen(
        command("user_service", "migrate_store", "--to", other.url), cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    with other.client() as target, frozen:
        eventually(lambda: target.exists(keys.user(ANN)), "a first copy")
        frozen.send_signal(signal.SIGSTOP)
        assert run("user_service", "migrate_store", "--to", other.url).code == 0
        with Service("user-service", REDIS_URL=other.url) as service:
            requests.patch(f"{service.url}{path_of(ANN)}", json={"name": "Ann B."}, timeout=10)
            requests.post(f"{service.url}/users", json={"email": "new@example.org", "name": "New"}, timeout=10)
            in_use = content(target)

            frozen.send_signal(signal.SIGCONT)
            _, told = frozen.communicate()

        assert frozen.returncode == 1
        assert told == "CommandError: Another migrate_store has taken over, and this one has stopped.\n"
        assert content(target) == in_use


@pytest.mark.long
def test_large_calendars_of_many_are_copied_some_at_a_time(store: redis.Redis, other: Redis, client: APIClient) -> None:
    emails = [f"user{number}@example.org" for number in range(3000)]
    tag = keys.find_tag(emails[0])
    neighbours = [email for email in emails if keys.find_tag(email) == tag]
    file = b"\r\n".join(
        [b"BEGIN:VCALENDAR", *(os.urandom(1 << 10).hex().encode() for _ in range(900)), b"END:VCALENDAR"]
    )
    for email in neighbours:
        client.post("/users", {"email": email, "name": "Ann"}, format="json")
        for name in ("home", "work"):
            client.put(f"{path_of(email)}/calendars/{name}", file, content_type="text/calendar")
    assert store.info("memory")["used_memory"] > 64 << 20

    peaks = [0]
    with subprocess.Popen(command("user_service", "migrate_store", "--to", other.url), cwd=ROOT) as process:

        def has_ended() -> bool:
            told = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
            peaks.append(int(told[1]) if told else 0)
            return process.poll() is not None

        eventually(has_ended, "the end")

    assert process.returncode == 0
    with other.client() as target:
        assert content(target) == content(store)
    assert max(peaks) < 128 << 10
