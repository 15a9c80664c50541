"""Calendars of a user over HTTP, and the reader that reads them (contract, section 12)."""

import base64
import json
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import django_redis
import pytest
from cryptography.fernet import Fernet
from django.test import override_settings
from rest_framework.test import APIClient

from tests.support.commands import call
from tests.support.neighbour import Neighbour, answers, hangs_up
from tests.support.problems import assert_problem, faults
from tests.support.stored import unwritable
from user_service.store import calendars as store
from user_service.store import keys

CALENDARS = "/users/ann@example.org/calendars"
WORK = f"{CALENDARS}/work"
BUSY = "/users/ann@example.org/busy"
NINE = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=2)


def moment(hours: float) -> str:
    """A time that long after nine o'clock of the day after tomorrow."""
    return (NINE + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def interval(start: float, end: float) -> dict[str, str]:
    return {"start": moment(start), "end": moment(end)}


def event(start: float, end: float, *more: str) -> list[str]:
    """An event, as the lines of a calendar file."""
    times = (f"{(NINE + timedelta(hours=hours)):%Y%m%dT%H%M%SZ}" for hours in (start, end))
    begin, until = times
    return [
        "BEGIN:VEVENT",
        f"UID:{begin}",
        "SUMMARY:Secret plans",
        f"DTSTART:{begin}",
        f"DTEND:{until}",
        *more,
        "END:VEVENT",
    ]


def calendar(*events: list[str]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *(line for each in events for line in each)]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def put(client: APIClient, path: str, body: Any) -> Any:
    if isinstance(body, bytes):
        return client.generic("PUT", path, body.decode(), "text/calendar")
    return client.put(path, body, format="json")


def busy(client: APIClient) -> list[dict[str, str]]:
    """When Ann is busy."""
    answer = client.get(BUSY)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, str]] = answer.json()["busy"]
    return found


def read_due() -> None:
    """Reads what is due, as the reader does."""
    assert call("read_calendars", "--once").code == 0


@pytest.fixture
def calendar_keys() -> Iterator[None]:
    """A key for what is secret, and leave to fetch from this machine."""
    with override_settings(
        CALENDAR_KEYS=[Fernet.generate_key().decode()], CALENDAR_PRIVATE_NETWORKS=[ip_network("127.0.0.0/8")]
    ):
        yield


def test_nobody_has_calendars_until_they_say_so(client: APIClient, ann: dict[str, Any]) -> None:
    assert client.get(CALENDARS).json() == {"calendars": []}
    assert client.get(BUSY).json() == {"busy": [], "calendars": []}


def test_busy_time_that_is_pushed_counts_at_once_and_replaces_what_was(client: APIClient, ann: dict[str, Any]) -> None:
    made = put(client, WORK, {"kind": "busy", "intervals": [interval(2, 3), interval(0, 1), interval(1, 1.5)]})

    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["name"], told["kind"], told["state"], told["busy_count"]) == ("work", "busy", "ok", 2)
    assert told["next_read"] is told["covers"] is None
    assert busy(client) == [interval(0, 1.5), interval(2, 3)]
    assert put(client, WORK, {"kind": "busy", "intervals": [interval(5, 6)]}).status_code == 200
    assert busy(client) == [interval(5, 6)]
    assert client.get(CALENDARS).json()["calendars"] == [client.get(WORK).json()]


def test_the_busy_time_of_all_calendars_is_one(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, WORK, {"kind": "busy", "intervals": [interval(0, 2)]})
    put(client, f"{CALENDARS}/choir practice", {"kind": "busy", "intervals": [interval(1, 3)]})

    assert busy(client) == [interval(0, 3)]
    assert client.delete(WORK).status_code == 204
    assert busy(client) == [interval(1, 3)]
    assert_problem(client.delete(WORK), 404, code="unknown-calendar")
    assert_problem(client.get(WORK), 404, code="unknown-calendar")


