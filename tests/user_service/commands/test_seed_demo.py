"""manage.py seed_demo."""

import json
from datetime import UTC, datetime

import time_machine
from rest_framework.test import APIClient

from tests.support.commands import call, run

FIVE = ["ann@example.org", "bob@example.org", "cyd@example.org", "dee@example.org", "eva@example.org"]


def test_people_to_try_the_services_with_are_stored(client: APIClient) -> None:
    seeded = run("user_service", "seed_demo")

    assert (seeded.code, seeded.err) == (0, "")
    assert seeded.out.startswith("email\toutcome\nann@example.org\tcreated\n")
    assert len(client.get("/users").json()["results"]) == 8
    weeks = client.get("/users/availability", {"email": FIVE}).json()["results"]
    assert all(week["intervals"] for week in weeks)


def test_whatever_was_changed_of_them_is_put_back(client: APIClient) -> None:
    call("seed_demo")
    client.patch("/users/ann@example.org", {"name": "Anna"}, format="json")

    again = json.loads(call("seed_demo", "--json").out)["outcomes"]

    assert again.pop("ann@example.org") == "updated"
    assert set(again.values()) == {"unchanged"}
    assert client.get("/users/ann@example.org").json()["name"] == "Ann Albers"


def test_some_are_away_and_busy_in_the_weeks_that_come(client: APIClient) -> None:
    call("seed_demo")

    gil, hana = (json.loads(call("show_user", f"{name}@example.org", "--json").out) for name in ("gil", "hana"))

    assert not any(day["free"] for day in gil["dates"] + hana["dates"])
    assert all(day["is_override"] for day in gil["dates"])
    assert all(day["busy"] and not day["is_override"] for day in hana["dates"])
    assert gil["intervals"]
    assert hana["intervals"]


def test_another_day_moves_what_differs_along(client: APIClient) -> None:
    call("seed_demo")
    before = client.get("/users/gil@example.org/overrides").json()["overrides"]

    with time_machine.travel(datetime(2031, 5, 5, tzinfo=UTC), tick=False):
        again = json.loads(call("seed_demo", "--json").out)["outcomes"]
        assert set(json.loads(call("seed_demo", "--json").out)["outcomes"].values()) == {"unchanged"}

    assert {email for email, outcome in again.items() if outcome == "updated"} == {
        "gil@example.org",
        "hana@example.org",
    }
    after = client.get("/users/gil@example.org/overrides").json()["overrides"]
    assert len(after) == len(before)
    assert after[0]["date"] == "2031-05-04"
