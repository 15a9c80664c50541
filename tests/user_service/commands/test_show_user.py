"""manage.py show_user."""

import json
import re
from typing import Any

import pytest
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
    assert [line.split()[0] for line in lines[6:]] == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]  # fmt: skip


@pytest.mark.usefixtures("ann")
def test_a_terminal_gets_the_week_in_colour() -> None:
    shown = run_on_terminal("user_service", "show_user", "ann@example.org")

    assert shown.code == 0
    assert shown.out.count("\x1b[1;32m##\x1b[0m") == 3


@pytest.mark.usefixtures("ann")
def test_a_terminal_that_is_to_have_no_colour_gets_the_same_drawing() -> None:
    shown = run_on_terminal("user_service", "show_user", "ann@example.org", NO_COLOR="1")

    assert MONDAY in re.sub(r"\x1b\[[01]m", "", shown.out)


@pytest.mark.usefixtures("ann")
def test_json_is_what_the_api_answers(client: APIClient) -> None:
    shown = json.loads(call("show_user", "ann@example.org", "--json").out)

    user, availability = client.get("/users/ann@example.org"), client.get("/users/ann@example.org/availability")
    assert shown == user.json() | availability.json()


def test_an_unknown_user_is_told_in_a_line() -> None:
    shown = call("show_user", "nobody@example.org")

    assert shown == (1, "", "CommandError: There is no user with the email nobody@example.org.\n")


@pytest.mark.usefixtures("ann")
def test_an_hour_that_is_free_in_part_is_marked(client: APIClient) -> None:
    week = {"intervals": [{"day": "monday", "start": "08:30", "end": "10:15"}]}
    client.put("/users/ann@example.org/availability", week, format="json")

    assert "Monday    " + " ." * 8 + " +## +" + " ." * 13 in call("show_user", "ann@example.org").out.splitlines()