def test_what_was_known_holds_until_what_replaces_it_has_been_read(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, WORK, calendar(event(0, 1)))
    read_due()
    known = client.get(WORK).json()

    put(client, WORK, calendar(event(0, 1))[:-20])
    assert busy(client) == [interval(0, 1)]
    read_due()
    assert busy(client) == [interval(0, 1)]
    told = client.get(WORK).json()
    assert told["state"] == "refused"
    assert (told["as_of"], told["covers"]) == (known["as_of"], known["covers"])

    put(client, WORK, calendar(event(2, 3)))
    assert busy(client) == [interval(0, 1)]
    read_due()
    assert busy(client) == [interval(2, 3)]
    put(client, WORK, {"kind": "busy", "intervals": []})
    assert busy(client) == []


def test_parts_of_a_minute_count_as_the_whole(client: APIClient, ann: dict[str, Any]) -> None:
    start, end = NINE + timedelta(seconds=59), NINE + timedelta(minutes=1, seconds=1)
    put(client, WORK, {"kind": "busy", "intervals": [{"start": start.isoformat(), "end": end.isoformat()}]})

    assert busy(client) == [interval(0, 2 / 60)]


def test_busy_time_is_cut_to_what_is_asked_for_and_a_calendar_too(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, WORK, {"kind": "busy", "intervals": [interval(0, 3), interval(5, 6)]})

    answer = client.get(BUSY, {"start": moment(1), "end": moment(2)})
    assert answer.json()["busy"] == [interval(1, 2)]
    ics = client.get(BUSY, {"start": moment(0), "end": moment(4), "format": "ics"})
    assert ics["Content-Type"].startswith("text/calendar")
    start, end = (f"{NINE + timedelta(hours=hours):%Y%m%dT%H%M%SZ}" for hours in (0, 3))
    assert f":{start}/{end}\r\n" in ics.content.decode()


END = {"end": moment(1)}
BAD: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({}, ("kind", "required")),
    ({"kind": "google"}, ("kind", "invalid_choice")),
    ({"kind": "busy"}, ("intervals", "required")),
    ({"kind": "busy", "intervals": [interval(1, 0)]}, ("intervals[0].end", "invalid_interval")),
    (
        {"kind": "busy", "intervals": [{"start": "2026-12-01"} | END]},
        ("intervals[0].start", "invalid_time"),
    ),
    ({"kind": "busy", "intervals": [interval(0, 1)] * 5001}, ("intervals", "max_length")),
    ({"kind": "busy", "intervals": [], "url": "https://example.org"}, ("url", "unknown")),
    ({"kind": "busy", "intervals": [], "tentative": "maybe"}, ("tentative", "invalid_choice")),
    ({"kind": "feed"}, ("url", "required")),
    ({"kind": "feed", "url": "https://example.org", "intervals": []}, ("intervals", "unknown")),
    ({"kind": "feed", "url": "x" * 2001}, ("url", "max_length")),
    ({"kind": "feed", "url": "ftp://example.org/a.ics"}, ("url", "invalid_url")),
    ({"kind": "feed", "url": "https://[1/a.ics"}, ("url", "invalid_url")),
    ({"kind": "feed", "url": "calendar.ics"}, ("url", "invalid_url")),
    ({"kind": "caldav", "url": "https://example.org", "username": "ann"}, ("password", "required")),
]


