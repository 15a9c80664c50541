"""Dates that differ from the week (contract, section 11)."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import django_redis
import pytest
from rest_framework.test import APIClient

from tests.support.commands import call, run
from tests.support.problems import assert_problem, faults

OVERRIDES = "/users/ann@example.org/overrides"
EVE = f"{OVERRIDES}/2026-12-24"
MORNING = {"intervals": [{"start": "08:30", "end": "12:00"}]}
AWAY: dict[str, Any] = {"intervals": []}
ROW = [int(9 <= hour < 12) for hour in range(24)]


def put(client: APIClient, path: str, body: Any, **headers: str) -> Any:
    return client.put(path, body, format="json", headers=headers)


def dates(client: APIClient, query: str = "") -> list[str]:
    """The dates that differ."""
    return [override["date"] for override in client.get(f"{OVERRIDES}{query}").json()["overrides"]]


def test_nobody_has_dates_that_differ_until_they_say_so(client: APIClient, ann: dict[str, Any]) -> None:
    answer = client.get(OVERRIDES)

    assert answer.status_code == 200
    assert answer.json() == {"email": "ann@example.org", "timezone": "Europe/Berlin", "overrides": []}


def test_a_date_is_made_read_replaced_and_taken_back(client: APIClient, ann: dict[str, Any]) -> None:
    made = put(client, EVE, MORNING)
    assert made.status_code == 201, made.content
    override = {"date": "2026-12-24", "row": ROW, "intervals": MORNING["intervals"]}
    assert made.json()["overrides"] == [override] == client.get(OVERRIDES).json()["overrides"]
    assert made["ETag"] == client.get(OVERRIDES)["ETag"]

    replaced = put(client, EVE, {"row": ROW})
    assert replaced.status_code == 200
    assert replaced.json()["overrides"] == [override | {"intervals": [{"start": "09:00", "end": "12:00"}]}]

    assert client.delete(EVE).status_code == 204
    assert dates(client) == []
    assert_problem(client.delete(EVE), 404, "On 2026-12-24 the week holds already.")


def test_an_empty_list_is_away_all_day(client: APIClient, ann: dict[str, Any]) -> None:
    assert put(client, EVE, AWAY).json()["overrides"] == [{"date": "2026-12-24", "row": [0] * 24, "intervals": []}]


def test_a_range_of_dates_is_replaced_read_and_taken_back_in_one_step(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, EVE, MORNING)

    made = client.post(OVERRIDES, {"from": "2026-12-23", "to": "2026-12-26"} | AWAY, format="json")

    assert made.status_code == 200, made.content
    assert [each["date"] for each in made.json()["overrides"]] == dates(client)
    assert dates(client) == ["2026-12-23", "2026-12-24", "2026-12-25", "2026-12-26"]
    assert dates(client, "?from=2026-12-24&to=2026-12-25") == ["2026-12-24", "2026-12-25"]
    assert dates(client, "?from=2026-12-26") == ["2026-12-26"]
    assert dates(client, "?to=2026-12-23") == ["2026-12-23"]
    assert client.delete(f"{OVERRIDES}?from=2026-12-24&to=2026-12-25").status_code == 204
    assert dates(client) == ["2026-12-23", "2026-12-26"]
    assert client.delete(f"{OVERRIDES}?from=2000-01-01&to=2000-01-02").status_code == 204


BAD_DATES = [
    "2026-02-30",
    "2026-1-1",
    "24.12.2026",
    "1969-12-31",
    "2101-01-01",
    "20261224",
    "2026-12-24T00:00",
    "today",
]


@pytest.mark.parametrize("day", BAD_DATES)
def test_a_date_is_one_that_exists(client: APIClient, ann: dict[str, Any], day: str) -> None:
    assert faults(put(client, f"{OVERRIDES}/{day}", MORNING)) == [("date", "invalid_date")]
    assert faults(client.delete(f"{OVERRIDES}/{day}")) == [("date", "invalid_date")]
    assert faults(client.get(f"{OVERRIDES}?from={day}")) == [("from", "invalid_date")]
    assert faults(client.delete(f"{OVERRIDES}?from=2026-01-01&to={day}")) == [("to", "invalid_date")]
    body = {"from": day, "to": "2026-12-24"} | AWAY
    assert faults(client.post(OVERRIDES, body, format="json")) == [("from", "invalid_date")]
    assert dates(client) == []


BAD_BODIES: list[tuple[Any, tuple[str, str]]] = [
    ({}, ("", "one_of")),
    (MORNING | {"row": ROW}, ("", "one_of")),
    ({"intervals": [{"start": "12:00", "end": "09:00"}]}, ("intervals[0].end", "invalid_interval")),
    ({"intervals": [{"start": "09:10", "end": "12:00"}]}, ("intervals[0].start", "invalid_time")),
    ({"intervals": [{"start": "09:00", "end": "12:00", "day": "monday"}]}, ("intervals[0].day", "unknown")),
    ({"intervals": [{"start": "09:00", "end": "12:00"}] * 97}, ("intervals", "max_length")),
    ({"row": ROW[1:]}, ("row", "invalid_row")),
    ({"row": [*ROW[1:], 2]}, ("row[23]", "invalid_row")),
    ({"row": None}, ("row", "invalid_row")),
    (MORNING | {"date": "2026-12-24"}, ("date", "unknown")),
]


@pytest.mark.parametrize(("body", "fault"), BAD_BODIES)
def test_bad_input_changes_nothing(
    client: APIClient, ann: dict[str, Any], body: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert faults(put(client, EVE, body)) == [fault]
    assert dates(client) == []


@pytest.mark.parametrize(
    ("bounds", "fault"),
    [
        ({"from": "2026-12-24"}, ("to", "required")),
        ({"to": "2026-12-24"}, ("from", "required")),
        ({"from": "2026-12-24", "to": "2026-12-23"}, ("to", "invalid_range")),
        ({"from": "2026-01-01", "to": "2027-01-02"}, ("to", "too_many")),
    ],
)
def test_a_range_has_both_ends_in_order_and_is_a_year_at_most(
    client: APIClient, ann: dict[str, Any], bounds: dict[str, str], fault: tuple[str, str]
) -> None:
    assert faults(client.post(OVERRIDES, bounds | AWAY, format="json")) == [fault]
    assert dates(client) == []


def test_there_are_a_thousand_dates_at_most(client: APIClient, ann: dict[str, Any]) -> None:
    first = date(2026, 1, 1)
    for number, days in ((0, 366), (366, 366), (732, 268)):
        begin = first + timedelta(days=number)
        bounds = {"from": begin.isoformat(), "to": (begin + timedelta(days=days - 1)).isoformat()}
        assert client.post(OVERRIDES, bounds | AWAY, format="json").status_code == 200
    assert len(dates(client)) == 1000

    assert_problem(put(client, f"{OVERRIDES}/2050-01-01", AWAY), 409, code="too-many-overrides")
    assert put(client, f"{OVERRIDES}/2026-01-01", MORNING).status_code == 200
    assert len(dates(client)) == 1000


def test_a_stale_change_changes_nothing(client: APIClient, ann: dict[str, Any]) -> None:
    stale = client.get(OVERRIDES)["ETag"]
    put(client, EVE, AWAY)
    match = {"If-Match": stale}

    assert_problem(put(client, EVE, MORNING, **match), 412)
    assert_problem(client.delete(EVE, headers=match), 412)
    assert_problem(client.delete(f"{OVERRIDES}?from=2026-01-01&to=2026-12-31", headers=match), 412)
    body = {"from": "2026-12-24", "to": "2026-12-24"} | MORNING
    assert_problem(client.post(OVERRIDES, body, format="json", headers=match), 412)
    assert client.get(OVERRIDES).json()["overrides"][0]["intervals"] == []
    fresh = {"If-None-Match": client.get(OVERRIDES)["ETag"]}
    assert client.get(OVERRIDES, headers=fresh).status_code == 304


def test_a_date_that_is_not_there_yet_is_no_version(client: APIClient, ann: dict[str, Any]) -> None:
    unless_there, if_there = {"If-None-Match": "*"}, {"If-Match": "*"}

    assert_problem(put(client, EVE, AWAY, **if_there), 412)
    assert dates(client) == []
    assert put(client, EVE, AWAY, **unless_there).status_code == 201
    assert_problem(put(client, EVE, MORNING, **unless_there), 412)
    assert put(client, EVE, MORNING, **if_there).status_code == 200
    assert client.get(OVERRIDES).json()["overrides"][0]["intervals"]
    assert client.delete(EVE, headers=if_there).status_code == 204


def test_nobody_has_none(client: APIClient) -> None:
    assert_problem(client.get(OVERRIDES), 404, code="unknown-user")
    assert_problem(put(client, EVE, AWAY), 404, code="unknown-user")
    assert_problem(client.delete(f"{OVERRIDES}?from=2026-01-01&to=2026-12-31"), 404, code="unknown-user")


def test_twenty_dates_at_once_are_all_kept(client: APIClient, ann: dict[str, Any]) -> None:
    days = [f"2026-12-{number:02}" for number in range(1, 21)]

    with ThreadPoolExecutor(len(days)) as pool:
        made = pool.map(lambda day: put(APIClient(), f"{OVERRIDES}/{day}", AWAY).status_code, days)
        assert set(made) == {201}

    assert dates(client) == days


def test_they_go_with_the_user_and_come_back_with_the_file(client: APIClient, ann: dict[str, Any]) -> None:
    put(client, EVE, MORNING)
    client.post(OVERRIDES, {"from": "2026-08-01", "to": "2026-08-02"} | AWAY, format="json")
    before = client.get(OVERRIDES).json()
    exported = call("export_users").out
    assert json.loads(exported)["overrides"] == {
        "2026-08-01": "000000",
        "2026-08-02": "000000",
        "2026-12-24": f"{0b11111111111111 << 48:024x}",
    }
    django_redis.get_redis_connection().flushdb()

    imported = run("user_service", "import_users", "-", stdin=exported)

    assert imported == (0, "created 1, updated 0, unchanged 0, bad 0\n", "")
    assert client.get(OVERRIDES).json() == before


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ([], "overrides"),
        ({"2026-02-30": "000000"}, "overrides.2026-02-30"),
        ({"2026-12-24": "0"}, "overrides.2026-12-24"),
        ({"2026-12-24": 0}, "overrides.2026-12-24"),
        ({str(date(2026, 1, 1) + timedelta(days=n)): "000000" for n in range(1001)}, "overrides"),
    ],
)
def test_what_a_file_says_wrongly_of_dates_is_told(client: APIClient, overrides: Any, field: str) -> None:
    line = json.dumps({"email": "bob@example.org", "name": "Bob", "overrides": overrides})

    told = run("user_service", "import_users", "--json", "-", stdin=line)

    assert [error["field"] for error in json.loads(told.out.splitlines()[0])["errors"]] == [field]
    assert client.get("/users/bob@example.org").status_code == 404
