"""Records as they were stored before they were JSON: read as ever, kept as they are until their user changes.

Commit afa9168 wrote these records, and gave these answers about them.
"""

import json
import re
from pathlib import Path

import django_redis
import pytest
from rest_framework.test import APIClient

from tests.support.commands import call
from tests.support.problems import assert_problem
from tests.support.user_checks import NEVER, grid, interval, path_of
from user_service.store import keys, old_layout

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OLD = [
    (
        b"1\x00p" + bytes(18) + b"\x0166128416b0298\n66128416b0298\nEurope/Berlin\nAnn Albers",
        {
            "email": "ann@example.org",
            "name": "Ann Albers",
            "timezone": "Europe/Berlin",
            "created_at": "2026-11-26T06:43:04.382104Z",
            "updated_at": "2026-11-26T06:43:04.382104Z",
        },
        [interval("monday", "09:00", "12:00"), interval("sunday", "23:00", "24:00")],
    ),
    (
        b"1" + b"\xff" * 21 + b"66128416b2474\n66128416b2474\nAmerica/Argentina/Buenos_Aires\n"
        b'"\xc3\x96z, \xf0\x9f\x97\x93"\xe2\x80\xa8\xe6\x9d\x8e',
        {
            "email": "o'neil+a/b@bücher.example",
            "name": '"Öz, 🗓"\u2028李',
            "timezone": "America/Argentina/Buenos_Aires",
            "created_at": "2026-11-26T06:43:04.390772Z",
            "updated_at": "2026-11-26T06:43:04.390772Z",
        },
        [interval(day, "00:00", "24:00") for day in DAYS],
    ),
    (
        b"1" + bytes(21) + b"66128416b30b2\n66128416b30b2\nUTC\n1",
        {
            "email": "never@example.org",
            "name": "1",
            "timezone": "UTC",
            "created_at": "2026-11-26T06:43:04.393906Z",
            "updated_at": "2026-11-26T06:43:04.393906Z",
        },
        [],
    ),
    (
        b"1" + bytes(4) + b" " + bytes(16) + b'66128416b3f14\n66128416b4b3b\nAsia/Kathmandu\n{"name": 2}',
        {
            "email": "kay@example.org",
            "name": '{"name": 2}',
            "timezone": "Asia/Kathmandu",
            "created_at": "2026-11-26T06:43:04.397588Z",
            "updated_at": "2026-11-26T06:43:04.400699Z",
        },
        [interval("tuesday", "10:00", "11:00")],
    ),
]
USERS = [user for _, user, _ in OLD]
each_user = pytest.mark.parametrize("email", [user["email"] for user in USERS], ids=range(len(USERS)))


def record_of(email: str) -> bytes:
    record: bytes = django_redis.get_redis_connection().get(keys.user(email))
    return record


@pytest.fixture(autouse=True)
def _old_records(_empty_redis: None) -> None:
    for record, user, _ in OLD:
        store(str(user["email"]), record)


def store(email: str, record: bytes) -> None:
    """As it was done before users lay in buckets."""
    redis = django_redis.get_redis_connection()
    redis.set(f"user:{email}", record)
    redis.zadd("users", {email: 0})
    old_layout.look_again()


@pytest.mark.parametrize(("record", "user", "intervals"), OLD, ids=range(len(OLD)))
def test_an_old_record_is_read_as_ever_and_stays_as_it_is(
    client: APIClient, record: bytes, user: dict[str, str], intervals: list[dict[str, str]]
) -> None:
    email, timezone = user["email"], user["timezone"]

    assert client.get(path_of(email)).json() == user
    week = client.get(f"{path_of(email)}/availability").json()
    assert (week["email"], week["timezone"], week["intervals"]) == (email, timezone, intervals)
    together = client.get("/users/availability", {"email": email}).json()
    assert together == {"results": [week], "unknown": []}
    assert record_of(email) == record


def test_old_and_new_records_are_listed_together(client: APIClient) -> None:
    bob = client.post("/users", {"email": "bob@example.org", "name": "Bob"}, format="json").json()

    listed = client.get("/users").json()["results"]

    assert listed == sorted([*USERS, bob], key=lambda user: str(user["email"]))


@each_user
def test_a_changed_user_is_written_anew_and_the_tag_that_was_read_lets_the_change_pass(
    client: APIClient, email: str
) -> None:
    path = path_of(email)
    before = client.get(path)

    answer = client.patch(path, {"name": "New"}, format="json", HTTP_IF_MATCH=before["ETag"])

    assert answer.status_code == 200
    assert answer.json() == before.json() | {"name": "New", "updated_at": answer.json()["updated_at"]}
    assert json.loads(record_of(email))["name"] == "New"
    stale = client.patch(path, {"name": "Old"}, format="json", HTTP_IF_MATCH=before["ETag"])
    assert_problem(stale, 412, code="precondition-failed")


@each_user
def test_the_week_is_replaced_by_the_tag_that_was_read(client: APIClient, email: str) -> None:
    path = f"{path_of(email)}/availability"
    tag = client.get(path)["ETag"]

    assert client.put(path, {"grid": grid((6, 5))}, format="json", HTTP_IF_MATCH=tag).json()["grid"] == grid((6, 5))
    assert_problem(client.put(path, {"grid": NEVER}, format="json", HTTP_IF_MATCH=tag), 412, code="precondition-failed")


@each_user
def test_the_user_is_deleted_by_the_tag_that_was_read(client: APIClient, email: str) -> None:
    path = path_of(email)
    tag = client.get(path)["ETag"]

    assert_problem(client.delete(path, HTTP_IF_MATCH='"stale"'), 412, code="precondition-failed")
    assert client.delete(path, HTTP_IF_MATCH=tag).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("email", ["\u017fue@example.org", "\u0131@example.org", "a@exa\u00admple.org"])
def test_a_user_whose_email_is_refused_today_can_still_be_read_and_deleted(client: APIClient, email: str) -> None:
    store(email, OLD[0][0])

    assert client.get(path_of(email)).json() == USERS[0] | {"email": email}
    assert client.delete(path_of(email)).status_code == 204
    assert client.get(path_of(email)).status_code == 404


def test_a_zone_that_was_none_is_read_as_utc(client: APIClient) -> None:
    redis = django_redis.get_redis_connection()
    for email in ("kay@example.org", "zoe@example.org"):
        client.post("/users", {"email": email, "name": "Someone"}, format="json")
        redis.set(keys.user(email), re.sub(rb"UTC|Asia/Kathmandu", b"Factory", record_of(email)))

    assert {client.get(path_of(email)).json()["timezone"] for email in ("kay@example.org", "zoe@example.org")} == {
        "UTC"
    }
    emails = {"emails": ["kay@example.org", "zoe@example.org"]}
    batch = client.post("/users/availability/query", emails, format="json").json()
    assert list(batch["timezones"]) == ["UTC"]


def test_what_is_exported_and_imported_again_changes_no_record(tmp_path: Path) -> None:
    exported = call("export_users").out
    file = tmp_path / "users"
    file.write_text(exported)

    assert call("import_users", str(file)).out == "created 0, updated 0, unchanged 4, bad 0\n"

    assert [record_of(user["email"]) for user in USERS] == [record for record, _, _ in OLD]
    lines = [json.loads(line) for line in exported.splitlines()]
    assert [{name: line[name] for name in USERS[0]} for line in lines] == sorted(USERS, key=lambda user: user["email"])