@pytest.mark.parametrize(("body", "fault"), BAD)
def test_bad_input_makes_no_calendar(
    client: APIClient, ann: dict[str, Any], body: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert faults(put(client, WORK, body)) == [fault]
    assert client.get(CALENDARS).json() == {"calendars": []}


@pytest.mark.parametrize("name", ["_work", " work", "a%0Ab", "x" * 65, "%2e%2e", "a;b"])
def test_a_name_is_one_that_can_be_read(client: APIClient, ann: dict[str, Any], name: str) -> None:
    refused = put(client, f"{CALENDARS}/{name}", {"kind": "busy", "intervals": []})

    assert refused.status_code in (400, 404), refused.content
    assert client.get(CALENDARS).json() == {"calendars": []}


def test_a_user_has_twenty_calendars_at_most(client: APIClient, ann: dict[str, Any]) -> None:
    body = {"kind": "busy", "intervals": []}
    for number in range(20):
        assert put(client, f"{CALENDARS}/c{number}", body).status_code == 201

    assert_problem(put(client, WORK, body), 409, code="too-many-calendars")
    assert put(client, f"{CALENDARS}/c7", body).status_code == 200


def test_reading_a_calendar_makes_no_change_of_a_user_stale(client: APIClient, ann: dict[str, Any]) -> None:
    tag = client.get("/users/ann@example.org")["ETag"]
    put(client, WORK, {"kind": "busy", "intervals": [interval(0, 1)]})

    assert (
        client.patch("/users/ann@example.org", {"name": "Anna"}, format="json", headers={"If-Match": tag}).status_code
        == 200
    )
    assert busy(client) == [interval(0, 1)]


def test_calendars_go_with_the_user(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, WORK, calendar(event(0, 1)))
    client.delete("/users/ann@example.org")
    read_due()

    assert not [key for key in django_redis.get_redis_connection().scan_iter() if b"calendar" in key]


def test_an_uploaded_calendar_is_read_by_the_reader_and_no_title_is_kept(
    client: APIClient, ann: dict[str, Any]
) -> None:
    waiting = put(client, WORK, calendar(event(0, 1), event(2, 3, "TRANSP:TRANSPARENT"), event(4, 5)))
    assert (waiting.status_code, waiting.json()["state"]) == (202, "waiting")
    assert busy(client) == []

    read_due()

    told = client.get(WORK).json()
    assert (told["state"], told["kind"], told["busy_count"], told["unread_events"]) == ("ok", "upload", 2, 0)
    assert told["as_of"] is not None
    assert told["covers"]["start"] < moment(0) < told["covers"]["end"]
    assert busy(client) == [interval(0, 1), interval(4, 5)]
    redis = django_redis.get_redis_connection()
    for_reading = json.loads(redis.hget(keys.kept("ann@example.org"), "work"))
    assert b"Secret" not in zlib.decompress(base64.b64decode(for_reading["kept"]))
    assert b"kept" not in redis.hget(keys.calendars("ann@example.org"), "work")


def test_what_is_no_calendar_is_told_at_once(client: APIClient, ann: dict[str, Any]) -> None:
    assert_problem(put(client, WORK, b"This is no calendar."), 400, "This is not a calendar")
    assert client.get(CALENDARS).json() == {"calendars": []}


def test_what_only_begins_as_one_is_refused_with_a_reason(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, WORK, b"\xef\xbb\xbfbegin:vcalendar\r\nEND:VEVENT\r\n")
    read_due()

    told = client.get(WORK).json()
    assert (told["state"], told["next_read"]) == ("refused", None)
    assert told["reason"]


@pytest.mark.usefixtures("calendar_keys")
def test_a_feed_is_read_and_while_it_fails_the_last_that_was_known_holds(
    client: APIClient, ann: dict[str, Any]
) -> None:
    with Neighbour() as neighbour:
        neighbour.behave = answers(calendar(event(0, 1)), "200 OK", "text/calendar", 'ETag: "1"')
        made = put(client, WORK, {"kind": "feed", "url": f"{neighbour.url}/secret/ann.ics"})
        assert made.status_code == 202, made.content
        assert made.json()["host"] == "127.0.0.1"
        read_due()
        assert busy(client) == [interval(0, 1)]
        told = client.get(WORK).json()
        assert told["state"] == "ok"
        assert told["next_read"] > told["as_of"]

        neighbour.behave = answers(b"", "304 Not Modified")
        client.post(f"{WORK}/refresh")
        read_due()
        assert neighbour.received[-1].headers["If-None-Match"] == '"1"'
        assert busy(client) == [interval(0, 1)]

        neighbour.behave = hangs_up
        assert client.post(f"{WORK}/refresh").status_code == 202
        read_due()
        told = client.get(WORK).json()
        assert (told["state"], bool(told["reason"]), told["busy_count"]) == ("failing", True, 1)
        assert busy(client) == [interval(0, 1)]

        neighbour.behave = answers(b"", "404 Not Found")
        client.post(f"{WORK}/refresh")
        read_due()
        assert client.get(WORK).json()["state"] == "refused"
    assert "secret" not in client.get(CALENDARS).content.decode()


@pytest.mark.usefixtures("calendar_keys")
def test_what_is_secret_is_encrypted_and_of_no_use_to_who_has_the_email_later(
    client: APIClient, ann: dict[str, Any]
) -> None:
    put(client, WORK, {"kind": "feed", "url": "https://calendar.example.org/private-token"})
    redis = django_redis.get_redis_connection()
    stored = redis.hget(keys.calendars("ann@example.org"), "work")
    assert b"private-token" not in stored

    client.delete("/users/ann@example.org")
    client.post("/users", {"email": "ann@example.org", "name": "Another"}, format="json")
    redis.hset(keys.calendars("ann@example.org"), "work", stored)  # as by a restored backup
    client.post(f"{WORK}/refresh")
    read_due()

    assert client.get(WORK).json()["reason"] == "Its address can no longer be decrypted."


def test_without_a_key_nothing_secret_is_taken(client: APIClient, ann: dict[str, Any]) -> None:
    refused = put(client, WORK, {"kind": "feed", "url": "https://calendar.example.org/a.ics"})

    assert_problem(refused, 503, code="no-calendar-keys")
    assert client.get(CALENDARS).json() == {"calendars": []}


@pytest.mark.usefixtures("calendar_keys", "ann")
def test_many_calendars_of_somebody_do_not_hold_up_those_of_others(client: APIClient) -> None:
    others = ["bob@example.org", "cyd@example.org"]
    with Neighbour() as neighbour:
        neighbour.behave = hangs_up
        for number in range(5):
            put(client, f"{CALENDARS}/{number}", {"kind": "feed", "url": f"{neighbour.url}/ann"})
        for email in others:
            client.post("/users", {"email": email, "name": email}, format="json")
            put(client, f"/users/{email}/calendars/work", {"kind": "feed", "url": f"{neighbour.url}/{email}"})

        read_due()

        asked = [received.line.split()[1] for received in neighbour.received]
    assert asked.count("/ann") == 5
    assert all(asked.index(f"/{email}") <= len(others) for email in others), asked


@pytest.mark.usefixtures("calendar_keys")
def test_an_address_of_a_private_network_is_refused(client: APIClient, ann: dict[str, Any]) -> None:
    with override_settings(CALENDAR_PRIVATE_NETWORKS=[]), Neighbour() as neighbour:
        put(client, WORK, {"kind": "feed", "url": neighbour.url})
        read_due()

        told = client.get(WORK).json()
        assert (told["state"], told["reason"]) == ("refused", "Its address leads to a network that is not public.")
        assert neighbour.received == []


def test_a_reader_that_dies_leaves_its_calendar_to_the_next(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, WORK, calendar(event(0, 1)))
    now = int(time.time()) + 60
    first = store.claim_due(now, 60, "a reader that dies")
    assert first is not None

    assert store.claim_due(now, 60, "another") is None
    second = store.claim_due(now + 61, 60, "another")

    assert second == first._replace(token="another")
    assert second is not None
    _, stored = store.fetch_for_reading("ann@example.org", "work")
    assert store.change("ann@example.org", "work", lambda user, before: before, first) is None  # too late
    assert store.change("ann@example.org", "work", lambda user, before: before, second) == stored


def test_what_was_read_of_a_calendar_that_is_another_by_now_is_for_nobody(
    client: APIClient, ann: dict[str, Any]
) -> None:
    put(client, WORK, calendar(event(0, 1)))
    claim = store.claim_due(int(time.time()) + 60, 60, "slow")
    assert claim is not None
    put(client, WORK, {"kind": "busy", "intervals": [interval(4, 5)]})

    assert store.change("ann@example.org", "work", lambda user, before: None, claim) is None
    assert busy(client) == [interval(4, 5)]


def patch_zone(zone: str, file: Path) -> None:
    assert APIClient().patch("/users/ann@example.org", {"timezone": zone}, format="json").status_code == 200


def import_zone(zone: str, file: Path) -> None:
    file.write_text(json.dumps({"email": "ann@example.org", "name": "Ann", "timezone": zone}))
    assert call("import_users", str(file)).code == 0


@pytest.mark.parametrize("move", [patch_zone, import_zone])
def test_whoever_moves_to_another_time_zone_has_days_and_times_without_a_zone_read_again(
    client: APIClient, ann: dict[str, Any], tmp_path: Path, move: Callable[[str, Path], None]
) -> None:
    day = NINE.date()
    whole_day = ["BEGIN:VEVENT", "UID:1", f"DTSTART;VALUE=DATE:{day:%Y%m%d}", "END:VEVENT"]
    put(client, WORK, calendar(whole_day))
    read_due()
    (in_berlin,) = busy(client)

    move("Asia/Tokyo", tmp_path / "users")
    read_due()

    (in_tokyo,) = busy(client)
    moved = datetime.fromisoformat(in_berlin["start"]) - datetime.fromisoformat(in_tokyo["start"])
    assert moved == timedelta(hours=8)


def test_a_move_to_another_time_zone_that_failed_and_is_asked_for_again_has_calendars_read_again(
    client: APIClient, ann: dict[str, Any], tmp_path: Path
) -> None:
    whole_day = ["BEGIN:VEVENT", "UID:1", f"DTSTART;VALUE=DATE:{NINE.date():%Y%m%d}", "END:VEVENT"]
    put(client, WORK, calendar(whole_day))
    read_due()
    in_berlin = busy(client)
    with unwritable(django_redis.get_redis_connection(), "calendars"):
        assert client.patch("/users/ann@example.org", {"timezone": "Asia/Tokyo"}, format="json").status_code == 503

    patch_zone("Asia/Tokyo", tmp_path)
    read_due()

    assert busy(client) != in_berlin


@pytest.mark.usefixtures("calendar_keys", "ann")
def test_who_is_deleted_while_their_calendar_is_read_does_not_end_the_reader(client: APIClient) -> None:
    answer = answers(calendar(event(0, 1)), "200 OK", "text/calendar")

    def delete_and_answer(connection: socket.socket) -> None:
        assert APIClient().delete("/users/ann@example.org").status_code == 204
        answer(connection)

    with Neighbour() as neighbour:
        neighbour.behave = delete_and_answer
        put(client, WORK, {"kind": "feed", "url": neighbour.url})

        read_due()

        assert len(neighbour.received) == 1
    assert not django_redis.get_redis_connection().exists(keys.calendars("ann@example.org"))


@pytest.mark.usefixtures("calendar_keys", "ann")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "busy", "intervals": [interval(0, 1)]}, 201),
        ({"kind": "feed", "url": "https://calendar.example.org/a.ics"}, 202),
        (calendar(event(0, 1)), 202),
    ],
    ids=["busy", "feed", "upload"],
)
def test_a_star_names_a_calendar_that_is_there(client: APIClient, body: dict[str, Any] | bytes, status: int) -> None:
    def send(**headers: str) -> Any:
        if isinstance(body, bytes):
            return client.generic("PUT", WORK, body.decode(), "text/calendar", headers=headers)
        return client.put(WORK, body, format="json", headers=headers)

    assert_problem(send(**{"If-Match": "*"}), 412)
    assert send(**{"If-None-Match": "*"}).status_code == status
    before = client.get(WORK).json()

    for headers in ({"If-None-Match": "*"}, {"If-Match": '"1"'}):
        assert_problem(send(**headers), 412, code="precondition-failed")
        assert_problem(client.delete(WORK, headers=headers), 412, code="precondition-failed")
    assert client.get(WORK).json() == before
    assert client.delete(WORK, headers={"If-Match": "*"}).status_code == 204


@pytest.mark.parametrize("path", [WORK, "/users/ann@example.org/availability"])
@pytest.mark.parametrize("media_type", ["text/calendar", "Text/Calendar; charset=utf-8"])
def test_an_empty_file_is_no_calendar(client: APIClient, ann: dict[str, Any], path: str, media_type: str) -> None:
    sent = client.generic("PUT", path, "", media_type)

    assert_problem(sent, 400, "This is not a calendar: it is empty.", code="parse-error")
