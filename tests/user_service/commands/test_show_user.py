"""manage.py show_user."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.support.commands import call, run, run_on_terminal

HOURS = "          00    03    06    09    12    15    18    21"
MONDAY = "Monday    " + " ." * 9 + "##" * 3 + " ." * 12
TUESDAY = "Tuesday   " + " ." * 24


def test_a_user_is_shown_and_the_week_is_drawn(ann: dict[str, Any]) -> None:
    shown = run("user_service", "show_user", " Ann@Example.org ")

    assert (shown.code, shown.err) == (0, "")
    lines = shown.out.splitlines()
    assert lines[:4] == [
        "email       ann@example.org",
        "name        Ann",
        "timezone    Europe/Berlin",
        f"created_at  {ann['created_at']}",
    ]
    assert lines[5:8] == [HOURS, MONDAY, TUESDAY]
    assert [line.split()[0] for line in lines[6:13]] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]  # fmt: skip


@pytest.mark.usefixtures("ann")
def test_a_terminal_gets_the_week_in_colour() -> None:
    shown = run_on_terminal("user_service", "show_user", "ann@example.org")

    assert shown.code == 0
    week, dates = shown.out.split("\n\n")
    assert week.count("\x1b[1;32m##\x1b[0m") == 3
    assert dates.count("\x1b[1;32m##\x1b[0m") == 6


@pytest.mark.usefixtures("ann")
def test_a_terminal_that_is_to_have_no_colour_gets_the_same_drawing() -> None:
    shown = run_on_terminal("user_service", "show_user", "ann@example.org", NO_COLOR="1")

    assert MONDAY in re.sub(r"\x1b\[[01]m", "", shown.out)


@pytest.mark.usefixtures("ann")
def test_json_is_what_the_api_answers(client: APIClient) -> None:
    shown = json.loads(call("show_user", "ann@example.org", "--json").out)

    user, availability = client.get("/users/ann@example.org"), client.get("/users/ann@example.org/availability")
    assert len(shown.pop("dates")) == 14
    assert shown == user.json() | availability.json()


def test_an_unknown_user_is_told_in_a_line() -> None:
    shown = call("show_user", "nobody@example.org")

    assert shown == (1, "", "CommandError: There is no user with the email nobody@example.org.\n")


@pytest.mark.usefixtures("ann")
def test_an_hour_that_is_free_in_part_is_marked(client: APIClient) -> None:
    week = {"intervals": [{"day": "monday", "start": "08:30", "end": "10:15"}]}
    client.put("/users/ann@example.org/availability", week, format="json")

    assert "Monday    " + " ." * 8 + " +## +" + " ." * 13 in call("show_user", "ann@example.org").out.splitlines()


@pytest.fixture
def late_in_march(client: APIClient, ann: dict[str, Any]) -> Iterator[None]:
    """Berlin has Sunday already. Ann is busy on Monday, away on Tuesday, and free on two hours of Wednesday."""
    calendar = [("2030-04-01T07:00:00Z", "2030-04-01T08:00:00Z"), ("2030-04-01T09:20:00Z", "2030-04-01T15:00:00Z")]
    busy = {"kind": "busy", "intervals": [{"start": start, "end": end} for start, end in calendar]}
    client.put("/users/ann@example.org/calendars/work", busy, format="json")
    client.put("/users/ann@example.org/overrides/2030-04-02", {"intervals": []}, format="json")
    morning = {"intervals": [{"start": "01:00", "end": "03:00"}]}
    for day in ("2030-03-31", "2030-04-03"):
        assert client.put(f"/users/ann@example.org/overrides/{day}", morning, format="json").status_code == 201
    with time_machine.travel(datetime(2030, 3, 30, 23, 30, tzinfo=UTC), tick=False):
        yield


@pytest.mark.usefixtures("late_in_march")
def test_the_next_two_weeks_are_drawn_by_date() -> None:
    lines = call("show_user", "ann@example.org").out.splitlines()[13:]

    assert lines[:2] == ["", HOURS]
    assert lines[2:6] == [
        # The clock has no hour that begins at two.
        "Sun 31 Mar" + " ." + "##" + "  " + " ." * 21 + " differs from the week",
        "Mon  1 Apr" + " ." * 9 + " x" + "##" + " +" + " ." * 12,
        "Tue  2 Apr" + " ." * 24 + " away",
        "Wed  3 Apr" + " ." + "##" * 2 + " ." * 21 + " differs from the week",
    ]
    assert len(lines) == 16
    assert lines[-1].startswith("Sat 13 Apr")


@pytest.mark.usefixtures("late_in_march")
def test_json_says_the_same_of_each_date() -> None:
    dates = json.loads(call("show_user", "ann@example.org", "--json").out)["dates"]

    assert [day["date"] for day in (dates[0], dates[-1])] == ["2030-03-31", "2030-04-13"]
    assert dates[0]["free"] == [{"start": "2030-03-31T01:00:00+01:00", "end": "2030-03-31T03:00:00+02:00"}]
    assert dates[1] == {
        "date": "2030-04-01",
        "day": "monday",
        "is_override": False,
        "free": [{"start": "2030-04-01T10:00:00+02:00", "end": "2030-04-01T11:20:00+02:00"}],
        "busy": [
            {"start": "2030-04-01T09:00:00+02:00", "end": "2030-04-01T10:00:00+02:00"},
            {"start": "2030-04-01T11:20:00+02:00", "end": "2030-04-01T17:00:00+02:00"},
        ],
    }
    assert dates[2] == {"date": "2030-04-02", "day": "tuesday", "is_override": True, "free": [], "busy": []}
